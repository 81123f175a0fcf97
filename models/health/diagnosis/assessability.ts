import type { Unit } from '#models/contracts/units.ts';
import type { BearingFactors } from '#models/machine/bearing.ts';
import type { Drivetrain } from '#models/machine/drivetrain.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';

/** What is known about a recording besides its samples. */
export interface RecordingContext {
  sampleRateHz: number;
  unit: Unit;
  rpm?: number;
  /** Relative uncertainty of the speed; default 2 %, for a measured one. */
  speedTolerance?: number;
  /** Baseline velocity of this machine while healthy, mm/s RMS in the same band. */
  normalVelocityMmPerS?: number;
  factors?: BearingFactors;
  /** Relative uncertainty of the factors if their geometry was derived; default 0. */
  factorsTolerance?: number;
  iso: IsoClass;
  drivetrain?: Drivetrain;
  /** Direction of the sensor relative to the shaft; default radial. */
  direction?: 'radial' | 'axial';
  /** Pieces of an axial sensor beside it, of the same rate and unit: a bent shaft is named only with them. */
  axial?: readonly Float32Array[];
}

/** Why a recording allows no verdict, and the remedy. */
export interface Obstacle {
  reason: string;
  remedy: string;
  /** Whether bearing lines cannot even be ranked. */
  stopsAll: boolean;
  /** Whether the samples hold no signal at all. */
  unreadable?: boolean;
}

/** With fewer turns of the shaft, lines cannot be resolved. */
export const MIN_TURNS = 12;
/** Shorter pieces suffice if each has this many turns and all together have `MIN_TURNS`. */
export const MIN_TURNS_A_PIECE = 4;
/** Bearing lines lie between shaft lines, and need more turns. */
const MIN_TURNS_OF_BEARING = 6;
export const MIN_TURNS_OF_PIECES = 60;
const MIN_SAMPLES = 1024;
/** A resonance excited by each impact must lie well above the impact rate. */
const MIN_RATE_PER_LINE = 10;
/** Part of the samples at exactly one extreme, above which the signal is clipped. */
const CLIPPED = 0.001;

const stop = (reason: string, remedy: string): Obstacle => ({ reason, remedy, stopsAll: true });

/** What prevents any verdict on pieces of one signal, or null. */
export function signalObstacle(
  pieces: readonly Float32Array[],
  { sampleRateHz, rpm }: RecordingContext,
): Obstacle | null {
  const { min, max, finite } = extremes(pieces);
  if (!finite) return { ...stop('values that are no numbers', 'mend the source of the recording'), unreadable: true };
  const longest = Math.max(0, ...pieces.map((p) => p.length));
  if (longest < MIN_SAMPLES) return stop(`${longest} samples are too few`, `record ${MIN_SAMPLES} or more, best 5 s`);
  if (min === max) return stop('every sample has the same value', 'check sensor and cable');
  if (!rpm) return stop('the shaft’s speed is unknown', 'give it: --speed');
  const shaftHz = rpm / 60;
  const longestS = longest / sampleRateHz;
  const turns = longestS * shaftHz;
  const all = (pieces.reduce((sum, p) => sum + p.length, 0) / sampleRateHz) * shaftHz;
  if (turns < MIN_TURNS && !(turns >= MIN_TURNS_A_PIECE && all >= MIN_TURNS_OF_PIECES)) {
    const [found, seconds] = [Math.floor(10 * turns) / 10, Math.ceil((10 * MIN_TURNS) / shaftHz) / 10];
    return stop(
      `${longestS.toPrecision(2)} s hold ${found.toFixed(1)} turns of the shaft, too few: ${MIN_TURNS} are needed`,
      `record ${seconds.toFixed(1)} s or more, best ${Math.max(5, seconds).toFixed(0)} s`,
    );
  }
  return null;
}

/** What prevents a verdict on the bearing of an otherwise assessable signal, or null. */
export function bearingObstacle(
  pieces: readonly Float32Array[],
  { sampleRateHz, rpm, factors }: RecordingContext,
): Obstacle | null {
  if (!factors || !rpm) return stop('the bearing’s geometry is unknown', 'give it: --factors or --bearing');
  const shaftHz = rpm / 60;
  const highestHz = Math.max(factors.bpfo, factors.bpfi, 2 * factors.bsf) * shaftHz;
  const leastHz = MIN_RATE_PER_LINE * highestHz;
  if (sampleRateHz < leastHz) {
    const line = highestHz.toFixed(0);
    return stop(
      `a rate of ${sampleRateHz} Hz is too low for lines at ${line} Hz`,
      `record at ${leastHz.toFixed(0)} Hz`,
    );
  }
  const turns = (Math.max(0, ...pieces.map((p) => p.length)) / sampleRateHz) * shaftHz;
  if (turns < MIN_TURNS_OF_BEARING) {
    const reason = `pieces of ${turns.toFixed(1)} turns of the shaft do not tell a bearing's lines from the shaft's`;
    return { reason, remedy: `record ${(MIN_TURNS / shaftHz).toFixed(1)} s or more without a gap`, stopsAll: false };
  }
  const count = pieces.reduce((sum, p) => sum + p.length, 0);
  const atExtreme = countAtExtreme(pieces);
  if (atExtreme > CLIPPED * count) {
    const part = ((100 * atExtreme) / count).toFixed(1);
    return {
      reason: `clipped: ${part} % of the samples lie at the end of the range`,
      remedy: 'use a wider range',
      stopsAll: false,
    };
  }
  return null;
}

function extremes(pieces: readonly Float32Array[]): { min: number; max: number; finite: boolean } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // A sum propagates NaN and infinity.
  let sum = 0;
  for (const samples of pieces) {
    for (let i = 0; i < samples.length; i++) {
      const v = samples[i];
      sum += v;
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  return { min, max, finite: Number.isFinite(sum) };
}

/** Number of samples at the largest or at the smallest value, the larger of both. */
function countAtExtreme(pieces: readonly Float32Array[]): number {
  const { min, max } = extremes(pieces);
  let [low, high] = [0, 0];
  for (const samples of pieces) {
    for (let i = 0; i < samples.length; i++) {
      if (samples[i] === max) high++;
      else if (samples[i] === min) low++;
    }
  }
  return Math.max(low, high);
}
