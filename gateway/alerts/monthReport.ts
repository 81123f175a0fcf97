import { DateTime } from 'luxon';
import { alarmSystemHealth } from '#models/alerting/alarmSystemHealth.ts';
import { findMisses, type RecordedFailure, trackRecords } from '#models/alerting/trackRecord.ts';
import { valueLedger } from '#models/alerting/valueLedger.ts';
import { machineCosts } from '../machineCosts.ts';
import type { AlarmFacts, Costs } from './alarmFacts.ts';
import { alarmReport } from './alarmReport.ts';
import { failuresBy } from './alertValue.ts';

export interface ReportQuestion {
  /** `2026-11`; absent: the last whole one. */
  month?: string;
  nowMs: number;
  operators: number;
  /** Null: all. */
  site: string | null;
  costs: Costs;
  failures: readonly RecordedFailure[];
}

/** The alarm system in one month as a page. */
export function monthReport(facts: AlarmFacts, question: ReportQuestion): string {
  const { nowMs, operators, site, costs } = question;
  const month = monthOf(question.month, nowMs);
  const before = month.minus({ months: 1 });
  const alerts = facts.annunciated(before.toMillis(), site ?? undefined);
  const healthOf = (of: DateTime) => {
    const untilMs = Math.min(nowMs, of.plus({ months: 1 }).toMillis());
    const own = alerts.filter(({ arrivedMs }) => isIn(arrivedMs, of));
    return alarmSystemHealth(own, of.toMillis(), untilMs, operators);
  };
  const perDay = new Array<number>(month.daysInMonth ?? 31).fill(0);
  for (const { arrivedMs } of alerts) if (isIn(arrivedMs, month)) perDay[new Date(arrivedMs).getUTCDate() - 1]++;
  const ofSite = facts.judged().filter(({ machine }) => site === null || machine.startsWith(`${site}/`));
  const machines = [...new Set(ofSite.map(({ machine }) => machine))];
  const ledger = valueLedger(ofSite, failuresBy(machines, question.failures), (machine) =>
    machineCosts(costs, machine),
  );
  const failures = site === null ? question.failures.filter(({ atMs }) => isIn(atMs, month)) : [];
  return alarmReport({
    month: month.toFormat('yyyy-MM'),
    site,
    operators,
    health: healthOf(month),
    before: healthOf(before),
    perDay,
    records: trackRecords(ofSite.filter(({ foundAtMs }) => isIn(foundAtMs, month))),
    missed: findMisses(failures, facts.raises([...new Set(failures.map(({ machine }) => machine))])),
    entries: ledger.filter(({ atMs }) => isIn(atMs, month)),
    currency: costs.currency,
  });
}

/** The start of a month; by default, of the last complete one. */
function monthOf(name: string | undefined, nowMs: number): DateTime {
  if (name !== undefined) return DateTime.fromFormat(name, 'yyyy-MM', { zone: 'utc' });
  return DateTime.fromMillis(nowMs, { zone: 'utc' }).startOf('month').minus({ months: 1 });
}

const isIn = (ms: number, month: DateTime): boolean =>
  ms >= month.toMillis() && ms < month.plus({ months: 1 }).toMillis();
