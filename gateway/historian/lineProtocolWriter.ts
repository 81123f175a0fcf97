import { readFileSync } from 'node:fs';
import { InfluxDB, type IPoint, toNanoDate } from 'influx';
import type { SeriesRow, Written } from './historian.ts';

/** Errors with which a server refuses rows permanently. */
const NEVER = /partial write|too large|413|field type conflict|unable to parse|points beyond retention policy/i;

/** A server with a line-protocol endpoint. */
export interface LineProtocolServer {
  url: string;
  database: string;
  username?: string;
  passwordFile?: string;
}

/** A row as the server stores it; its tags and measurement may differ from those of a series. */
export interface Line extends Pick<SeriesRow, 'timeUs' | 'fields'> {
  measurement: string;
  tags: object;
}

/** The password of a server, if it has one. @throws if the file is unreadable. */
export function passwordOf({ passwordFile }: Pick<LineProtocolServer, 'passwordFile'>): string | undefined {
  return passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim();
}

/** Writes rows in InfluxDB's line protocol, to any server that supports it. */
export class LineProtocolWriter {
  readonly client: InfluxDB;
  readonly #database: string;

  constructor({ url: address, database, username }: LineProtocolServer, password?: string) {
    const url = new URL(address);
    this.#database = database;
    this.client = new InfluxDB({
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      protocol: url.protocol === 'https:' ? 'https' : 'http',
      database,
      username,
      password,
      pool: { requestTimeout: 10_000, maxRetries: 0 },
    });
  }

  /** Isolates refused rows, so that the others are written. @throws if a retry may help. */
  async write(rows: readonly Line[]): Promise<Written> {
    try {
      await this.client.writePoints(rows.map(pointOf), { precision: 'u' });
      return { refused: 0 };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (/database not found/i.test(why)) {
        // Only if it is missing: a user with write permission may lack permission to create databases.
        await this.client.createDatabase(this.#database);
        return this.write(rows);
      }
      if (!NEVER.test(why)) throw error;
      if (rows.length === 1) return { refused: 1, why };
      return this.#halves(rows);
    }
  }

  async #halves(rows: readonly Line[]): Promise<Written> {
    const middle = rows.length >> 1;
    const first = await this.write(rows.slice(0, middle));
    const second = await this.write(rows.slice(middle));
    return { refused: first.refused + second.refused, why: first.why ?? second.why };
  }
}

function pointOf(row: Line): IPoint {
  // Line protocol does not allow empty tags.
  const tags = Object.fromEntries(Object.entries(row.tags).filter(([, value]) => value !== undefined && value !== ''));
  return {
    measurement: row.measurement,
    tags,
    fields: row.fields,
    timestamp: toNanoDate(`${Math.round(row.timeUs)}000`),
  };
}
