import type { AssetAlertState } from '#models/alerting/assetAlert.ts';
import type { Wiring, WiringFault } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import type { Score } from '#models/health/detector.ts';
import type { AlertBody } from './alertBody.ts';
import { WIRING } from './machineState.ts';
import type { WiringChange } from './wiringVotes.ts';

type Active = AssetAlertState & { active: true };

const UNFIT_WIRING: readonly WiringFault[] = ['wrong_scale', 'dead_channel'];
export const MISWIRED: Score = {
  assessable: false,
  reason: 'its scale is wrong, or no sensor is connected',
  remedy: 'see the alert to the integrator',
};

const NOT_ITS_LIFE: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'this is about the wiring, not the machine',
  remedy: 'see its text',
};

/** Whether what a point sends says nothing of the machine: it is in a wrong unit, or of no sensor at all. */
export function isMiswired(alerts: ReadonlyMap<string, AssetAlertState>, point: string): boolean {
  return UNFIT_WIRING.some((kind) => alerts.get(`${WIRING}${kind}.${point}`)?.active);
}

export function wiringAlert(name: string, point: string, timeMs: number): Active {
  const id = `${name}.${Math.round(timeMs)}`;
  return { active: true, id, point, severity: 'warning', raisedAtMs: timeMs, lastSaidMs: timeMs, peak: 0 };
}

/** The message to the integrator. */
export function wiringBody(
  { asset, point, timeMs, kind, remedy, isThere }: WiringChange,
  { id, severity, raisedAtMs }: Active,
): Omit<AlertBody, 'timeQuality'> {
  return {
    timeMs,
    id,
    asset,
    point,
    change: isThere ? 'raise' : 'return',
    severity,
    raisedAtMs,
    text: wiringText(asset, point, { kind, remedy }),
    index: 0,
    evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [remedy] } },
    remainingLife: NOT_ITS_LIFE,
    audience: 'integrator',
    wiring: { kind, remedy },
  };
}

const WIRING_WORDS: Record<WiringFault, string> = {
  swapped_sensors: 'sensors are swapped',
  wrong_bearing: 'the configured bearing is not the one installed',
  wrong_scale: 'wrong scale or unit',
  wrong_mains_frequency: 'wrong mains frequency',
  wrong_speed: 'the speed is wrong by a factor of two',
  inverted_axis: 'the sign is inverted',
  dead_channel: 'dead channel',
  duplicate_signal: 'carries the signal of another point',
};
const LONGEST = 500;

/** One sentence for the integrator: which point, what is wrong with its wiring, and what to change. */
function wiringText(asset: string, point: string, { kind, remedy }: Wiring): string {
  return `${asset} ${point}: ${WIRING_WORDS[kind]}: ${remedy}`.slice(0, LONGEST);
}
