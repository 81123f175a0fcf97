import type { AnnunciatedAlert } from '#models/alerting/alarmSystemHealth.ts';
import type { ValuedAlert } from '#models/alerting/valueLedger.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { assetOf, machineKey } from '#models/contracts/topics.ts';
import { ACTIVE } from './alertSchema.ts';
import type { Sql } from './sql.ts';
import { type Row, Statements } from './statements.ts';

/** Limit on alerts read by a measure; the latest are used. */
const MOST = 100_000;

/**
 * The rule behind an alert: the kind of evidence in its id, `site.edge.machine.kind.time`, and the fault that it named.
 */
export const ruleOf = ({ evidence, ...alert }: AlertRecord): string =>
  ruleBy({ ...alert, fault: evidence.diagnosis.fault });

function ruleBy({ id, site, edge, asset, point, fault }: Record<(typeof RULE_COLUMNS)[number], string>): string {
  const prefix = `${site}.${edge}.${asset}.`;
  const kind = id.startsWith(prefix) ? id.slice(prefix.length).split('.')[0] : point;
  return `${kind} ${fault}`;
}
const RULE_COLUMNS = ['id', 'site', 'edge', 'asset', 'point', 'fault'] as const;

/** Alert statistics for the alarm-system measures and track records. */
export class AlertStatistics {
  readonly #statements: Statements;

  constructor(db: Sql) {
    this.#statements = new Statements(db);
  }

  /** Alerts received since a time by the gateway's clock, except those suppressed from the start. */
  annunciated(fromMs: number, site?: string): AnnunciatedAlert[] {
    const sql = `SELECT site, edge, asset, point, severity, arrived_ms, returned_ms, state, CAST(record ->> '$.acknowledgedAtMs' AS DOUBLE PRECISION) AS acknowledged_ms
      FROM alerts INDEXED BY alerts_by_arrival WHERE arrived_ms >= ? AND site = coalesce(?, site)
      ORDER BY arrived_ms DESC LIMIT ${MOST}`;
    return this.#statements
      .all(sql, fromMs, site ?? null)
      .filter(({ state }) => state !== 'suppressed')
      .map((row) => ({
        source: `${row.site}/${row.edge}/${row.asset}/${row.point}`,
        severity: row.severity as AnnunciatedAlert['severity'],
        arrivedMs: row.arrived_ms as number,
        returnedMs: row.returned_ms as number | null,
        acknowledgedMs: row.acknowledged_ms as number | null,
        isActive: row.state !== 'normal',
      }));
  }

  /** Alerts raised before a time and still active, counted by site; suppressed ones are excluded. */
  stale(beforeMs: number): Map<string, number> {
    const sql = `SELECT site, count(*) AS n FROM alerts INDEXED BY alerts_active_by_site
      WHERE ${ACTIVE} AND state <> 'suppressed' AND arrived_ms < ? GROUP BY site`;
    return new Map(this.#statements.all(sql, beforeMs).map(({ site, n }) => [site as string, n as number]));
  }

  /** Approximate number of alerts in constant time: alerts removed from the middle are still counted. */
  roughCount(): number {
    return (this.#statements.get('SELECT max(rowid) - min(rowid) + 1 AS n FROM alerts')?.n ?? 0) as number;
  }

  /** Alerts with a finding, of one fault or of all, newest first: read from an index without their records. */
  judged(fault?: string): ValuedAlert[] {
    const sql = `SELECT ${RULE_COLUMNS.join(', ')}, finding, found_ms, raised_ms FROM alerts INDEXED BY alerts_judged
      WHERE finding IS NOT NULL ${fault === undefined ? '' : 'AND fault = ?'} ORDER BY raised_ms DESC LIMIT ${MOST}`;
    return this.#statements.all(sql, ...(fault === undefined ? [] : [fault])).map((row) => {
      const named = row as Record<(typeof RULE_COLUMNS)[number], string>;
      return {
        id: named.id,
        machine: machineKey(named),
        rule: ruleBy(named),
        raisedAtMs: row.raised_ms as number,
        finding: row.finding as ValuedAlert['finding'],
        foundAtMs: row.found_ms as number,
      };
    });
  }

  /**
   * Raise times of alerts that were not closed as false. @param machines as in maintenance records: asset, or
   * `site/edge/asset`.
   */
  raises(machines: readonly string[]): Map<string, number[]> {
    const sql = `SELECT site, edge, raised_ms FROM alerts INDEXED BY alerts_all_by_asset WHERE asset = ?
      AND coalesce(finding, '') <> 'false_alarm' AND point <> 'liveness'`;
    const raised = (machine: string) => {
      const asset = assetOf(machine);
      return this.#statements
        .all(sql, asset)
        .filter((row: Row) => machine === asset || machine === `${row.site}/${row.edge}/${asset}`)
        .map((row) => row.raised_ms as number);
    };
    return new Map(machines.map((machine) => [machine, raised(machine)]));
  }
}

export const ARRIVAL_INDEX = 'CREATE INDEX alerts_by_arrival ON alerts (arrived_ms);';

/** The columns that `judged` reads, in order. */
export const JUDGED_INDEX = `
  ALTER TABLE alerts ADD COLUMN found_ms REAL;
  UPDATE alerts SET found_ms = record ->> '$.finding.atMs' WHERE finding IS NOT NULL;
  CREATE INDEX alerts_judged ON alerts (raised_ms, ${RULE_COLUMNS.join(', ')}, finding, found_ms) WHERE finding IS NOT NULL;`;
