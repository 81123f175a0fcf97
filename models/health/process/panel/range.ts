import { blocksOf, memoryOf } from '../rowMethod.ts';
import { type PanelMember, tailLimit } from './member.ts';

/** A shorter training does not determine the range. */
const MIN_ROWS = 1000;
/** The range from each of these parts of the training must hold in the rest. */
const SPLITS = [0.4, 0.6, 0.8] as const;

/** Maximum part of a channel's variance between the means of training blocks. */
const MAX_BETWEEN = 0.5;

/** Limits of each channel; not finite for channels it does not judge. */
export interface RangeSnapshot {
  middle: Float64Array;
  above: Float64Array;
  below: Float64Array;
}

/**
 * Detects values beyond the training's tails, independent of the rows before: for a value that jumps between levels,
 * the recent past is uninformative. Judges a channel only if ranges from earlier parts of the training hold in later
 * ones, which excludes wandering values.
 */
export class Range implements PanelMember<RangeSnapshot> {
  readonly name = 'range';
  readonly seasonal = false;
  readonly sizes = 'own unit';
  readonly #learned: RangeSnapshot;
  readonly #ratios: Float64Array;

  constructor(learned: RangeSnapshot) {
    this.#learned = learned;
    this.#ratios = new Float64Array(learned.middle.length);
  }

  static learn(training: readonly Float64Array[], used: readonly boolean[], alpha: number): Range {
    const limits = used.map((use, c) =>
      use && training.length >= MIN_ROWS
        ? rangeOf(
            training.map((row) => row[c]),
            alpha,
          )
        : NO_RANGE,
    );
    return new Range({
      middle: Float64Array.from(limits, (one) => one.middle),
      above: Float64Array.from(limits, (one) => one.above),
      below: Float64Array.from(limits, (one) => one.below),
    });
  }

  snapshot(): RangeSnapshot {
    return this.#learned;
  }

  ratios(row: Float64Array): Float64Array {
    const { middle, above, below } = this.#learned;
    for (let c = 0; c < row.length; c++) {
      const off = row[c] - middle[c];
      this.#ratios[c] = off > 0 ? off / above[c] : -off / below[c];
    }
    return this.#ratios;
  }

  push(): void {
    // Values outside the range do not widen it.
  }

  restart(): void {
    // A range has no recent past.
  }

  visitState(): void {
    // There is no running state.
  }

  visible(): (number | null)[] {
    const { above, below } = this.#learned;
    return Array.from(above, (limit, c) => (Number.isFinite(limit) ? Math.max(limit, below[c]) : null));
  }
}

interface Limits {
  middle: number;
  above: number;
  below: number;
}

const NO_RANGE: Limits = { middle: 0, above: Number.POSITIVE_INFINITY, below: Number.POSITIVE_INFINITY };

function rangeOf(values: readonly number[], alpha: number): Limits {
  if (wanders(values)) return NO_RANGE;
  const holds = SPLITS.every((part) => {
    const split = Math.floor(part * values.length);
    const early = limitsOf(values.slice(0, split), alpha);
    return values.slice(split).every((v) => v - early.middle <= early.above && early.middle - v <= early.below);
  });
  return holds ? limitsOf(values, alpha) : NO_RANGE;
}

function limitsOf(values: readonly number[], alpha: number): Limits {
  const middle = Float64Array.from(values).sort()[values.length >> 1];
  const memory = memoryOf(values);
  const limit = (side: 1 | -1) => {
    const off = values.map((v) => side * (v - middle));
    return Math.max(1e-12, tailLimit(off, alpha / 2, (1 - memory) / (1 + memory)));
  };
  return { middle, above: limit(1), below: limit(-1) };
}

/** Whether the means of training blocks differ so much that the range grows with time. */
function wanders(values: readonly number[]): boolean {
  const mean = meanOf(values);
  const total = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const between = blocksOf(values.length).reduce(
    (sum, { from, to }) => sum + (to - from) * (meanOf(values.slice(from, to)) - mean) ** 2,
    0,
  );
  return between > MAX_BETWEEN * total;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
