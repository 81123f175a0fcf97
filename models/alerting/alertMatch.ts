import type { Severity } from '../contracts/alert.ts';
import { fitsName } from './fitsName.ts';

/** Alerts that a rule is about; what is absent selects all. */
export interface AlertMatch {
  sites?: readonly string[] | undefined;
  /** Machines or items; `pump-*` fits every name that begins so. */
  machines?: readonly string[] | undefined;
  /** Kinds of machine, as configured at the edge; patterns as well. An alert without a machine has none. */
  kinds?: readonly string[] | undefined;
  severities?: readonly Severity[] | undefined;
}

export interface MatchedAlert {
  site: string;
  machine: string;
  kind: string | undefined;
  severity: Severity;
}

/** Whether a rule is about an alert. Pure. */
export function alertMatches(
  { sites, machines, kinds, severities }: AlertMatch,
  { site, machine, kind, severity }: MatchedAlert,
): boolean {
  return (
    (sites === undefined || sites.includes(site)) &&
    (machines === undefined || machines.some((pattern) => fitsName(pattern, machine))) &&
    (kinds === undefined || (kind !== undefined && kinds.some((pattern) => fitsName(pattern, kind)))) &&
    (severities === undefined || severities.includes(severity))
  );
}
