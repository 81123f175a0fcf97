import type { Unit } from '#models/contracts/units.ts';
import type { BearingFactors } from '#models/machine/bearing.ts';
import type { Drivetrain } from '#models/machine/drivetrain.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';

/** What is known of a recording beside its samples. */
export interface RecordingContext {
  sampleRateHz: number;
  unit: Unit;
  rpm?: number;
  factors?: BearingFactors;
  iso: IsoClass;
  drivetrain?: Drivetrain;
  /** How the sensor stands to the shaft; radial where it is not said. */
  direction?: 'radial' | 'axial';
  /** Pieces of an axial sensor beside it, of the same rate and unit: only with it a bent shaft is named. */
  axial?: readonly Float32Array[];
}

/** Why a recording allows no verdict, and what would. */
export interface Obstacle {
  reason: string;
  remedy: string;
  /** Whether the bearing's lines cannot even be ranked. */
  stopsAll: boolean;
}

/** Fewer turns of the shaft than this do not tell one line from the next. */
const LEAST_TURNS = 12;
/** Shorter pieces of one signal do, if there are so many turns in all of them. */
const LEAST_TURNS_A_PIECE = 6;
const LEAST_TURNS_OF_PIECES = 60;
const LEAST_SAMPLES = 1024;
/** A resonance that rings with each impact must lie well above the rate of the impacts. */
const LEAST_RATE_PER_LINE = 10;
/** More of the samples than this at the very same extreme were cut off. */
const CLIPPED = 0.001;

const stop = (reason: string, remedy: string): Obstacle => ({ reason, remedy, stopsAll: true });

/** What keeps pieces of one signal from any verdict, or null. */
export function signalObstacle(
  pieces: readonly Float32Array[],
  { sampleRateHz, rpm }: RecordingContext,
): Obstacle | null {
  if (!pieces.every((p) => p.every(Number.isFinite)))
    return stop('values that are no numbers', 'mend the source of the recording');
  const longest = Math.max(0, ...pieces.map((p) => p.length));
  if (longest < LEAST_SAMPLES)
    return stop(`${longest} samples are too few`, `record ${LEAST_SAMPLES} or more, best 5 s`);
  const { min, max } = extremes(pieces);
  if (min === max) return stop('every sample has the same value', 'check sensor and cable');
  if (!rpm) return stop('the shaft’s speed is unknown', 'give it: --speed');
  const shaftHz = rpm / 60;
  const turns = (longest / sampleRateHz) * shaftHz;
  const all = (pieces.reduce((sum, p) => sum + p.length, 0) / sampleRateHz) * shaftHz;
  if (turns < LEAST_TURNS && !(turns >= LEAST_TURNS_A_PIECE && all >= LEAST_TURNS_OF_PIECES)) {
    const seconds = (LEAST_TURNS / shaftHz).toFixed(1);
    return stop(`${turns.toFixed(1)} turns of the shaft are too few`, `record ${seconds} s or more, best 5 s`);
  }
  return null;
}

/** What keeps a signal that can be judged from a verdict on its bearing, or null. */
export function bearingObstacle(
  pieces: readonly Float32Array[],
  { sampleRateHz, rpm, factors }: RecordingContext,
): Obstacle | null {
  if (!factors || !rpm) return stop('the bearing’s geometry is unknown', 'give it: --factors or --bearing');
  const shaftHz = rpm / 60;
  const highestHz = Math.max(factors.bpfo, factors.bpfi, 2 * factors.bsf) * shaftHz;
  const leastHz = LEAST_RATE_PER_LINE * highestHz;
  if (sampleRateHz < leastHz) {
    const line = highestHz.toFixed(0);
    return stop(
      `a rate of ${sampleRateHz} Hz is too low for lines at ${line} Hz`,
      `record at ${leastHz.toFixed(0)} Hz`,
    );
  }
  const count = pieces.reduce((sum, p) => sum + p.length, 0);
  const { atExtreme } = extremes(pieces);
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

function extremes(pieces: readonly Float32Array[]): { min: number; max: number; atExtreme: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const samples of pieces) {
    for (const v of samples) {
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  let [low, high] = [0, 0];
  for (const samples of pieces) {
    for (const v of samples) {
      if (v === min) low++;
      if (v === max) high++;
    }
  }
  return { min, max, atExtreme: Math.max(low, high) };
}
