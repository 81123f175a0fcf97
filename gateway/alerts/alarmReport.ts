import type { AlarmSystemHealth } from '#models/alerting/alarmSystemHealth.ts';
import type { RecordedFailure, TrackRecord } from '#models/alerting/trackRecord.ts';
import type { LedgerEntry } from '#models/alerting/valueLedger.ts';
import { sumOf } from '#models/alerting/valueLedger.ts';
import { htmlReport, type ReportSection } from '#models/reports/page.ts';

export interface AlarmReport {
  /** `2026-11`, in UTC. */
  month: string;
  /** Null for all sites. */
  site: string | null;
  operators: number;
  health: AlarmSystemHealth;
  /** The same measures of the previous month. */
  before: AlarmSystemHealth;
  /** Alerts per day of the month. */
  perDay: readonly number[];
  /** Value of the alerts with a finding in the month. */
  records: readonly TrackRecord[];
  missed: readonly RecordedFailure[];
  entries: readonly LedgerEntry[];
  currency: string;
}

/**
 * One month of the alarm system as an HTML page: the measures of EEMUA 191 and ISA-18.2, and the value of the alerts.
 * Pure.
 */
export function alarmReport(report: AlarmReport): string {
  const { month, site, health } = report;
  const title = `Alarm system of ${site ?? 'all sites'}, ${month}`;
  const sections: ReportSection[] = [
    measures(report),
    { heading: 'Alerts by day', figure: bars(report.perDay, month) },
    {
      heading: 'Most frequent sources',
      table: {
        head: ['Source', 'Alerts', 'Share'],
        rows: health.badActors.map(({ source, alerts, part }) => [source, String(alerts), percent(part)]),
      },
    },
    {
      heading: 'Chattering: three alerts or more within a minute',
      table: {
        head: ['Source', 'Alerts in the worst minute'],
        rows: health.chattering.map(({ source, alerts }) => [source, String(alerts)]),
      },
    },
    {
      heading: 'Floods: more than ten alerts in ten minutes for an operator',
      table: {
        head: ['From', 'To', 'Alerts'],
        rows: health.floods.map(({ fromMs, toMs, alerts }) => [at(fromMs), at(toMs), String(alerts)]),
      },
    },
    findings(report),
    {
      heading: 'Failures without an alert',
      table: { head: ['Machine', 'Failed'], rows: report.missed.map(({ machine, atMs }) => [machine, at(atMs)]) },
    },
    value(report),
  ];
  return htmlReport(
    title,
    sections.map((section) =>
      section.table?.rows.length === 0 ? { heading: section.heading, text: 'None.' } : section,
    ),
  );
}

function measures({ health, before, operators }: AlarmReport): ReportSection {
  const row = (name: string, of: (h: AlarmSystemHealth) => number | null, limit: number | null, unit = '') => {
    const [now, then] = [of(health), of(before)];
    const target = limit === null ? '' : `at most ${limit}${unit}`;
    const met = limit === null || now === null ? '' : now <= limit ? 'yes' : 'no';
    return [name, shown(now, unit), shown(then, unit), target, met];
  };
  return {
    heading: 'Measures',
    text: `For ${operators === 1 ? 'one operator' : `${operators} operators, who share the alerts`}. Targets: EEMUA 191, ISA-18.2.`,
    table: {
      head: ['Measure', 'This month', 'Previous month', 'Target', 'Met'],
      rows: [
        row('Alerts', (h) => h.alerts, null),
        row('Mean per operator in ten minutes', (h) => h.meanPer10Min, 1),
        row('Peak per operator in ten minutes', (h) => h.peakPer10Min, 10),
        row('Time in floods', (h) => 100 * h.floodPart, 1, ' %'),
        row('Chattering sources', (h) => h.chattering.length, 0),
        row('Active for more than a day', (h) => h.stale, 5),
        row('Not acknowledged', (h) => h.unacknowledged, null),
        row('Median time to acknowledge', (h) => h.acknowledgement && h.acknowledgement.medianS / 60, null, ' min'),
        row('90 % acknowledged within', (h) => h.acknowledgement && h.acknowledgement.p90S / 60, null, ' min'),
        row('Critical alerts', (h) => h.severities.critical, null),
      ],
    },
  };
}

function findings({ records }: AlarmReport): ReportSection {
  return {
    heading: 'Findings by rule',
    table: {
      head: ['Rule', 'Confirmed', 'False', 'Nothing found', 'Precision', 'Hours from alert to finding'],
      rows: records.map(({ rule, findings: found, precision: { share, low, high }, leadTimeH }) => [
        rule,
        String(found.confirmed),
        String(found.false_alarm),
        String(found.nothing_found),
        share === undefined ? '' : `${percent(share)} (95 %: ${percent(low ?? 0)} to ${percent(high ?? 1)})`,
        shown(leadTimeH),
      ]),
    },
  };
}

function value({ entries, currency }: AlarmReport): ReportSection {
  const { avoided, late, inspections, amount } = sumOf(entries);
  return {
    heading: 'Value',
    text: `${shown(amount)} ${currency}: ${avoided} unplanned stops avoided, ${late} late alerts, ${inspections} inspections without a fault.`,
  };
}

const WIDTH = 800;
const HEIGHT = 160;

function bars(perDay: readonly number[], month: string): string {
  const most = Math.max(1, ...perDay);
  const step = WIDTH / perDay.length;
  const rects = perDay.map((count, day) => {
    const height = (count / most) * HEIGHT;
    return `<rect x="${(day * step).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(step * 0.8).toFixed(1)}" height="${height.toFixed(1)}" fill="#2563eb"><title>${month}-${String(day + 1).padStart(2, '0')}: ${count}</title></rect>`;
  });
  const label = (x: number, text: string, anchor: string) =>
    `<text x="${x}" y="${HEIGHT + 16}" font-size="12" text-anchor="${anchor}">${text}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 22}" width="${WIDTH}" role="img" aria-label="Alerts by day, at most ${most}">${rects.join('')}<line x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}" stroke="#555"/>${label(0, '1', 'start')}${label(WIDTH, String(perDay.length), 'end')}${label(WIDTH / 2, `day of the month; highest: ${most} alerts`, 'middle')}</svg>`;
}

const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const percent = (part: number): string => `${Number((100 * part).toPrecision(3))} %`;
const shown = (value: number | null, unit = ''): string =>
  value === null ? '–' : `${Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))}${unit}`;
