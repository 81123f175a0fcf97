import { groupedBy } from '../groupedBy.ts';

/** Costs of one event at a machine, in one currency. */
export interface MachineCosts {
  /** A repair at a time of the plant's choice, including lost production. */
  plannedStop: number;
  /** A failure in operation, including lost production and consequential damage. */
  unplannedStop: number;
  /** An inspection because of an alert. */
  inspection: number;
}

/** An alert with a finding. */
export interface ValuedAlert {
  id: string;
  machine: string;
  rule: string;
  finding: 'confirmed' | 'false_alarm' | 'nothing_found';
  /** Milliseconds since 1970. */
  raisedAtMs: number;
  foundAtMs: number;
}

export interface LedgerEntry {
  /** Time of the finding. */
  atMs: number;
  machine: string;
  /** Rule of the first alert. */
  rule: string;
  /** `avoided`: repaired before it failed. `late`: it failed first. `inspection`: nothing was wrong. */
  kind: 'avoided' | 'late' | 'inspection';
  alerts: string[];
  /** Value of the alerts; negative: they cost money. */
  amount: number;
}

const DAY_MS = 86_400_000;
/** Findings of one visit are recorded within this time. */
const VISIT_MS = 24 * 3_600_000;

/**
 * Value of alerts against the counterfactual that each confirmed fault would have run to an unplanned stop. Alerts of a
 * machine that overlap, or were inspected in one visit, are one entry: a fault with three symptoms is avoided once, and
 * a false alert beside a true one costs no visit of its own. Failures without an alert have no entry: they would have
 * happened without alerts as well. Pure.
 * @param failures times of recorded failures, by machine.
 */
export function valueLedger(
  alerts: readonly ValuedAlert[],
  failures: ReadonlyMap<string, readonly number[]>,
  costsOf: (machine: string) => MachineCosts,
): LedgerEntry[] {
  const byMachine = groupedBy(alerts, ({ machine }) => machine);
  const entries = [...byMachine].flatMap(([machine, own]) =>
    episodesOf(own).map((episode) => entryOf(episode, failures.get(machine) ?? [], costsOf(machine))),
  );
  return entries.sort((a, b) => a.atMs - b.atMs);
}

/** Alerts of one machine that belong together, the first raised first. */
function episodesOf(alerts: readonly ValuedAlert[]): ValuedAlert[][] {
  const episodes: { alerts: ValuedAlert[]; untilMs: number }[] = [];
  for (const alert of alerts.toSorted((a, b) => a.raisedAtMs - b.raisedAtMs)) {
    const last = episodes.at(-1);
    if (last !== undefined && alert.raisedAtMs <= last.untilMs) {
      last.alerts.push(alert);
      last.untilMs = Math.max(last.untilMs, alert.foundAtMs);
    } else if (last !== undefined && Math.abs(alert.foundAtMs - last.untilMs) <= VISIT_MS) last.alerts.push(alert);
    else episodes.push({ alerts: [alert], untilMs: alert.foundAtMs });
  }
  return episodes.map((episode) => episode.alerts);
}

function entryOf(episode: ValuedAlert[], failures: readonly number[], costs: MachineCosts): LedgerEntry {
  const confirmed = episode.filter(({ finding }) => finding === 'confirmed');
  const first = confirmed[0] ?? episode[0];
  const common = { machine: first.machine, rule: first.rule, alerts: episode.map(({ id }) => id) };
  const atMs = Math.min(...(confirmed.length > 0 ? confirmed : episode).map(({ foundAtMs }) => foundAtMs));
  if (confirmed.length === 0) return { ...common, atMs, kind: 'inspection', amount: -costs.inspection };
  // Maintenance records have only a date: a failure on the day of the finding counts as before it.
  const dayEndMs = (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
  const failedFirst = failures.some((failedMs) => failedMs >= first.raisedAtMs && failedMs < dayEndMs);
  if (failedFirst) return { ...common, atMs, kind: 'late', amount: 0 };
  return { ...common, atMs, kind: 'avoided', amount: costs.unplannedStop - costs.plannedStop };
}

export interface LedgerSum {
  avoided: number;
  late: number;
  inspections: number;
  amount: number;
}

/** Sums of entries by a key, in the order of first appearance. Pure. */
export function ledgerSums(
  entries: readonly LedgerEntry[],
  keyOf: (entry: LedgerEntry) => string,
): Map<string, LedgerSum> {
  const groups = [...groupedBy(entries, keyOf)];
  return new Map(groups.map(([key, own]) => [key, sumOf(own)]));
}

/** Number of entries of each kind, and the sum of their amounts, in the currency of the costs. Pure. */
export function sumOf(entries: readonly LedgerEntry[]): LedgerSum {
  const count = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind).length;
  return {
    avoided: count('avoided'),
    late: count('late'),
    inspections: count('inspection'),
    amount: entries.reduce((sum, { amount }) => sum + amount, 0),
  };
}
