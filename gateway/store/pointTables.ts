import type { FeatureMessage, Spectrum } from '#models/contracts/featureVector.ts';
import type { Clock, LedgerMessage, PointLedger, SourceOutages } from '#models/contracts/ledger.ts';
import { machineKey } from '#models/contracts/topics.ts';
import type { Unit } from '#models/contracts/units.ts';
import { createTables, type Sql } from './sql.ts';
import { Statements } from './statements.ts';
import type { PointKey } from './store.ts';

/** Metadata, latest spectrum and ledger of each point, and the clocks and sources reported by edges. */
export class PointTables {
  readonly #statements: Statements;

  constructor(db: Sql) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS points (
        key TEXT PRIMARY KEY, spectrum TEXT, spectrum_ms REAL, ledger TEXT, ledger_sequence TEXT, stored INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS unmapped (key TEXT PRIMARY KEY, counts TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS ledgers (key TEXT PRIMARY KEY, outbox TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS clocks (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS sources (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
    );
    this.#statements = new Statements(db);
  }

  points(): (PointKey & { hasSpectrum: boolean; unit: Unit | null })[] {
    const rows = this.#statements.all('SELECT key, unit, spectrum IS NOT NULL AS has FROM points ORDER BY key');
    return rows.map((row) => ({
      ...pointKeyOf(row.key as string),
      hasSpectrum: row.has === 1,
      unit: row.unit as Unit | null,
    }));
  }

  spectrum(key: PointKey): Spectrum | null {
    const row = this.#statements.get('SELECT spectrum FROM points WHERE key = ?', keyOf(key));
    return typeof row?.spectrum === 'string' ? JSON.parse(row.spectrum) : null;
  }

  ledgers(): (PointLedger & { site: string; edge: string; stored: number })[] {
    const rows = this.#statements.all('SELECT key, ledger, stored FROM points WHERE ledger IS NOT NULL ORDER BY key');
    return rows.map((row) => {
      const { site, edge } = pointKeyOf(row.key as string);
      return { ...JSON.parse(row.ledger as string), site, edge, stored: row.stored as number };
    });
  }

  unmapped(): { site: string; edge: string; counts: LedgerMessage['unmapped'] }[] {
    return this.#statements.all('SELECT key, counts FROM unmapped ORDER BY key').map((row) => {
      const [site, edge] = (row.key as string).split('/');
      return { site, edge, counts: JSON.parse(row.counts as string) };
    });
  }

  clocks(): (Clock & { site: string; edge: string })[] {
    return this.#statements.all('SELECT key, record FROM clocks ORDER BY key').map((row) => {
      const [site, edge] = (row.key as string).split('/');
      return { ...JSON.parse(row.record as string), site, edge };
    });
  }

  sources(): (SourceOutages & { site: string; edge: string })[] {
    return this.#statements.all('SELECT key, record FROM sources ORDER BY key').flatMap((row) => {
      const [site, edge] = (row.key as string).split('/');
      const all: SourceOutages[] = JSON.parse(row.record as string);
      return all.map((source) => ({ ...source, site, edge }));
    });
  }

  keepFeatures(body: FeatureMessage): void {
    const { spectrum } = body;
    const key = keyOf(body);
    const count = `INSERT INTO points (key, unit, stored) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET unit = excluded.unit, stored = points.stored + excluded.stored`;
    this.#statements.write(count, key, body.unit, body.values.length);
    if (!spectrum) return;
    // Ordered by sequence, because sender clocks are not trusted. A new outbox of the edge starts again.
    this.#statements.write(
      `UPDATE points SET spectrum = ?, spectrum_ms = ?, spectrum_outbox = ?, spectrum_sequence = ?
       WHERE key = ? AND (spectrum_outbox IS DISTINCT FROM ? OR spectrum_sequence < ?)`,
      JSON.stringify(spectrum),
      spectrum.timeMs,
      body.outbox,
      body.sequence,
      key,
      body.outbox,
      body.sequence,
    );
  }

  /** Ledgers are cumulative: the highest sequence of the latest outbox applies. */
  keepLedger(body: LedgerMessage): void {
    for (const point of body.points) {
      this.#statements.write(
        `INSERT INTO points (key, ledger, ledger_sequence) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE
         SET ledger = excluded.ledger, ledger_sequence = excluded.ledger_sequence
         WHERE coalesce(json_extract(points.ledger_sequence, '$.outbox'), '') <> json_extract(excluded.ledger_sequence, '$.outbox')
            OR CAST(json_extract(excluded.ledger_sequence, '$.sequence') AS BIGINT) > CAST(json_extract(points.ledger_sequence, '$.sequence') AS BIGINT)`,
        keyOf({ ...body, asset: point.asset, point: point.point }),
        JSON.stringify(point),
        JSON.stringify({ outbox: body.outbox, sequence: body.sequence }),
      );
    }
    // A resent ledger may arrive after a later one.
    const edge = `${body.site}/${body.edge}`;
    const newest = this.#statements.get('SELECT outbox, sequence FROM ledgers WHERE key = ?', edge);
    if (newest?.outbox === body.outbox && (newest.sequence as number) > body.sequence) return;
    const mark = 'INSERT OR REPLACE INTO ledgers (key, outbox, sequence) VALUES (?, ?, ?)';
    this.#statements.write(mark, edge, body.outbox, body.sequence);
    this.#keepOf('unmapped', 'counts', edge, body.unmapped);
    if (body.sources) this.#keepOf('sources', 'record', edge, body.sources);
    for (const clock of body.clocks ?? []) this.#keepOf('clocks', 'record', `${edge}/${clock.asset}`, clock);
  }

  #keepOf(table: 'unmapped' | 'sources' | 'clocks', column: 'counts' | 'record', key: string, value: unknown): void {
    const sql = `INSERT OR REPLACE INTO ${table} (key, ${column}) VALUES (?, ?)`;
    this.#statements.write(sql, key, JSON.stringify(value));
  }
}

/** Names contain no `/`. */
const keyOf = (k: PointKey) => `${machineKey(k)}/${k.point}`;

function pointKeyOf(key: string): PointKey {
  const [site, edge, asset, point] = key.split('/');
  return { site, edge, asset, point };
}
