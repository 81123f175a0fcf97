import { type AlarmSystemHealth, alarmSystemHealth } from '#models/alerting/alarmSystemHealth.ts';
import { type TrackRecord, trackRecords } from '#models/alerting/trackRecord.ts';
import type { Value } from '#models/contracts/value.ts';
import { groupedBy } from '#models/groupedBy.ts';
import type { AlarmFacts } from './alarmFacts.ts';
import { alertValue, alertValueCsv, type ValueQuestion } from './alertValue.ts';
import { monthReport, type ReportQuestion } from './monthReport.ts';

/** Measures of the alarm system of a site over a day. */
export interface AlarmDay {
  site: string;
  health: Omit<AlarmSystemHealth, 'stale'>;
  /** Alerts that have been active for longer than the day. */
  stale: number;
}

/** Computations that are slow with many alerts. Every field can be posted to another thread. */
export type AlarmQuestion =
  | { kind: 'health'; fromMs: number; toMs: number; operators: number; site?: string }
  | { kind: 'day'; nowMs: number; sites: readonly string[] }
  | ({ kind: 'report' } & ReportQuestion)
  | ({ kind: 'value' | 'valueCsv' } & ValueQuestion)
  | { kind: 'records'; fault?: string };

export interface AlarmAnswers {
  health: AlarmSystemHealth;
  day: AlarmDay[];
  /** An HTML page. */
  report: string;
  value: Value;
  valueCsv: string;
  records: TrackRecord[];
}

const DAY_MS = 86_400_000;

export function answerAlarms<Q extends AlarmQuestion>(facts: AlarmFacts, question: Q): AlarmAnswers[Q['kind']] {
  return answerOf(facts, question) as AlarmAnswers[Q['kind']];
}

function answerOf(facts: AlarmFacts, question: AlarmQuestion): AlarmAnswers[AlarmQuestion['kind']] {
  switch (question.kind) {
    case 'health': {
      const { fromMs, toMs, operators, site } = question;
      return alarmSystemHealth(facts.annunciated(fromMs, site), fromMs, toMs, operators);
    }
    case 'day':
      return alarmDays(facts, question.sites, question.nowMs);
    case 'report':
      return monthReport(facts, question);
    case 'value':
      return alertValue(facts, question);
    case 'valueCsv':
      return alertValueCsv(facts, question);
    case 'records':
      return trackRecords(facts.judged(question.fault));
  }
}

/** For each site that has machines or had alerts. */
function alarmDays(facts: AlarmFacts, machinesAt: readonly string[], nowMs: number): AlarmDay[] {
  const fromMs = nowMs - DAY_MS;
  const alerts = groupedBy(facts.annunciated(fromMs), ({ source }) => source.split('/')[0]);
  const stale = facts.stale(fromMs);
  const sites = new Set([...machinesAt, ...alerts.keys(), ...stale.keys()]);
  return [...sites].map((site) => ({
    site,
    health: alarmSystemHealth(alerts.get(site) ?? [], fromMs, nowMs, 1),
    stale: stale.get(site) ?? 0,
  }));
}
