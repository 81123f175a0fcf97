import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ModelView } from '#models/contracts/api.ts';
import { PIECE_CHARACTERS, type Piece } from '#models/contracts/modelPieces.ts';
import { type Rollout, rolloutSchema } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { type Manifest, openPackage, packageText, signPackage } from '#models/packages/modelPackage.ts';
import { migrate } from '../store/migrate.ts';
import { openState } from '../store/openState.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Sql } from '../store/sql.ts';

/** A refusal that names what must be changed about a model first. */
export class RegistryError extends Error {}

/** Schema migrations; released ones are never changed. */
export const REGISTRY_MIGRATIONS = [
  `
  CREATE TABLE IF NOT EXISTS models (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, release TEXT NOT NULL, manifest TEXT NOT NULL, package TEXT NOT NULL,
    added_ms REAL NOT NULL, added_by TEXT NOT NULL, note TEXT, approved_ms REAL, approved_by TEXT, UNIQUE (name, release)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS rollouts (id INTEGER PRIMARY KEY AUTOINCREMENT, stage TEXT NOT NULL, record TEXT NOT NULL) STRICT;`,
];
const ENDED = "'done', 'rolled_back'";

interface ModelRow {
  id: string;
  manifest: string;
  package: string;
  added_ms: number;
  added_by: string;
  note: string | null;
  approved_ms: number | null;
  approved_by: string | null;
}

/** Models, their approvals and roll-outs in one SQLite file, `registry.db`. */
export class Registry {
  readonly #db: Sql;
  readonly #key: KeyObject | null;
  readonly #now: () => number;

