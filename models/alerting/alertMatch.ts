import type { Severity } from '../contracts/alert.ts';
import { matchesName } from './matchesName.ts';

/** Alerts that a rule is about; what is absent selects all. */
export interface AlertMatch {
  sites?: readonly string[] | undefined;
  /** Machines or items; `pump-*` fits every name that begins so. */
  machines?: readonly string[] | undefined;
  /** Kinds of machine, as configured at the edge; patterns as well. An alert without a machine has none. */
  kinds?: readonly string[] | undefined;
  /** Areas and lines that the machine stands in, as configured at the edge; patterns as well. */
  areas?: readonly string[] | undefined;
  lines?: readonly string[] | undefined;
  severities?: readonly Severity[] | undefined;
}

export interface MatchedAlert {
  site: string;
  machine: string;
  severity: Severity;
  /** Of its machine; each absent where it is not known. */
  kind?: string | undefined;
  area?: string | undefined;
  line?: string | undefined;
}

/** Whether a rule is about an alert. Pure. */
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

/** No patterns fit everything; what is not known fits none. */
const matchesAny = (patterns: readonly string[] | undefined, name: string | undefined): boolean =>
  patterns === undefined || (name !== undefined && patterns.some((pattern) => matchesName(pattern, name)));
