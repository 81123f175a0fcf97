import type { Columns } from '#models/contracts/api.ts';
import type { InfluxConfig } from '../config.ts';
import type { Historian, SeriesQuery, SeriesRow, Written } from './historian.ts';
import { LineProtocolWriter, passwordOf } from './lineProtocolWriter.ts';

/**
 * Stores series in InfluxDB 1.x, or another server with its line protocol and queries. Measurements, tags and fields:
 * docs/guides/data.md.
 */
export class InfluxHistorian implements Historian {
  readonly #writer: LineProtocolWriter;
  readonly #database: string;

  constructor(config: InfluxConfig) {
    this.#database = config.database;
    this.#writer = new LineProtocolWriter(config, passwordOf(config));
  }

  write(rows: readonly SeriesRow[]): Promise<Written> {
    return this.#writer.write(rows);
  }

  async read(query: SeriesQuery): Promise<Columns> {
    const [from, to] = [Math.floor(query.fromMs), Math.ceil(query.toMs)];
    const width = Math.max(1, Math.ceil((to - from) / query.points));
    // By default InfluxDB aligns intervals to 1970, which gives one extra interval and an early first one.
    const offset = from % width;
    const field = quoteName(query.field);
    const where = Object.entries(query.tags)
      .filter((tag): tag is [string, string] => tag[1] !== undefined && tag[1] !== '')
      .map(([name, value]) => `${quoteName(name)} = ${quoteText(value)}`);
    where.push(`time >= ${from}ms`, `time < ${to}ms`);
    const rows = await this.#writer.client.query<{ time: Date; mean: number; max: number }>(
      `SELECT mean(${field}) AS mean, max(${field}) AS max FROM ${quoteName(query.measurement)} WHERE ${where.join(' AND ')} GROUP BY time(${width}ms, ${offset}ms) fill(none)`,
      { database: this.#database },
    );
    return { timeMs: rows.map((r) => r.time.getTime()), mean: rows.map((r) => r.mean), max: rows.map((r) => r.max) };
  }

  async close(): Promise<void> {
    // The client keeps no connection open between requests.
  }
}

const quoteName = (name: string) => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const quoteText = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
