import { z } from 'zod';
import type { Columns } from '#models/contracts/api.ts';
import type { VictoriaConfig } from '../config.ts';
import { Buckets } from './buckets.ts';
import type { Historian, SeriesQuery, SeriesRow, Written } from './historian.ts';
import { LineProtocolWriter, passwordOf } from './lineProtocolWriter.ts';
import { selectorOf, victoriaLines } from './victoriaRows.ts';

const ANSWER_MS = 30_000;
/** Intervals per query; the server allows 30,000 by default (-search.maxPointsPerTimeseries). */
const MOST_INTERVALS = 10_000;
/**
 * The server replaces the intervals of its newest 30 s by copies of the last one before (-search.latencyOffset), if they
 * are shorter than a minute (-search.maxStepForPointsAdjustment). They are read sample by sample.
 */
const COPIED_MS = 60_000;

const rangeSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
const exportSchema = z.object({ timestamps: z.array(z.number()), values: z.array(z.number().nullable()) });

/**
 * Stores series in a single-node VictoriaMetrics: written by line protocol, read by its query API. A field is a metric
 * `<measurement>_<field>` with the tags as labels, and the database as the label `db`. Times have milliseconds. Samples of
 * one series and time are not replaced, but with `-dedup.minScrapeInterval=1ms` only one of them is kept.
 */
export class VictoriaHistorian implements Historian {
  readonly #writer: LineProtocolWriter;
  readonly #config: VictoriaConfig;
  readonly #headers: Record<string, string>;
  readonly #now: () => number;

  constructor(config: VictoriaConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
    const { url, database, username } = config;
    const account = `${username ?? ''}:${passwordOf(config) ?? ''}`;
    this.#headers = username === undefined ? {} : { authorization: `Basic ${Buffer.from(account).toString('base64')}` };
    this.#writer = new LineProtocolWriter({ url, database, username }, passwordOf(config));
  }

  async write(rows: readonly SeriesRow[]): Promise<Written> {
    const { lines, refused, why, unsupported } = victoriaLines(rows, this.#config.retentionDays, this.#now());
    const written = lines.length === 0 ? { refused: 0 } : await this.#writer.write(lines);
    return { refused: refused + written.refused, why: why ?? written.why, unsupported };
  }

  async read(query: SeriesQuery): Promise<Columns> {
    const [fromMs, toMs] = [Math.floor(query.fromMs), Math.ceil(query.toMs)];
    const widthMs = Math.max(1, Math.ceil((toMs - fromMs) / query.points));
    const selector = selectorOf(query, this.#config.database);
    const intervals = Math.ceil((toMs - fromMs) / widthMs);
    const settledMs = widthMs < COPIED_MS ? this.#now() - COPIED_MS : toMs;
    const settled = Math.min(intervals, Math.max(0, Math.floor((settledMs - fromMs) / widthMs)));
    const columns: Columns = { timeMs: [], mean: [], max: [] };
    for (let at = 0; at < settled; at += MOST_INTERVALS)
      append(
        columns,
        await this.#intervals(selector, fromMs + at * widthMs, Math.min(MOST_INTERVALS, settled - at), widthMs),
      );
    if (settled < intervals) {
      const restMs = fromMs + settled * widthMs;
      append(columns, await this.#samples(selector, restMs, toMs, intervals - settled, widthMs));
    }
    return columns;
  }

  async close(): Promise<void> {
    // Requests leave no connection open.
  }

  /** Mean and maximum of each interval [start, start + width), computed by the server. */
  async #intervals(selector: string, fromMs: number, count: number, widthMs: number): Promise<Columns> {
    // A window ends at its time, inclusive. rollup() would widen short windows; avg_over_time and max_over_time do not.
    const window = `${selector}[${widthMs}ms]`;
    const part = (name: string) => `label_set(${name}_over_time(${window}), "__part__", "${name}")`;
    const lastMs = fromMs + count * widthMs - 1;
    const answer = await this.#query('/api/v1/query_range', {
      query: `union(${part('avg')}, ${part('max')})`,
      start: seconds(fromMs + widthMs - 1),
      end: seconds(lastMs),
      step: `${widthMs}ms`,
      // With its cache, the server would align the ends to multiples of the step.
      nocache: '1',
    });
    const { result } = rangeSchema.parse(JSON.parse(answer)).data;
    const values = (name: string) => result.find(({ metric }) => metric.__part__ === name)?.values ?? [];
    return {
      timeMs: values('avg').map(([time]) => Math.round(time * 1000) + 1 - widthMs),
      mean: values('avg').map(([, value]) => Number(value)),
      max: values('max').map(([, value]) => Number(value)),
    };
  }

  /** Mean and maximum of each interval, computed from its samples. */
  async #samples(selector: string, fromMs: number, toMs: number, count: number, widthMs: number): Promise<Columns> {
    const answer = await this.#query('/api/v1/export', {
      'match[]': selector,
      start: seconds(fromMs),
      end: seconds(toMs - 1),
    });
    const buckets = new Buckets(fromMs, fromMs + count * widthMs, count);
    for (const line of answer.split('\n')) {
      if (line === '') continue;
      const { timestamps, values } = exportSchema.parse(JSON.parse(line));
      values.forEach((value, i) => {
        if (value !== null) buckets.add(timestamps[i], value);
      });
    }
    return buckets.columns();
  }

  /** @throws if the server does not respond, or responds with an error. */
  async #query(path: string, fields: Record<string, string>): Promise<string> {
    const answer = await fetch(new URL(path, this.#config.url), {
      method: 'POST',
      headers: this.#headers,
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`VictoriaMetrics: ${answer.status} ${text.slice(0, 300)}`);
    return text;
  }
}

/** Unix time in seconds without rounding errors. */
const seconds = (ms: number) => `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`;

function append(to: Columns, { timeMs, mean, max }: Columns): void {
  for (let i = 0; i < timeMs.length; i++) {
    to.timeMs.push(timeMs[i]);
    to.mean.push(mean[i]);
    to.max.push(max[i]);
  }
}
