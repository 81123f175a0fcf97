import type { AlertMessage } from '#models/contracts/alert.ts';
import type { FeatureMessage } from '#models/contracts/featureVector.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { SeriesRow } from './historian.ts';

/** Decodes a queue entry into rows: its kind, a line feed, and its text, either an edge message or rows. */
export function rowsOf(queued: string): SeriesRow[] {
  const at = queued.indexOf('\n');
  const body = JSON.parse(queued.slice(at + 1));
  switch (queued.slice(0, at)) {
    case 'features':
      return featureRows(body);
    case 'health':
      return [healthRow(body)];
    case 'alerts':
      return [alertRow(body)];
    case 'rows':
      return body;
    default:
      throw new RangeError(`unexpected queue entry ${queued.slice(0, at)}`);
  }
}

/** One row per window, at the time of the window's first sample. */
function featureRows(m: FeatureMessage): SeriesRow[] {
  const tags = { site: m.site, edge: m.edge, asset: m.asset, point: m.point };
  return m.values.map((values, i) => ({
    measurement: 'millwright_features',
    tags,
    timeUs: m.startUs[i],
    fields: {
      ...Object.fromEntries(m.names.map((name, column) => [name, values[column]])),
      ...(m.historical ? { historical: 1 } : {}),
    },
  }));
}

function healthRow(m: HealthMessage): SeriesRow {
  const fields: SeriesRow['fields'] = { status: m.status };
  if (m.index !== undefined) fields.index = m.index;
  if (m.iso) fields.velocityMmPerS = m.iso.velocityMmPerS;
  if (m.remainingLife.assessment === 'assessed') fields.remainingLifeS = m.remainingLife.medianS;
  if (m.operatingState) fields.operatingState = stateNumber(m.operatingState);
  return {
    measurement: 'millwright_health',
    tags: { site: m.site, edge: m.edge, asset: m.asset },
    timeUs: Math.round(m.timeMs * 1000),
    fields,
  };
}

/** A state's number, -1 at standstill, -2 between states: charts read numbers only. */
const stateNumber = ({ kind, state = 0 }: NonNullable<HealthMessage['operatingState']>): number =>
  kind === 'known' ? state : kind === 'stopped' ? -1 : -2;

function alertRow(m: AlertMessage): SeriesRow {
  return {
    measurement: 'millwright_alerts',
    tags: { site: m.site, edge: m.edge, asset: m.asset },
    timeUs: Math.round(m.timeMs * 1000),
    fields: {
      id: m.id,
      change: m.change,
      severity: m.severity,
      text: m.text,
      point: m.point,
      fault: m.evidence.diagnosis.fault,
      index: m.index,
    },
  };
}