  /** @param keyFile signs approved packages. @throws if it is unreadable. */
  constructor(place: Place, keyFile: string | undefined, now: () => number) {
    this.#db = openState(place, 'registry.db', REGISTRY_MIGRATIONS);
    migrate(this.#db, 'registry.db', REGISTRY_MIGRATIONS);
    this.#key = keyFile === undefined ? null : createPrivateKey(readFileSync(keyFile));
    this.#now = now;
  }

  /**
   * Adds a package, which then waits for approval. Adding it again is idempotent.
   * @param note the reason, if it was added automatically.
   * @throws RegistryError if it is not a package, or its name and release belong to another.
   */
  async add(text: string, by: string, note: string | null = null): Promise<string> {
    const opened = await openPackage(text).catch((error: Error) => {
      throw new RegistryError(error.message);
    });
    const { id, manifestText } = opened;
    const { name, release } = opened.manifest;
    const other = this.#db.prepare('SELECT id FROM models WHERE name = ? AND release = ?').get(name, release) as
      | { id: string }
      | undefined;
    if (other?.id === id) return id;
    if (other) throw new RegistryError(`a different ${name} ${release} already exists; a change needs a new release`);
    this.#db
      .prepare(
        'INSERT INTO models (id, name, release, manifest, package, added_ms, added_by, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, name, release, manifestText, packageText({ ...opened, signature: null }), this.#now(), by, note);
    return id;
  }

  /**
   * Approves and signs a model, so that edges may fetch it. @throws RegistryError if it does not exist, or without a
   * key.
   */
  async approve(id: string, by: string): Promise<void> {
    const row = this.#row(id);
    if (!this.#key) throw new RegistryError('the gateway has no signing key: set commands.keyFile');
    const signed = await signPackage(
      await openPackage(row.package),
      this.#key.export({ format: 'der', type: 'pkcs8' }),
    );
    this.#db
      .prepare('UPDATE models SET package = ?, approved_ms = ?, approved_by = ? WHERE id = ?')
      .run(packageText(signed), this.#now(), by, id);
  }

  /** One chunk of an approved package. */
  piece(id: string, piece: number): Omit<Piece, 'v'> {
    const row = this.#db
      .prepare(
        'SELECT length(package) AS length, substr(package, ?, ?) AS text FROM models WHERE id = ? AND approved_ms IS NOT NULL',
      )
      .get(piece * PIECE_CHARACTERS + 1, PIECE_CHARACTERS, id) as { length: number; text: string } | undefined;
    const of = row ? Math.ceil(row.length / PIECE_CHARACTERS) : 0;
    return { id, piece, of, text: row && piece < of ? row.text : null };
  }

  /** Newest first; `edges` say where each runs. */
  models(edges: readonly StatusMessage[]): ModelView[] {
    const rows = this.#db
      .prepare(
        'SELECT id, manifest, added_ms, added_by, note, approved_ms, approved_by FROM models ORDER BY added_ms DESC',
      )
      .all() as Omit<ModelRow, 'package'>[];
    return rows.map((row) => {
      const { name, release, kind, card } = JSON.parse(row.manifest) as Manifest;
      const approved = row.approved_by === null ? null : { by: row.approved_by, atMs: row.approved_ms as number };
      const added = { by: row.added_by, atMs: row.added_ms, note: row.note };
      return { id: row.id, name, release, kind, card, added, approved, where: whereOf(row.id, edges) };
    });
  }

  has(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM models WHERE id = ?').get(id) !== undefined;
  }

  /** The package as a file, for a USB stick. @throws RegistryError if the model does not exist. */
  package(id: string): string {
    return this.#row(id).package;
  }

  /** @throws RegistryError if the model is not approved, or a machine already is in another roll-out. */
  start(rollout: Omit<Rollout, 'id' | 'stage' | 'startedMs' | 'stageMs'>): Rollout {
    return this.#db.transaction(() => this.#start(rollout))();
  }

  #start(rollout: Omit<Rollout, 'id' | 'stage' | 'startedMs' | 'stageMs'>): Rollout {
    const model = this.#row(rollout.model);
    if (model.approved_ms === null) throw new RegistryError('the model is not approved');
    const { kind } = JSON.parse(model.manifest) as Manifest;
    if (kind !== 'process')
      throw new RegistryError(`machines run only process models (train anomaly), not ${kind} models`);
    const place = (t: Rollout['targets'][number]) => `${t.site}/${t.edge}/${t.asset}`;
    const occupied = new Set(this.running().flatMap((r) => r.targets.map(place)));
    const twice = rollout.targets.find((t) => occupied.has(place(t)));
    if (twice) throw new RegistryError(`${place(twice)} is already in an active roll-out`);
    const nowMs = this.#now();
    const started = { ...rollout, stage: 'shadow', startedMs: nowMs, stageMs: nowMs } as const;
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO rollouts (stage, record) VALUES (?, ?)')
      .run(started.stage, JSON.stringify({ ...started, id: 0 }));
    const id = Number(lastInsertRowid);
    return this.change(id, (record) => ({ ...record, id }));
  }

  /** Updates a roll-out from its current state, because a person may have rolled it back since it was read. */
  change(id: number, next: (current: Rollout) => Rollout): Rollout {
    return this.#db.transaction(() => this.#change(id, next))();
  }

  #change(id: number, next: (current: Rollout) => Rollout): Rollout {
    const row = this.#db.prepare('SELECT record FROM rollouts WHERE id = ?').get(id) as { record: string };
    const changed = next(rolloutSchema.parse(JSON.parse(row.record)));
    this.#db
      .prepare('UPDATE rollouts SET stage = ?, record = ? WHERE id = ?')
      .run(changed.stage, JSON.stringify(changed), id);
    return changed;
  }

  /** Active roll-outs. */
  running(): Rollout[] {
    const rows = this.#db.prepare(`SELECT record FROM rollouts WHERE stage NOT IN (${ENDED}) ORDER BY id`).all();
    return (rows as { record: string }[]).map((row) => rolloutSchema.parse(JSON.parse(row.record)));
  }

  /** Newest first. */
  rollouts(): Rollout[] {
    const rows = this.#db.prepare('SELECT record FROM rollouts ORDER BY id DESC LIMIT 1000').all() as {
      record: string;
    }[];
    return rows.map((row) => rolloutSchema.parse(JSON.parse(row.record)));
  }

  close(): void {
    this.#db.close();
  }

  #row(id: string): ModelRow {
    const row = this.#db.prepare('SELECT * FROM models WHERE id = ?').get(id) as ModelRow | undefined;
    if (!row) throw new RegistryError(`no model ${id.slice(0, 12)}`);
    return row;
  }
}

function whereOf(id: string, edges: readonly StatusMessage[]): ModelView['where'] {
  return edges.flatMap(({ site, edge, models = [] }) =>
    models.flatMap(({ asset, active, candidate, fit }): ModelView['where'] => {
      if (active?.id === id) return [{ site, edge, asset, role: 'active', advice: fit?.advice ?? null }];
      return candidate?.id === id ? [{ site, edge, asset, role: 'candidate', advice: null }] : [];
    }),
  );
}
