import type { Unit } from '#models/contracts/units.ts';
import { STANDS_OUT } from '#models/signal/lineSpectrum.ts';
import { type Motion, motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';
import type { SensorSpectrum } from './machineLines.ts';
import type { Severity } from './severity.ts';

/** RMS that hardly any running machine exceeds, in mm, mm/s or mm/s²: at 5 g a bearing is near its end. */
const RARE: Record<Motion, number> = { displacement: 1, velocity: 45, acceleration: 49_000 };
const MAINS_HZ = [50, 60] as const;
/** Relative tolerance of the mains frequency. */
const MAINS_PART = 0.004;
const MOST = 0.5;
const CLEAR_BINS = 4;

/** Remarks on levels that point to the measurement rather than the machine, a sentence each. */
export function levelRemarks({ spectrum, unit }: SensorSpectrum, hum: Hum | null): string[] {
  const remarks = unlikelyUnit(spectrum.band(0, spectrum.nyquistHz), unit);
  if (!hum) return remarks;
  const level = `${hum.velocityMmPerS.toFixed(2)} mm/s at ${hum.hz} Hz`;
  return [...remarks, `${level} is mains hum, not the machine: check cable and earth`];
}

export interface Hum {
  hz: number;
  velocityMmPerS: number;
}

/** A line at the mains frequency that dominates the velocity and is no multiple of the shaft's rate. */
export function mainsHum(
  { spectrum, unit }: SensorSpectrum,
  shaftHz: number,
  { velocityMmPerS = 0 }: Severity,
): Hum | null {
  for (const hz of MAINS_HZ) {
    const orders = hz / shaftHz;
    const apartHz = Math.abs(orders - Math.round(orders)) * shaftHz;
    if (apartHz < CLEAR_BINS * spectrum.stepHz + MAINS_PART * hz) continue;
    const line = spectrum.line(hz, MAINS_PART * hz);
    const velocity = line.rms * motionFactor(unit, hz, 'velocity');
    if (line.prominence >= STANDS_OUT && velocity ** 2 > MOST * velocityMmPerS ** 2)
      return { hz, velocityMmPerS: velocity };
  }
  return null;
}

function unlikelyUnit(rms: number, unit: Unit): string[] {
  const motion = motionOf(unit);
  if (motion === null || rms * motionFactor(unit, 1, motion) < RARE[motion]) return [];
  return [`${rms.toPrecision(3)} ${unit} RMS is more than almost any machine has: is the unit right?`];
}
