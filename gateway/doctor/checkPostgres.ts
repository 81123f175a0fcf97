import type { GatewayConfig } from '../config.ts';
import { schemaOf } from '../store/postgres/openPostgres.ts';
import { PostgresDatabase } from '../store/postgres/postgresDatabase.ts';
import { placeOf } from '../store/postgres/postgresSettings.ts';
import { POSTGRES_MIGRATIONS } from '../store/postgres/schemas.ts';
import { type Finding, fault, messageOf, ok, warning } from './finding.ts';

/** Connections of one gateway: one per database, one for the other gateways, and one of a thread that plans. */
const CONNECTIONS = Object.keys(POSTGRES_MIGRATIONS).length + 3;
const REMEDY = 'start PostgreSQL, and check store.url, passwordFile and caFile; its log has the reason';

/** Checks that PostgreSQL accepts the gateway, and has supported schemas and enough connections. */
export function checkPostgres(config: GatewayConfig): Finding[] {
  const place = placeOf(config);
  if (typeof place === 'string') return [];
  const check = 'PostgreSQL';
  try {
    const db = new PostgresDatabase(place, schemaOf('gateway.db'));
    try {
      const schemas = Object.entries(POSTGRES_MIGRATIONS).map(([name, steps]) =>
        schemaFinding(db, schemaOf(name), steps.length),
      );
      return [
        ok(check, `${config.store.type === 'postgres' ? config.store.url : ''} lets the gateway in`),
        connections(db),
        ...schemas,
      ];
    } finally {
      db.close();
    }
  } catch (error) {
    return [fault(check, messageOf(error), REMEDY)];
  }
}

function connections(db: PostgresDatabase): Finding {
  const sql = `SELECT CAST(current_setting('max_connections') AS INTEGER) - count(*) AS free FROM pg_stat_activity WHERE backend_type = 'client backend'`;
  const { free } = db.prepare(sql).get() as { free: number };
  const text = `${free} connections free; a gateway takes ${CONNECTIONS}`;
  return free < CONNECTIONS ? warning('connections', text, 'raise max_connections') : ok('connections', text);
}

function schemaFinding(db: PostgresDatabase, schema: string, known: number): Finding {
  const { has } = db.prepare('SELECT to_regclass(?) IS NOT NULL AS has').get(`${schema}.schema_version`) as {
    has: number;
  };
  if (has === 0) return ok(schema, 'is made by the first start');
  const { version } = db.prepare(`SELECT version FROM ${schema}.schema_version`).get() as { version: number };
  return version > known
    ? fault(
        schema,
        `schema version ${version}; this version of Millwright supports ${known}`,
        'start the newer version',
      )
    : ok(schema, `schema version ${version} of ${known}`);
}
