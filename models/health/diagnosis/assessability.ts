import type { Unit } from '#models/contracts/units.ts';
import type { BearingFactors } from '#models/machine/bearing.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';

/** What is known of a recording beside its samples. */
export interface RecordingContext {
  sampleRateHz: number;
  unit: Unit;
  rpm?: number;
  factors?: BearingFactors;
  iso: IsoClass;
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
const LEAST_SAMPLES = 1024;
/** A resonance that rings with each impact must lie well above the rate of the impacts. */
const LEAST_RATE_PER_LINE = 10;
/** More of the samples than this at the very same extreme were cut off. */
const CLIPPED = 0.001;

/** The first thing that keeps a recording from a verdict, or null. */
export function obstacle(samples: Float32Array, { sampleRateHz, rpm, factors }: RecordingContext): Obstacle | null {
  const stop = (reason: string, remedy: string) => ({ reason, remedy, stopsAll: true });
  if (!samples.every(Number.isFinite)) return stop('values that are no numbers', 'mend the source of the recording');
  if (samples.length < LEAST_SAMPLES)
    return stop(`${samples.length} samples are too few`, `record ${LEAST_SAMPLES} or more, best 5 s`);
  const { min, max, atExtreme } = extremes(samples);
  if (min === max) return stop('every sample has the same value', 'check sensor and cable');
  if (!rpm) return stop('the shaft’s speed is unknown', 'give it: --speed');
  if (!factors) return stop('the bearing’s geometry is unknown', 'give it: --factors or --bearing');
  const shaftHz = rpm / 60;
  const turns = (samples.length / sampleRateHz) * shaftHz;
  if (turns < LEAST_TURNS) {
    const seconds = (LEAST_TURNS / shaftHz).toFixed(1);
    return stop(`${turns.toFixed(1)} turns of the shaft are too few`, `record ${seconds} s or more, best 5 s`);
  }
  const highestHz = Math.max(factors.bpfo, factors.bpfi, 2 * factors.bsf) * shaftHz;
  const leastHz = LEAST_RATE_PER_LINE * highestHz;
  if (sampleRateHz < leastHz) {
    const line = highestHz.toFixed(0);
    return stop(
      `a rate of ${sampleRateHz} Hz is too low for lines at ${line} Hz`,
      `record at ${leastHz.toFixed(0)} Hz`,
    );
  }
  if (atExtreme > CLIPPED * samples.length) {
    const part = ((100 * atExtreme) / samples.length).toFixed(1);
    return {
      reason: `clipped: ${part} % of the samples lie at the end of the range`,
      remedy: 'use a wider range',
      stopsAll: false,
    };
  }
  return null;
}

function extremes(samples: Float32Array): { min: number; max: number; atExtreme: number } {
  let [min, max] = [samples[0], samples[0]];
  for (const v of samples) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  let [low, high] = [0, 0];
  for (const v of samples) {
    if (v === min) low++;
    if (v === max) high++;
  }
  return { min, max, atExtreme: Math.max(low, high) };
}
