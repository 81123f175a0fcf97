import type { IsoVerdict } from '#models/contracts/health.ts';
import { velocityAlarm } from '#models/health/velocityAlarm.ts';
import {
  displacementLimits,
  isoVerdict,
  SLOW_RPM,
  SLOWEST_RPM,
  velocityBandHz,
  zoneLimits,
} from '#models/machine/iso20816.ts';
import type { LineSpectrum } from '#models/signal/lineSpectrum.ts';
import { motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';
import type { RecordingContext } from './assessability.ts';

export type RecordingIso =
  | (IsoVerdict & { assessment: 'assessed'; fromHz: number; displacementUm?: number })
  | { assessment: 'not_assessable'; reason: string; displacementUm?: number };

/** Severity of a recording's vibration, regardless of its cause. */
export interface Severity {
  iso: RecordingIso;
  /** RMS; absent if it cannot be computed from the recording. */
  velocityMmPerS?: number;
  /** Upper limits of zones A, B and C for a line at the shaft's rate, mm/s RMS. */
  limitsMmPerS: readonly [number, number, number];
  /** Zone, 0 (A) to 3 (D); by displacement if the machine is slower than the standard covers. */
  zone: number;
  /**
   * Whether the level supports a fault: zone C or D, or above its own alarm limit if the machine's baseline is known.
   */
  supports: boolean;
}

/** Widest bin of the spectrum, as a part of the band's lower edge. */
const FINEST_BIN = 0.4;
/** Outside the standard, the band begins at this part of the shaft's rate. */
const BELOW_SHAFT = 0.5;

/** Judges one sensor's level. @param spectrum null if the recording is too short for one. */
export function severityOf(spectrum: LineSpectrum | null, context: RecordingContext): Severity {
  const { unit, iso: isoClass, rpm = Number.POSITIVE_INFINITY, normalVelocityMmPerS } = context;
  // Below 600 rpm displacement is limited as well: a line at the shaft's rate reaches both limits at 600 rpm.
  const limits = zoneLimits(isoClass).map((limit) => limit * Math.min(1, rpm / SLOW_RPM));
  const limitsMmPerS = [limits[0], limits[1], limits[2]] as const;
  const none = (reason: string, displacementUm?: number): Severity => ({
    iso: { assessment: 'not_assessable', reason, ...(displacementUm === undefined ? {} : { displacementUm }) },
    limitsMmPerS,
    zone: 0,
    supports: false,
  });
  if (motionOf(unit) === null) return none(`needs an acceleration, a velocity or a displacement, not ${unit}`);
  const [fromHz, toHz] = velocityBandHz(rpm);
  const lowestHz = rpm < SLOWEST_RPM ? (BELOW_SHAFT * rpm) / 60 : fromHz;
  if (!spectrum || spectrum.stepHz > FINEST_BIN * lowestHz)
    return none(
      `needs ${(1 / FINEST_BIN / lowestHz).toFixed(1)} s or more without a gap for a band from ${lowestHz} Hz`,
    );
  const band = (motion: 'velocity' | 'displacement') =>
    spectrum.converted(lowestHz, toHz, (hz) => motionFactor(unit, hz, motion));
  const velocityMmPerS = rounded(band('velocity'));
  const displacementUm = rounded(1000 * band('displacement'));
  if (rpm < SLOWEST_RPM) {
    const zone = zoneOf(displacementUm, displacementLimits(isoClass));
    const reason = `covers machines of ${SLOWEST_RPM} rpm and more; displacement ${displacementUm.toFixed(0)} µm RMS`;
    return { ...none(reason, displacementUm), velocityMmPerS, zone, supports: zone >= 2 };
  }
  if (spectrum.nyquistHz < toHz) return none(`needs ${2 * toHz} samples a second or more`);
  const byVelocity = zoneOf(velocityMmPerS, zoneLimits(isoClass));
  const slow = rpm < SLOW_RPM && isoClass.limitsMmPerS === undefined;
  const zone = slow ? Math.max(byVelocity, zoneOf(displacementUm, displacementLimits(isoClass))) : byVelocity;
  const verdict = { ...isoVerdict(isoClass, velocityMmPerS), zone: (['A', 'B', 'C', 'D'] as const)[zone] };
  const grown = normalVelocityMmPerS !== undefined && velocityMmPerS >= velocityAlarm(normalVelocityMmPerS, isoClass);
  return {
    iso: { assessment: 'assessed', ...verdict, fromHz, ...(slow ? { displacementUm } : {}) },
    velocityMmPerS,
    limitsMmPerS,
    zone,
    supports: zone >= 2 || grown,
  };
}

/** 0 to 3 for zones A to D; a value on a limit belongs to the lower zone. */
export function zoneOf(value: number, limits: readonly number[]): number {
  return limits.filter((limit) => value > limit).length;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
