import type { Severity } from '#models/contracts/alert.ts';

/** One alert of a machine: all points of a family (vibration, or one process value) share it. */
export type AssetAlertState =
  | { active: false }
  | {
      active: true;
      id: string;
      point: string;
      severity: Severity;
      raisedAtMs: number;
      lastSaidMs: number;
      peak: number;
    };

export const NO_ALERT: AssetAlertState = { active: false };

export interface AssetAlertSettings {
  /** Index from which an alert is critical. */
  criticalIndex: number;
  /** Interval at which an active alert is updated with fresh evidence. */
  repeatMs: number;
}

export const ASSET_ALERT_DEFAULTS: AssetAlertSettings = { criticalIndex: 2.5, repeatMs: 60_000 };

export interface Observation {
  timeMs: number;
  point: string;
  index: number;
  /** Whether any point's trigger of the family is on. */
  on: boolean;
  /** Whether an active alert has news before its next update is due. */
  news: boolean;
  /** Prefix of the id of a new alert. */
  name: string;
}

export type AlertChange = 'raise' | 'update' | 'return' | null;

/** The state after an observation, and the change to report. Pure. Severity never falls while an alert is active. */
export function stepAssetAlert(
  state: AssetAlertState,
  observation: Observation,
  settings: AssetAlertSettings,
): { state: AssetAlertState; change: AlertChange } {
  if (!state.active) return observation.on ? raise(observation, settings) : { state, change: null };
  if (!observation.on) return { state: NO_ALERT, change: 'return' };
  const severity = observation.index >= settings.criticalIndex ? 'critical' : state.severity;
  const worse = observation.index > state.peak;
  const point = worse ? observation.point : state.point;
  const due =
    severity !== state.severity ||
    observation.news ||
    (observation.timeMs - state.lastSaidMs >= settings.repeatMs && point === observation.point);
  const next = { ...state, severity, point, peak: Math.max(state.peak, observation.index) };
  return due ? { state: { ...next, lastSaidMs: observation.timeMs }, change: 'update' } : { state: next, change: null };
}

function raise(
  observation: Observation,
  settings: AssetAlertSettings,
): { state: AssetAlertState; change: AlertChange } {
  const state: AssetAlertState = {
    active: true,
    id: `${observation.name}.${Math.round(observation.timeMs)}`,
    point: observation.point,
    severity: observation.index >= settings.criticalIndex ? 'critical' : 'warning',
    raisedAtMs: observation.timeMs,
    lastSaidMs: observation.timeMs,
    peak: observation.index,
  };
  return { state, change: 'raise' };
}
