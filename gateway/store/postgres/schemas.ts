import { ALERT_TABLES } from './alertTables.ts';

const DELIVERIES = `
  CREATE TABLE deliveries (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel TEXT NOT NULL, alert TEXT NOT NULL, event TEXT NOT NULL, notice TEXT NOT NULL,
    created_ms FLOAT8 NOT NULL, next_ms FLOAT8 NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting',
    error TEXT, done_ms FLOAT8
  );
  CREATE INDEX deliveries_due ON deliveries (state, channel, next_ms);
  CREATE INDEX deliveries_order ON deliveries (channel, alert, state, id);
  CREATE INDEX deliveries_waiting ON deliveries (channel, id, next_ms, alert) WHERE state = 'waiting';`;

/** SQLite functions that PostgreSQL lacks: JSON text by path, and the position of a text in another. */
const FUNCTIONS = `
  CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS TEXT IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    AS $f$ SELECT document::json #>> string_to_array(substr(path, 3), '.') $f$;
  CREATE OPERATOR ->> (LEFTARG = TEXT, RIGHTARG = TEXT, FUNCTION = json_extract);
  CREATE FUNCTION instr(whole TEXT, part TEXT) RETURNS INT IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    AS $f$ SELECT strpos(whole, part) $f$;`;

const PLANNING = `
  CREATE TABLE plan (rank BIGINT PRIMARY KEY, item TEXT NOT NULL, site TEXT NOT NULL, risk FLOAT8 NOT NULL, record TEXT NOT NULL, series TEXT NOT NULL);
  CREATE INDEX plan_item ON plan (item);
  CREATE TABLE parts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE memory (name TEXT NOT NULL, at BIGINT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name, at));
  CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms FLOAT8 NOT NULL, record TEXT NOT NULL);
  CREATE TABLE order_decisions (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item TEXT NOT NULL, site TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL);
  CREATE INDEX order_decisions_current ON order_decisions (item, site) WHERE state IN ('open', 'ordered');
  CREATE TABLE forecast_overrides (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item TEXT NOT NULL, site TEXT NOT NULL, until TEXT NOT NULL, withdrawn BIGINT NOT NULL, record TEXT NOT NULL);`;

const SCENARIOS_AND_REQUISITIONS = `
  CREATE TABLE plan_scenarios (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
  CREATE TABLE order_requisitions (decision BIGINT PRIMARY KEY, record TEXT NOT NULL);`;

const SUPPLY = `
  CREATE TABLE supply (kind TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (kind, key));
  CREATE TABLE imports (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, report TEXT NOT NULL);`;

const REGISTRY = `
  CREATE TABLE models (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, release TEXT NOT NULL, manifest TEXT NOT NULL, package TEXT NOT NULL,
    added_ms FLOAT8 NOT NULL, added_by TEXT NOT NULL, note TEXT, approved_ms FLOAT8, approved_by TEXT, UNIQUE (name, release)
  );
  CREATE TABLE rollouts (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stage TEXT NOT NULL, record TEXT NOT NULL);`;

/** Names are case-insensitive. */
const IDENTITY = `
  CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE TABLE accounts (name NAME_TEXT PRIMARY KEY, role TEXT NOT NULL, sites TEXT, password TEXT NOT NULL, must_change BIGINT NOT NULL, disabled BIGINT NOT NULL, created_ms FLOAT8 NOT NULL);
  CREATE TABLE sessions (id BYTEA PRIMARY KEY, name NAME_TEXT NOT NULL, role TEXT NOT NULL, sites TEXT, must_change BIGINT NOT NULL, created_ms FLOAT8 NOT NULL, expires_ms FLOAT8 NOT NULL);
  CREATE INDEX sessions_by_name ON sessions (name, created_ms);
  CREATE TABLE tokens (id TEXT PRIMARY KEY, hash BYTEA NOT NULL UNIQUE, name TEXT NOT NULL, owner NAME_TEXT, role TEXT NOT NULL, sites TEXT, created_by TEXT NOT NULL, created_ms FLOAT8 NOT NULL, expires_ms FLOAT8 NOT NULL, last_used_ms FLOAT8);`;

const ENROLMENTS = `
  CREATE TABLE enrolment_codes (hash BYTEA PRIMARY KEY, site TEXT NOT NULL, edge TEXT NOT NULL, receives TEXT NOT NULL, expires_ms FLOAT8 NOT NULL, UNIQUE (site, edge));
  CREATE TABLE edge_accounts (site TEXT NOT NULL, edge TEXT NOT NULL, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL, receives TEXT NOT NULL, enrolled_ms FLOAT8 NOT NULL, PRIMARY KEY (site, edge));`;

/** Text is ordered bytewise, as in SQLite. */
const byBytes = (sql: string) =>
  sql
    .replace(/\bTEXT( NOT NULL| PRIMARY KEY|,|\)| DEFAULT)/g, 'TEXT COLLATE "C"$1')
    .replaceAll('NAME_TEXT COLLATE "C"', 'TEXT COLLATE nocase')
    .replaceAll('NAME_TEXT', 'TEXT COLLATE nocase');

/** Migrations by database: the schema of the first version with PostgreSQL, and later steps. Released ones never change. */
export const POSTGRES_MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  'gateway.db': [FUNCTIONS + byBytes(ALERT_TABLES + DELIVERIES)],
  'planning.db': [FUNCTIONS + byBytes(PLANNING + DELIVERIES), byBytes(SCENARIOS_AND_REQUISITIONS)],
  'supply.db': [byBytes(SUPPLY)],
  'registry.db': [byBytes(REGISTRY)],
  'identity.db': [byBytes(IDENTITY + ENROLMENTS)],
};
