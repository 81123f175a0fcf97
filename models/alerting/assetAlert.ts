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
  /** An active alert is said again, with fresh evidence, after so long. */
  repeatMs: number;
}

export const ASSET_ALERT_DEFAULTS: AssetAlertSettings = { criticalIndex: 2.5, repeatMs: 60_000 };

export interface Observation {
  timeMs: number;
  point: string;
  index: number;
  /** Whether any point's trigger of the family is on. */
  on: boolean;
  /** Whether there is something new to say of an active alert, before it is due again. */
  news: boolean;
  /** Prefix of the id of a new alert. */
  name: string;
}

export type AlertChange = 'raise' | 'update' | 'return' | null;

/** The state after an observation, and what is to be said of it. Pure. Severity never falls while an alert is active. */
export function stepAssetAlert(
  state: AssetAlertState,
  seen: Observation,
  settings: AssetAlertSettings,
): { state: AssetAlertState; change: AlertChange } {
  if (!state.active) return seen.on ? raise(seen, settings) : { state, change: null };
  if (!seen.on) return { state: NO_ALERT, change: 'return' };
  const severity = seen.index >= settings.criticalIndex ? 'critical' : state.severity;
  const worse = seen.index > state.peak;
  const point = worse ? seen.point : state.point;
  const due =
    severity !== state.severity ||
    seen.news ||
    (seen.timeMs - state.lastSaidMs >= settings.repeatMs && point === seen.point);
  const next = { ...state, severity, point, peak: Math.max(state.peak, seen.index) };
  return due ? { state: { ...next, lastSaidMs: seen.timeMs }, change: 'update' } : { state: next, change: null };
}

function raise(seen: Observation, settings: AssetAlertSettings): { state: AssetAlertState; change: AlertChange } {
  const state: AssetAlertState = {
    active: true,
    id: `${seen.name}.${Math.round(seen.timeMs)}`,
    point: seen.point,
    severity: seen.index >= settings.criticalIndex ? 'critical' : 'warning',
    raisedAtMs: seen.timeMs,
    lastSaidMs: seen.timeMs,
    peak: seen.index,
  };
  return { state, change: 'raise' };
}
