import { readFileSync } from 'node:fs';
import { InfluxDB, type IPoint, toNanoDate } from 'influx';
import type { Columns } from '#models/contracts/api.ts';
import type { InfluxConfig } from '../config.ts';
import type { Historian, SeriesQuery, SeriesRow } from './historian.ts';

/** HTTP statuses with which InfluxDB refuses rows permanently. */
const NEVER = /partial write|too large|413|field type conflict|unable to parse|points beyond retention policy/i;

/**
 * Stores series in InfluxDB 1.x, or another server with line protocol. Measurements, tags and fields:
 * docs/guides/data.md.
 */
export class InfluxHistorian implements Historian {
  readonly #influx: InfluxDB;
  readonly #database: string;

  constructor(config: InfluxConfig) {
    const url = new URL(config.url);
    this.#database = config.database;
    this.#influx = new InfluxDB({
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      protocol: url.protocol === 'https:' ? 'https' : 'http',
      database: config.database,
      username: config.username,
      password: config.passwordFile === undefined ? undefined : readFileSync(config.passwordFile, 'utf8').trim(),
      pool: { requestTimeout: 10_000, maxRetries: 0 },
    });
  }

  async write(rows: readonly SeriesRow[]): Promise<{ refused: number; why?: string }> {
    try {
      await this.#influx.writePoints(rows.map(pointOf), { precision: 'u' });
      return { refused: 0 };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (/database not found/i.test(why)) {
        // Only if it is missing: a user with write permission may lack permission to create databases.
        await this.#influx.createDatabase(this.#database);
        return this.write(rows);
      }
      if (!NEVER.test(why)) throw error;
      if (rows.length === 1) return { refused: 1, why };
      return this.#halves(rows);
    }
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
    const rows = await this.#influx.query<{ time: Date; mean: number; max: number }>(
      `SELECT mean(${field}) AS mean, max(${field}) AS max FROM ${quoteName(query.measurement)} WHERE ${where.join(' AND ')} GROUP BY time(${width}ms, ${offset}ms) fill(none)`,
      { database: this.#database },
    );
    return { timeMs: rows.map((r) => r.time.getTime()), mean: rows.map((r) => r.mean), max: rows.map((r) => r.max) };
  }

  async close(): Promise<void> {
    // The client keeps no connection open between requests.
  }

  /** Isolates the refused rows so that the others are written. */
  async #halves(rows: readonly SeriesRow[]): Promise<{ refused: number; why?: string }> {
    const middle = rows.length >> 1;
    const first = await this.write(rows.slice(0, middle));
    const second = await this.write(rows.slice(middle));
    return { refused: first.refused + second.refused, why: first.why ?? second.why };
  }
}

function pointOf(row: SeriesRow): IPoint {
  // Line protocol does not allow empty tags.
  const tags = Object.fromEntries(Object.entries(row.tags).filter(([, value]) => value !== undefined && value !== ''));
  return {
    measurement: row.measurement,
    tags,
    fields: row.fields,
    timestamp: toNanoDate(`${Math.round(row.timeUs)}000`),
  };
}

const quoteName = (name: string) => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const quoteText = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
