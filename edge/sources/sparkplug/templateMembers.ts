import { fromBinary } from '@bufbuild/protobuf';
import { type Metric, TemplateSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import type { NamedMetric } from './nodeTable.ts';

const TEMPLATE = 19;
const MAX_DEPTH = 8;
/** Limit on members per message: templates may be nested. */
const MAX_MEMBERS = 20_000;

/** Types by a member's kind of value, if it has no type (Sparkplug 3.0.0, 6.4.16). */
const TYPES: Partial<Record<NonNullable<Metric['value']['case']>, number>> = {
  intValue: 7,
  longValue: 8,
  floatValue: 9,
  doubleValue: 10,
  booleanValue: 11,
  stringValue: 12,
  templateValue: TEMPLATE,
};

/**
 * Expands members of templates into separate metrics, named `template/member`; other metrics are unchanged. The
 * definition of a template has no values, and a template that is unreadable or beyond the
 * limit is left to be refused and counted.
 * @param typesOf types of members by name, from births: data may lack them. Filled here.
 */
export function withMembers(metrics: readonly NamedMetric[], typesOf: Map<string, number>): NamedMetric[] {
  const found: NamedMetric[] = [];
  let expanded = 0;
  const add = (named: NamedMetric, depth: number): void => {
    const members = named.datatype === TEMPLATE && depth < MAX_DEPTH ? membersOf(named.metric) : null;
    if (members === null || expanded + members.length > MAX_MEMBERS) {
      found.push(named);
      return;
    }
    expanded += members.length;
    for (const member of members) {
      const name = `${named.name}/${member.name}`;
      if (member.name === '') continue;
      if (member.datatype && typesOf.size < MAX_MEMBERS) typesOf.set(name, member.datatype);
      const datatype = member.datatype || typesOf.get(name) || TYPES[member.value.case ?? 'intValue'] || 0;
      if (!member.timestamp) member.timestamp = named.metric.timestamp;
      member.isHistorical ||= named.metric.isHistorical;
      add({ name, datatype, metric: member }, depth + 1);
    }
  };
  for (const named of metrics) add(named, 0);
  return found;
}

/** Empty for a definition; null if it cannot be read. */
function membersOf({ value, isNull }: Metric): Metric[] | null {
  if (isNull || value.case !== 'templateValue') return null;
  try {
    const template = fromBinary(TemplateSchema, value.value);
    return template.isDefinition ? [] : template.metrics;
  } catch {
    // The error quotes the sender's bytes; the metric is counted as refused.
    return null;
  }
}
