import { fromBinary } from '@bufbuild/protobuf';
import { type Metric, TemplateSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import type { NamedMetric } from './nodeTable.ts';

const TEMPLATE = 19;
const MAX_DEPTH = 8;
/** Members of one message, at the most: templates may lie in one another. */
const MAX_MEMBERS = 20_000;

/** Types by what a member's value is, where it names none (Sparkplug 3.0.0, 6.4.16). */
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
 * Members of templates as metrics of their own, named `template/member`; other metrics stay as they are. A definition of a
 * template has no values, and a template that cannot be read is left to be refused.
 * @param typesOf types of members by name, as births gave them: data may come without. Filled here.
 */
export function withMembers(metrics: readonly NamedMetric[], typesOf: Map<string, number>): NamedMetric[] {
  const found: NamedMetric[] = [];
  const add = (named: NamedMetric, depth: number): void => {
    const members = named.datatype === TEMPLATE && depth < MAX_DEPTH ? membersOf(named.metric) : null;
    if (members === null) {
      if (found.length < MAX_MEMBERS) found.push(named);
      return;
    }
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

/** None of a definition; null of what cannot be read. */
function membersOf({ value, isNull }: Metric): Metric[] | null {
  if (isNull || value.case !== 'templateValue') return null;
  try {
    const template = fromBinary(TemplateSchema, value.value);
    return template.isDefinition ? [] : template.metrics;
  } catch {
    // What it was is the sender's; it is counted as a metric that is refused.
    return null;
  }
}
