import { type CaseMember, caseOf, eventSpan } from '#models/alerting/alertCase.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { AlertCase } from '#models/contracts/alertCase.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { ACTIVE } from './alertSchema.ts';
import type { Sql } from './sql.ts';
import { type Row, Statements } from './statements.ts';

export const CASE_INDEXES = `
  CREATE INDEX alerts_by_founder ON alerts (raised_ms, id) WHERE case_id = id;
  CREATE INDEX alerts_active_by_case ON alerts (case_id) WHERE ${ACTIVE};
`;

/** Limit on alerts examined for an event: the beginning of a flood is enough. */
const MAX_NEAR = 200;
/** Limit on machines named in a case; a larger event gives only their number. */
const MAX_NAMED = 200;

/** Cases: alerts with one cause, stored as the column `case_id` of each alert, which is the id of the first one. */
export class CaseTable {
  readonly #statements: Statements;

  constructor(db: Sql) {
    this.#statements = new Statements(db);
  }

  /** Assigns a newly stored alert to its case; returns the case. */
  assign(alert: AlertRecord): string {
    const { site, edge, asset, raisedAtMs } = alert;
    // Silence is not a symptom of a machine: edges that fall silent together form a separate event.
    const isSilence = alert.audience === 'integrator' ? 1 : 0;
    const [fromMs, toMs] = eventSpan(raisedAtMs);
    const columns = `SELECT id, site, edge, asset, case_id, raised_ms, ${ACTIVE} AS active FROM alerts`;
    const also = "AND case_id IS NOT NULL AND id <> ? AND (point = 'liveness') = ?";
    const rows = [
      ...this.#statements.all(
        `${columns} INDEXED BY alerts_active_by_asset WHERE ${ACTIVE} AND asset = ? AND site = ? AND edge = ? ${also}`,
        asset,
        site,
        edge,
        alert.id,
        isSilence,
      ),
      ...this.#statements.all(
        `${columns} INDEXED BY alerts_all_by_site WHERE site = ? AND raised_ms BETWEEN ? AND ? ${also} ORDER BY raised_ms LIMIT ${MAX_NEAR}`,
        site,
        fromMs,
        toMs,
        alert.id,
        isSilence,
      ),
    ];
    const found = caseOf({ id: alert.id, machine: machineKey(alert), raisedAtMs }, rows.map(memberOf));
    for (const id of [alert.id, ...found.joining])
      this.#statements.write('UPDATE alerts SET case_id = ? WHERE id = ?', found.case, id);
    return found.case;
  }

  /** Most recently opened first. @param before the last one of a page. */
  list({ active, site, limit, before }: CaseFilter): AlertCase[] {
    const conditions: [string, unknown[]][] = [
      ['case_id = id', []],
      ...(active ? [[`id IN (SELECT case_id FROM alerts WHERE ${ACTIVE})`, []] as [string, unknown[]]] : []),
      ...(site === undefined ? [] : [['site = ?', [site]] as [string, unknown[]]]),
      ...(before === undefined
        ? []
        : [['(raised_ms, id) < (?, ?)', [before.openedAtMs, before.id]] as [string, unknown[]]]),
    ];
    const where = conditions.map(([sql]) => sql).join(' AND ');
    const sql = `SELECT id FROM alerts WHERE ${where} ORDER BY raised_ms DESC, id DESC LIMIT ?`;
    const ids = this.#statements.all(sql, ...conditions.flatMap(([, values]) => values), limit);
    return ids.flatMap((row) => this.get(row.id as string) ?? []);
  }

  get(id: string): AlertCase | null {
    const first = this.#statements.get('SELECT record, raised_ms FROM alerts WHERE id = ? AND case_id = id', id);
    if (first === undefined) return null;
    const counted = this.#statements.get(
      `SELECT count(*) AS alerts, count(*) FILTER (WHERE ${ACTIVE}) AS active, count(*) FILTER (WHERE severity = 'critical') AS critical FROM alerts WHERE case_id = ?`,
      id,
    ) as Row;
    const machines = this.#statements.all('SELECT DISTINCT edge, asset FROM alerts WHERE case_id = ?', id);
    const { site, text }: AlertRecord = JSON.parse(first.record as string);
    return {
      id,
      site,
      kind: machines.length > 1 ? 'event' : 'machine',
      openedAtMs: first.raised_ms as number,
      severity: (counted.critical as number) > 0 ? 'critical' : 'warning',
      text: machines.length > 1 ? `${machines.length} machines of ${site} alarmed together. First: ${text}` : text,
      alerts: counted.alerts as number,
      activeAlerts: counted.active as number,
      machineCount: machines.length,
      machines: machines.slice(0, MAX_NAMED) as unknown as AlertCase['machines'],
    };
  }

  /** Ids of its alerts, in order of raise. */
  members(id: string, limit: number): string[] {
    const sql = 'SELECT id FROM alerts WHERE case_id = ? ORDER BY raised_ms LIMIT ?';
    return this.#statements.all(sql, id, limit).map((row) => row.id as string);
  }
}

export interface CaseFilter {
  active: boolean;
  site?: string;
  limit: number;
  before?: { openedAtMs: number; id: string };
}

const memberOf = (row: Row): CaseMember => ({
  id: row.id as string,
  machine: machineKey(row as unknown as { site: string; edge: string; asset: string }),
  case: row.case_id as string,
  raisedAtMs: row.raised_ms as number,
  isActive: row.active === 1,
});
