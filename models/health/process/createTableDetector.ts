import { CanonicalVariatesDetector } from './canonicalVariates.ts';
import { DriftTolerantDetector } from './driftTolerant.ts';
import { columnStandards, type TableDetector } from './tableDetector.ts';

export type TableMethod = 'auto' | TableDetector['name'];

/** Fewer rows than this are no normal to judge by. */
export const LEAST_TRAINING_ROWS = 50;
/** A plant's relations between channels are worth a model from here on. */
const MANY_CHANNELS = 12;
/** The model's cost grows with the third power of the channels: a minute from about here on. */
const MOST_CHANNELS = 150;
/** Channels whose two halves of the training differ by more than this many standard deviations drift. */
const STEADY = 0.3;

/**
 * @param training `LEAST_TRAINING_ROWS` or more, oldest first.
 * @throws RangeError where a method that was asked for has too few rows or too many channels.
 */
export function createTableDetector(
  method: TableMethod,
  names: readonly string[],
  training: readonly Float64Array[],
): TableDetector {
  switch (method) {
    case 'drift_tolerant':
      return new DriftTolerantDetector(names, training);
    case 'canonical_variates': {
      const least = CanonicalVariatesDetector.leastRows(names.length);
      if (names.length > MOST_CHANNELS || training.length < least)
        throw new RangeError(
          `canonical variates of ${names.length} channels ask for ${least} rows of training, and at most ${MOST_CHANNELS} channels`,
        );
      return new CanonicalVariatesDetector(names, training);
    }
    case 'auto':
      return createTableDetector(suited(names.length, training), names, training);
  }
}

/** Canonical variates where a long, steady training of many channels allows them. */
function suited(channels: number, training: readonly Float64Array[]): TableDetector['name'] {
  const enough =
    channels >= MANY_CHANNELS &&
    channels <= MOST_CHANNELS &&
    training.length >= CanonicalVariatesDetector.leastRows(channels);
  return enough && steady(training) ? 'canonical_variates' : 'drift_tolerant';
}

function steady(training: readonly Float64Array[]): boolean {
  const half = training.length >> 1;
  const { sd } = columnStandards(training);
  const early = columnStandards(training.slice(0, half)).mean;
  const late = columnStandards(training.slice(half)).mean;
  const apart = sd.map((s, c) => Math.abs(late[c] - early[c]) / s).sort();
  return apart[Math.floor(0.75 * apart.length)] <= STEADY;
}
