import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';

const STAMP_US = 1000;

export interface WindowShape {
  /** Samples, a power of two. */
  length: number;
  /** Samples from one window's beginning to the next one's; at most `length`. */
  hop: number;
}

/** A window and the time of its first sample. The samples are only lent: they change with the next block. */
export interface Window {
  startUs: number;
  sampleRateHz: number;
  samples: Float32Array;
}

/** What of a point's stream is not yet in a whole window; may be kept and given back after a restart. */
export interface Remainder {
  startUs: number;
  sampleRateHz: number;
  samples: Float32Array;
}

/**
 * Cuts overlapping windows from blocks that may be of any length. A window never bridges a gap: where a block does not
 * begin within a millisecond (or half a sample) of the last one's end, or has another rate, cutting begins anew.
 */
export class WindowCutter {
  readonly #shape: WindowShape;
  #rest: Remainder | null = null;

  constructor(shape: WindowShape, rest: Remainder | null = null) {
    this.#shape = shape;
    this.#rest = rest;
  }

  get remainder(): Remainder | null {
    return this.#rest;
  }

  /** Calls `use` for each window that `block` completes, oldest first. */
  push(block: WaveformBlock, use: (window: Window) => void): void {
    const joined = this.#join(block);
    const { length, hop } = this.#shape;
    const periodUs = 1e6 / joined.sampleRateHz;
    let at = 0;
    for (; at + length <= joined.samples.length; at += hop) {
      use({
        startUs: Math.round(joined.startUs + at * periodUs),
        sampleRateHz: joined.sampleRateHz,
        samples: joined.samples.subarray(at, at + length),
      });
    }
    const rest = joined.samples.slice(at);
    this.#rest = { startUs: joined.startUs + at * periodUs, sampleRateHz: joined.sampleRateHz, samples: rest };
  }

  #join(block: WaveformBlock): Remainder {
    const rest = this.#rest;
    if (!rest || rest.samples.length === 0 || !continues(rest, block)) return block;
    const samples = new Float32Array(rest.samples.length + block.samples.length);
    samples.set(rest.samples);
    samples.set(block.samples, rest.samples.length);
    // By the newer stamp: a device's clock and its rate never agree for long, and the difference must not add up.
    const startUs = block.startUs - (rest.samples.length * 1e6) / rest.sampleRateHz;
    return { startUs, sampleRateHz: rest.sampleRateHz, samples };
  }
}

function continues(rest: Remainder, block: WaveformBlock): boolean {
  if (rest.sampleRateHz !== block.sampleRateHz) return false;
  const endUs = rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
  return Math.abs(block.startUs - endUs) <= toleranceUs(block);
}

/** Stamps are often whole milliseconds. A gap that small is no lost block, unless blocks are that short themselves. */
function toleranceUs({ samples, sampleRateHz }: WaveformBlock): number {
  const periodUs = 1e6 / sampleRateHz;
  return Math.min(Math.max(STAMP_US, periodUs / 2), (samples.length * periodUs) / 2);
}
