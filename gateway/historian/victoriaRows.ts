import type { Measurement, SeriesQuery, SeriesRow } from './historian.ts';
import type { Line } from './lineProtocolWriter.ts';

const DAY_MS = 24 * 3600 * 1000;
/** VictoriaMetrics ignores later samples without an error (lib/storage, maxTimestamp). */
const MOST_AHEAD_MS = 2 * DAY_MS;
/** Samples this close to the end of the retention would expire before they could be read. */
const MARGIN_MS = 3600 * 1000;

/**
 * Values by date, which each plan writes again, partly for the future. VictoriaMetrics neither replaces samples nor takes
 * future ones. The API serves the latest plan from the store.
 */
const BY_DATE: ReadonlySet<Measurement> = new Set(['millwright_forecast', 'millwright_demand']);

/**
 * Text fields with few values: VictoriaMetrics stores only numbers, and silently writes 0 for text. Each becomes a
 * metric with the value 1 and its text as labels. Ids and free text would create a series per alert; they are in the
 * store.
 */
const STATES: Partial<Record<Measurement, readonly [field: string, ...labels: string[]]>> = {
  millwright_health: ['status'],
  millwright_alerts: ['change', 'severity', 'fault', 'point'],
};

export interface VictoriaLines {
  lines: Line[];
  refused: number;
  why?: string;
  unsupported: number;
}

/** Lines of rows that VictoriaMetrics accepts. Rows that it would drop silently are counted instead. */
export function victoriaLines(rows: readonly SeriesRow[], retentionDays: number, nowMs: number): VictoriaLines {
  const [oldestMs, newestMs] = [nowMs - retentionDays * DAY_MS + MARGIN_MS, nowMs + MOST_AHEAD_MS];
  const result: VictoriaLines = { lines: [], refused: 0, unsupported: 0 };
  for (const row of rows) {
    const timeMs = row.timeUs / 1000;
    if (BY_DATE.has(row.measurement)) result.unsupported++;
    else if (timeMs < oldestMs || timeMs > newestMs) {
      result.refused++;
      result.why ??=
        timeMs < oldestMs
          ? `${row.measurement} at ${new Date(timeMs).toISOString()} is older than historian.retentionDays`
          : `${row.measurement} at ${new Date(timeMs).toISOString()} is more than two days ahead`;
    } else result.lines.push(...linesOf(row));
  }
  return result;
}

function linesOf({ measurement, tags, timeUs, fields }: SeriesRow): Line[] {
  const numbers = Object.entries(fields).filter(([, value]) => typeof value === 'number');
  const lines: Line[] = [];
  if (numbers.length > 0) lines.push({ measurement, tags, timeUs, fields: Object.fromEntries(numbers) });
  const labels = (STATES[measurement] ?? []).filter((name) => typeof fields[name] === 'string');
  if (labels.length === 0) return lines;
  const texts = Object.fromEntries(labels.map((name) => [name, fields[name]]));
  return [...lines, { measurement, tags: { ...tags, ...texts }, timeUs, fields: { [labels[0]]: 1 } }];
}

/** The selector of the one series of a query (MetricsQL). */
export function selectorOf({ measurement, field, tags }: SeriesQuery, database: string): string {
  const labels = { __name__: `${measurement}_${field}`, db: database, ...tags };
  // A machine's own series have no point; an item's may have no site.
  if (!('item' in labels)) labels.point ??= '';
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${texts.join(',')}}`;
}
