import type { AssetAlertState } from '#models/alerting/assetAlert.ts';
import type { Wiring, WiringFault } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import type { Score } from '#models/health/detector.ts';
import type { AlertBody } from '../alert/alertBody.ts';
import { type ActiveAlert, WIRING } from '../alert/alertFamily.ts';
import type { WiringChange } from './wiringVotes.ts';

const UNFIT_WIRING: readonly WiringFault[] = ['wrong_scale', 'dead_channel'];
export const MISWIRED: Score = {
  assessable: false,
  reason: 'its scale is wrong, or no sensor is connected',
  remedy: 'see the alert to the integrator',
};

const NOT_A_MACHINE_FAULT: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'this is about the wiring, not the machine',
  remedy: 'see its text',
};

/** Whether a point's data do not describe the machine: wrong unit, or no sensor connected. */
export function isMiswired(alerts: ReadonlyMap<string, AssetAlertState>, point: string): boolean {
  return UNFIT_WIRING.some((kind) => alerts.get(`${WIRING}${kind}.${point}`)?.active);
}

export function createWiringAlert(name: string, point: string, timeMs: number): ActiveAlert {
  const id = `${name}.${Math.round(timeMs)}`;
  return { active: true, id, point, severity: 'warning', raisedAtMs: timeMs, lastSaidMs: timeMs, peak: 0 };
}

/** The message to the integrator. */
export function createWiringMessage(
  { asset, point, timeMs, kind, remedy, isPresent }: WiringChange,
  { id, severity, raisedAtMs }: ActiveAlert,
): Omit<AlertBody, 'timeQuality'> {
  return {
    timeMs,
    id,
    asset,
    point,
    change: isPresent ? 'raise' : 'return',
    severity,
    raisedAtMs,
    text: wiringText(asset, point, { kind, remedy }),
    index: 0,
    evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [remedy] } },
    remainingLife: NOT_A_MACHINE_FAULT,
    audience: 'integrator',
    wiring: { kind, remedy },
  };
}

const WIRING_TEXT: Record<WiringFault, string> = {
  swapped_sensors: 'sensors are swapped',
  wrong_bearing: 'the configured bearing is not the one installed',
  wrong_scale: 'wrong scale or unit',
  wrong_mains_frequency: 'wrong mains frequency',
  wrong_speed: 'the speed is wrong by a factor of two',
  inverted_axis: 'the sign is inverted',
  dead_channel: 'dead channel',
  duplicate_signal: 'carries the signal of another point',
};
const MAX_TEXT = 500;

/** One sentence for the integrator: which point, what is wrong with its wiring, and what to change. */
function wiringText(asset: string, point: string, { kind, remedy }: Wiring): string {
  return `${asset} ${point}: ${WIRING_TEXT[kind]}: ${remedy}`.slice(0, MAX_TEXT);
}
