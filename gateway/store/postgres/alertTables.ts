import { listIndexes } from '../alertSchema.ts';
import { CASE_INDEXES } from '../caseTable.ts';

/** Tables of the store; the table classes describe their content. */
export const ALERT_TABLES = `
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms FLOAT8 NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence BIGINT,
    arrived_ms FLOAT8 NOT NULL DEFAULT 0, site TEXT NOT NULL, edge TEXT NOT NULL, asset TEXT NOT NULL, point TEXT NOT NULL,
    severity TEXT NOT NULL, fault TEXT NOT NULL, finding TEXT, returned_ms FLOAT8, case_id TEXT, unacknowledged_ms FLOAT8,
    spectrum TEXT, found_ms FLOAT8, rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE
  );
  ${listIndexes('all', '')}
  ${listIndexes('active', "WHERE state <> 'normal'")}
  CREATE INDEX alerts_standing ON alerts (site, edge, asset, severity) WHERE state <> 'normal' AND returned_ms IS NULL;
  CREATE INDEX alerts_of_gateway ON alerts (point) WHERE point = 'liveness' AND returned_ms IS NULL;
  CREATE INDEX alerts_unacknowledged ON alerts (unacknowledged_ms) WHERE state = 'unacknowledged';
  CREATE INDEX alerts_by_state ON alerts (state) WHERE state IN ('shelved', 'suppressed');
  CREATE INDEX alerts_by_finding ON alerts (fault, finding) WHERE finding IS NOT NULL;
  CREATE INDEX alerts_by_case ON alerts (case_id, raised_ms) WHERE case_id IS NOT NULL;
  CREATE INDEX alerts_by_arrival ON alerts (arrived_ms);
  CREATE INDEX alerts_judged ON alerts (raised_ms) WHERE finding IS NOT NULL;
  ${CASE_INDEXES}
  CREATE TABLE health (
    key TEXT PRIMARY KEY, time_ms FLOAT8 NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence BIGINT,
    arrived_ms FLOAT8 NOT NULL DEFAULT 0, gaps TEXT NOT NULL DEFAULT '[]'
  );
  CREATE TABLE edges (key TEXT PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE edge_arrivals (key TEXT PRIMARY KEY, at_ms FLOAT8 NOT NULL);
  CREATE TABLE set_aside (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_ms FLOAT8 NOT NULL, topic TEXT NOT NULL, refusal TEXT NOT NULL,
    detail TEXT NOT NULL, payload BYTEA NOT NULL
  );
  CREATE TABLE points (
    key TEXT PRIMARY KEY, spectrum TEXT, spectrum_ms FLOAT8, ledger TEXT, ledger_sequence TEXT, stored BIGINT NOT NULL DEFAULT 0,
    spectrum_outbox TEXT, spectrum_sequence BIGINT, unit TEXT
  );
  CREATE TABLE unmapped (key TEXT PRIMARY KEY, counts TEXT NOT NULL);
  CREATE TABLE ledgers (key TEXT PRIMARY KEY, outbox TEXT NOT NULL, sequence BIGINT NOT NULL);
  CREATE TABLE clocks (key TEXT PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE sources (key TEXT PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE evidence (id TEXT PRIMARY KEY, time_ms FLOAT8 NOT NULL, bytes BIGINT NOT NULL, view TEXT NOT NULL, record TEXT NOT NULL);
  CREATE INDEX evidence_by_time ON evidence (time_ms);
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE seen (origin TEXT PRIMARY KEY, up_to BIGINT NOT NULL);
  CREATE TABLE seen_above (origin TEXT NOT NULL, sequence BIGINT NOT NULL, PRIMARY KEY (origin, sequence));
  CREATE TABLE series_queue (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE suppressions (id TEXT PRIMARY KEY, from_ms FLOAT8 NOT NULL, open_until_ms FLOAT8 NOT NULL, record TEXT NOT NULL);
  CREATE INDEX suppressions_open ON suppressions (open_until_ms);
  CREATE TABLE attachments (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE, name TEXT NOT NULL,
    type TEXT NOT NULL, bytes BIGINT NOT NULL, sha256 TEXT NOT NULL, by TEXT NOT NULL, at_ms FLOAT8 NOT NULL, content BYTEA NOT NULL,
    UNIQUE (alert, sha256)
  );
  CREATE TABLE work_orders (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, machine TEXT NOT NULL, site TEXT NOT NULL, alert TEXT NOT NULL, state TEXT NOT NULL,
    record TEXT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, next_ms FLOAT8 NOT NULL
  );
  CREATE INDEX work_orders_due ON work_orders (state, next_ms);
  CREATE INDEX work_orders_by_machine ON work_orders (machine);
  CREATE TABLE audit_log (
    sequence BIGINT PRIMARY KEY, at_ms FLOAT8 NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT, hash TEXT NOT NULL
  );
  CREATE TABLE audit_head (id BIGINT PRIMARY KEY CHECK (id = 1), sequence BIGINT NOT NULL, hash TEXT NOT NULL);
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $f$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $f$;
  CREATE TRIGGER audit_log_unchanged BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER audit_log_kept BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TABLE lead (id BIGINT PRIMARY KEY CHECK (id = 1), holder TEXT NOT NULL, until TIMESTAMPTZ NOT NULL);
`;
