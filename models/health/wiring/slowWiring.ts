import type { Unit } from '#models/contracts/units.ts';
import type { Point } from '#models/machine/asset.ts';
import type { WiringFinding } from './vibrationWiring.ts';

/** Summary of consecutive values of one slow point. */
export interface SlowInspection {
  mean: number;
  sd: number;
  unit: Unit | undefined;
  role: Point['role'];
  /** Configured limit, which indicates the service of the point. */
  limit?: number;
}

const NEAR = 0.1;
const RAD_PER_S = (2 * Math.PI) / 60;
/** No machine exceeds its rated speed by this factor. */
const OVERSPEED = 3;
/**
 * Range of 35 to 100 °C of running machines' parts, in kelvin. Few services are as hot as these numbers in °C; a
 * configured limit distinguishes them from wrong wiring, as it does cryogenic ones.
 */
const KELVIN = 273.15;
const KELVIN_FROM = 308;
const KELVIN_TO = 373;
/** A limit above this marks a hot service. */
const HOT_LIMIT = 280;
const COLDEST_DEGC = -45;
const COLDEST_SENSED_DEGC = -110;
const VACUUM_BAR = -1.02;
/** A mean this many standard deviations below zero is not noise about zero. */
const CLEARLY = 6;

/**
 * Checks a slow value's wiring. Pure.
 * @param ratedRpm 0 if unknown.
 * @param linesAtRated whether the machine's vibration has a line at its rated speed.
 */
export function slowWiring(
  inspection: SlowInspection,
  ratedRpm: number,
  linesAtRated: boolean,
  isKnownToRun: boolean,
): WiringFinding[] {
  const finding =
    inverted(inspection, isKnownToRun) ??
    speedScale(inspection, ratedRpm, linesAtRated) ??
    temperatureScale(inspection) ??
    deadLoad(inspection, isKnownToRun);
  return finding ? [finding] : [];
}

function inverted({ mean, sd, unit, role, limit }: SlowInspection, isKnownToRun: boolean): WiringFinding | null {
  const isBelow = mean < 0 && -mean > CLEARLY * sd;
  const remedy = `${mean.toPrecision(3)} ${unit ?? ''} where a positive value belongs: exchange the wires of the sensor, or change the sign${unit === 'degC' ? "; where it is that cold, set the point's limit" : ''}`;
  if (isBelow && (role === 'speed' || (role === 'load' && isKnownToRun))) return { kind: 'inverted_axis', remedy };
  const isCryogenic = limit !== undefined && limit < 0;
  const isFrozen = unit === 'degC' && !isCryogenic && mean < COLDEST_DEGC && mean > COLDEST_SENSED_DEGC && isKnownToRun;
  return isBelow && (isFrozen || (unit === 'bar' && mean < VACUUM_BAR)) ? { kind: 'inverted_axis', remedy } : null;
}

function speedScale({ mean, role }: SlowInspection, ratedRpm: number, linesAtRated: boolean): WiringFinding | null {
  if (role !== 'speed' || ratedRpm <= 0) return null;
  const ratio = Math.abs(mean) / ratedRpm;
  const near = (expected: number) => Math.abs(ratio / expected - 1) < NEAR;
  const scaled = (as: string, by: string): WiringFinding => ({
    kind: 'wrong_scale',
    remedy: `a speed of ${mean.toPrecision(3)} with ${ratedRpm} rpm rated is ${as}: multiply by ${by}`,
  });
  // A machine may turn at a tenth of its rated speed; its vibration shows whether it does.
  if (near(1 / 60)) return scaled('in Hz, not rpm', '60');
  if (near(RAD_PER_S) && linesAtRated) return scaled('in rad/s, not rpm', '9.549');
  if (near(60)) return scaled('in turns an hour, not rpm', '1/60');
  if (near(1000) || near(0.001)) return scaled('off by a thousand', near(1000) ? '0.001' : '1000');
  if (ratio > OVERSPEED) return scaled(`${ratio.toPrecision(2)} times too high`, `1/${ratio.toPrecision(2)}`);
  return null;
}

function temperatureScale({ mean, unit, role, limit }: SlowInspection): WiringFinding | null {
  if (unit !== 'degC' || role !== 'condition' || mean < KELVIN_FROM || mean > KELVIN_TO) return null;
  if (limit !== undefined && limit > HOT_LIMIT) return null;
  const remedy = `${mean.toFixed(0)} °C is ${(mean - KELVIN).toFixed(0)} °C in kelvin: subtract 273.15 where the value is scaled, or set the point's limit where it is that hot`;
  return { kind: 'wrong_scale', remedy };
}

/** Zero current while the machine runs. */
function deadLoad({ mean, sd, unit, role }: SlowInspection, isKnownToRun: boolean): WiringFinding | null {
  // Exactly constant values are a stuck sensor, which data quality reports.
  if (role !== 'load' || unit !== 'A' || !isKnownToRun || sd === 0) return null;
  if (Math.abs(mean) > 3 * sd || sd > 0.2) return null;
  return {
    kind: 'dead_channel',
    remedy: `${mean.toFixed(2)} A while the machine runs: check the transducer and its cable`,
  };
}

/** Whether the speed point and another point are swapped. */
export function isSwappedWithSpeed(speed: SlowInspection, other: SlowInspection, ratedRpm: number): boolean {
  const asRated = (value: number) => value > 0.5 * ratedRpm && value < 1.2 * ratedRpm;
  return ratedRpm > 0 && other.unit !== 'rpm' && asRated(other.mean) && speed.mean < 0.2 * ratedRpm;
}

const MAINS_HZ = [50, 60] as const;
/** Maximum slip of induction motors. */
const MAX_SLIP = 0.06;
const MIN_SLIP = -0.002;

/**
 * The mains frequency at which an induction motor's speed is plausible if the configured one is not. A speed above the
 * configured synchronous speed is due to a converter, and gives no information.
 * @param rpm as measured.
 */
export function mainsOf(rpm: number, ratedRpm: number, poles: number, configuredHz: number): number | null {
  const slip = (speed: number, hz: number) => 1 - (speed * poles) / (120 * hz);
  const fits = (hz: number) =>
    [rpm, ratedRpm].every((speed) => slip(speed, hz) >= MIN_SLIP && slip(speed, hz) <= MAX_SLIP);
  if (slip(rpm, configuredHz) < 0 || slip(ratedRpm, configuredHz) <= 1.5 * MAX_SLIP) return null;
  return MAINS_HZ.find((hz) => hz !== configuredHz && fits(hz)) ?? null;
}
