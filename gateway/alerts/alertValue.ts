import type { RecordedFailure } from '#models/alerting/trackRecord.ts';
import { type LedgerEntry, ledgerSums, sumOf, valueLedger } from '#models/alerting/valueLedger.ts';
import { assetOf } from '#models/contracts/topics.ts';
import type { Value } from '#models/contracts/value.ts';
import { csvLine } from '../csvLine.ts';
import { machineCosts } from '../machineCosts.ts';
import type { AlarmFacts, Costs } from './alarmFacts.ts';

export interface ValueQuestion {
  /** Findings from this time on. */
  fromMs: number;
  /** Null: all. */
  sites: readonly string[] | null;
  costs: Costs;
  failures: readonly RecordedFailure[];
}

const MAX_ENTRIES = 1000;

/** What alerts with a finding were worth. */
export function alertValue(facts: AlarmFacts, question: ValueQuestion): Value {
  const entries = entriesOf(facts, question);
  const sums = <K extends string>(name: K, keyOf: (entry: LedgerEntry) => string) =>
    [...ledgerSums(entries, keyOf)].map(([key, sum]) => ({ ...sum, [name]: key }) as typeof sum & Record<K, string>);
  return {
    currency: question.costs.currency,
    total: sumOf(entries),
    months: sums('month', monthOf),
    machines: sums('machine', ({ machine }) => machine),
    rules: sums('rule', ({ rule }) => rule),
    entries: entries.toReversed().slice(0, MAX_ENTRIES),
  };
}

/** Every entry of the ledger as separated values. */
export function alertValueCsv(facts: AlarmFacts, question: ValueQuestion): string {
  const rows = entriesOf(facts, question).map((entry) => [
    new Date(entry.atMs).toISOString(),
    entry.machine,
    entry.rule,
    entry.kind,
    entry.amount,
    question.costs.currency,
    entry.alerts.join(' '),
  ]);
  const head = ['time', 'machine', 'rule', 'kind', 'amount', 'currency', 'alerts'];
  return `${[head, ...rows].map(csvLine).join('\n')}\n`;
}

function entriesOf(facts: AlarmFacts, { fromMs, sites, costs, failures }: ValueQuestion): LedgerEntry[] {
  const judged = facts.judged().filter(({ foundAtMs }) => foundAtMs >= fromMs);
  const own = judged.filter(({ machine }) => sites === null || sites.includes(machine.split('/')[0]));
  const machines = [...new Set(own.map(({ machine }) => machine))];
  return valueLedger(own, failuresBy(machines, failures), (machine) => machineCosts(costs, machine));
}

const monthOf = ({ atMs }: LedgerEntry) => new Date(atMs).toISOString().slice(0, 7);

/** Failures by machine. Maintenance names machines by asset, or as `site/edge/asset`. */
export function failuresBy(machines: readonly string[], failures: readonly RecordedFailure[]): Map<string, number[]> {
  const of = (machine: string) => failures.filter((f) => f.machine === machine || f.machine === assetOf(machine));
  return new Map(machines.map((machine) => [machine, of(machine).map(({ atMs }) => atMs)]));
}
