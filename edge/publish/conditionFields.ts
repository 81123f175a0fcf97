import type { Template } from '#models/configuration/template.ts';
import type { HealthBody } from '../pipeline/health/healthReport.ts';

/** The published part of an active alert. */
export interface StandingAlert {
  point: string;
  severity: string;
  fault: string;
  confidence: number;
  text: string;
  raisedAtMs: number;
  timeMs: number;
}

/** A machine's latest health, and its active alerts by id. */
export interface MachineCondition {
  health?: HealthBody;
  alerts: Record<string, StandingAlert>;
}

/** The newest features of a point. */
export interface PointFeatures {
  asset: string;
  point: string;
  unit: string;
  /** Time of the window's first sample, ms since 1970. */
  timeMs: number;
  values: Record<string, number>;
}

export interface Origin {
  site: string;
  edge: string;
}

const PLACE = ['site', 'edge', 'area', 'line', 'asset', 'displayName'] as const;
export const CONDITION_FIELDS = [
  ...PLACE,
  ...['kind', 'time', 'timeMs', 'status', 'index', 'zone', 'velocityMmPerS', 'remainingLifeS', 'remainingLifeLowS'],
  ...['remainingLifeHighS', 'timeToLimitS', 'operatingState', 'alerts', 'severity', 'fault', 'confidence', 'point'],
  ...['text', 'raisedAt'],
] as const;
export const FEATURE_FIELDS = [...PLACE, 'point', 'unit', 'time', 'timeMs', 'values'] as const;

export type Fields = Record<string, Template>;

/**
 * Values of CONDITION_FIELDS; null if unknown or not assessable. Of several alerts the most severe counts, then the
 * oldest.
 */
export function conditionFields({ site, edge }: Origin, asset: string, { health, alerts }: MachineCondition): Fields {
  const worst = worstOf(Object.values(alerts));
  const timeMs = Math.max(health?.timeMs ?? 0, ...Object.values(alerts).map((alert) => alert.timeMs));
  const life = health?.remainingLife.assessment === 'assessed' ? health.remainingLife : undefined;
  const toLimit = health?.timeToLimit?.assessment === 'assessed' ? health.timeToLimit.medianS : null;
  const { kind = null, displayName = asset, area = null, line = null, status = null, index = null } = health ?? {};
  return {
    ...{ site, edge, area, line, asset, displayName, kind, time: timeText(timeMs), timeMs, status, index },
    zone: health?.iso?.zone ?? null,
    velocityMmPerS: health?.iso?.velocityMmPerS ?? null,
    remainingLifeS: life?.medianS ?? null,
    remainingLifeLowS: life?.lowS ?? null,
    remainingLifeHighS: life?.highS ?? null,
    timeToLimitS: toLimit,
    operatingState: health?.operatingState?.state ?? null,
    alerts: Object.keys(alerts).length,
    severity: worst?.severity ?? null,
    fault: worst?.fault ?? null,
    confidence: worst?.confidence ?? null,
    point: worst?.point ?? null,
    text: worst?.text ?? null,
    raisedAt: worst ? timeText(worst.raisedAtMs) : null,
  };
}

/** Values of FEATURE_FIELDS. */
export function featureFields(
  { site, edge }: Origin,
  { asset, point, unit, timeMs, values }: PointFeatures,
  health: HealthBody | undefined,
): Fields {
  const { displayName = asset, area = null, line = null } = health ?? {};
  return { site, edge, area, line, asset, displayName, point, unit, time: timeText(timeMs), timeMs, values };
}

const timeText = (ms: number) => new Date(ms).toISOString();

function worstOf(alerts: readonly StandingAlert[]): StandingAlert | undefined {
  const rank = ({ severity }: StandingAlert) => (severity === 'critical' ? 0 : 1);
  return alerts.toSorted((a, b) => rank(a) - rank(b) || a.raisedAtMs - b.raisedAtMs)[0];
}
