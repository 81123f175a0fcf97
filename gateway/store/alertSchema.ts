import type { AlertFilter } from './alertFilter.ts';

/** An active or unacknowledged alert, as defined by ISA-18.2. */
export const ACTIVE = "state <> 'normal'";

/**
 * Filter fields of alerts as separate columns: lists, counts and pages read an index. Spectra are stored separately
 * from the records, because lists omit them. Each combination of filters that is not selective by itself has an index
 * in list order.
 */
export const ALERT_COLUMNS = `
  ALTER TABLE alerts ADD COLUMN site TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN edge TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN asset TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN point TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN severity TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN fault TEXT NOT NULL DEFAULT '';
  ALTER TABLE alerts ADD COLUMN finding TEXT;
  ALTER TABLE alerts ADD COLUMN returned_ms REAL;
  ALTER TABLE alerts ADD COLUMN case_id TEXT;
  ALTER TABLE alerts ADD COLUMN unacknowledged_ms REAL;
  ALTER TABLE alerts ADD COLUMN spectrum TEXT;
  UPDATE alerts SET site = record ->> '$.site', edge = record ->> '$.edge', asset = record ->> '$.asset',
    point = record ->> '$.point', severity = record ->> '$.severity', fault = record ->> '$.evidence.diagnosis.fault',
    finding = record ->> '$.finding.finding', returned_ms = record ->> '$.returnedAtMs',
    unacknowledged_ms = iif(state = 'unacknowledged', arrived_ms, NULL),
    spectrum = record -> '$.evidence.spectrum', record = json_remove(record, '$.evidence.spectrum');
  DROP INDEX IF EXISTS alerts_by_time;
  DROP INDEX IF EXISTS alerts_by_state;
  ${listIndexes('all', '')}
  ${listIndexes('active', `WHERE ${ACTIVE}`)}
  CREATE INDEX alerts_standing ON alerts (site, edge, asset, severity) WHERE ${ACTIVE} AND returned_ms IS NULL;
  CREATE INDEX alerts_of_gateway ON alerts (point) WHERE point = 'liveness' AND returned_ms IS NULL;
  CREATE INDEX alerts_unacknowledged ON alerts (unacknowledged_ms) WHERE state = 'unacknowledged';
  CREATE INDEX alerts_by_state ON alerts (state) WHERE state IN ('shelved', 'suppressed');
  CREATE INDEX alerts_by_finding ON alerts (fault, finding) WHERE finding IS NOT NULL;
  CREATE INDEX alerts_by_case ON alerts (case_id, raised_ms) WHERE case_id IS NOT NULL;
`;

export function listIndexes(scope: string, where: string): string {
  const columns = {
    time: '',
    severity: 'severity,',
    site: 'site,',
    site_severity: 'site, severity,',
    asset: 'asset,',
  };
  return Object.entries(columns)
    .map(([name, prefix]) => {
      // Among one machine's alerts, the index also covers the other filters.
      const rest = name === 'asset' ? ', site, severity' : '';
      return `CREATE INDEX alerts_${scope}_by_${name} ON alerts (${prefix} raised_ms, id${rest}) ${where};`;
    })
    .join('\n  ');
}

/** The index that groups the alerts of a filter, in list order. */
export function listIndex({ active, site, asset, severity }: AlertFilter): string {
  const scope = `alerts_${active ? 'active' : 'all'}_by_`;
  if (asset !== undefined) return `${scope}asset`;
  if (site !== undefined) return `${scope}site${severity === undefined ? '' : '_severity'}`;
  return `${scope}${severity === undefined ? 'time' : 'severity'}`;
}
