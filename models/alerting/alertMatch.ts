import type { Severity } from '../contracts/alert.ts';
import { matchesName } from './matchesName.ts';

/** Alerts that a rule applies to; an absent field matches all. */
export interface AlertMatch {
  sites?: readonly string[] | undefined;
  /** Machines or items; `pump-*` matches every name with that prefix. */
  machines?: readonly string[] | undefined;
  /** Kinds of machine, as configured at the edge; patterns allowed. An alert without a machine has none. */
  kinds?: readonly string[] | undefined;
  /** Areas and lines that the machine stands in, as configured at the edge; patterns allowed. */
  areas?: readonly string[] | undefined;
  lines?: readonly string[] | undefined;
  severities?: readonly Severity[] | undefined;
}

export interface MatchedAlert {
  site: string;
  machine: string;
  severity: Severity;
  /** Properties of its machine; absent if unknown. */
  kind?: string | undefined;
  area?: string | undefined;
  line?: string | undefined;
}

/** Whether a rule applies to an alert. Pure. */
export function alertMatches(
  { sites, machines, kinds, areas, lines, severities }: AlertMatch,
  { site, machine, kind, area, line, severity }: MatchedAlert,
): boolean {
  return (
    (sites === undefined || sites.includes(site)) &&
    matchesAny(machines, machine) &&
    matchesAny(kinds, kind) &&
    matchesAny(areas, area) &&
    matchesAny(lines, line) &&
    (severities === undefined || severities.includes(severity))
  );
}

/** An absent list matches everything; an unknown name matches no pattern. */
const matchesAny = (patterns: readonly string[] | undefined, name: string | undefined): boolean =>
  patterns === undefined || (name !== undefined && patterns.some((pattern) => matchesName(pattern, name)));
