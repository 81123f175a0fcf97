import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';

const STAMP_US = 1000;

export interface WindowShape {
  /** Samples, a power of two. */
  length: number;
  /** Samples from one window's start to the next one's; at most `length`. */
  hop: number;
}

/** A window and the time of its first sample. The sample buffer is reused: it is valid until the next block. */
export interface Window {
  startUs: number;
  sampleRateHz: number;
  samples: Float32Array;
}

/** Samples of a point's stream not yet in a whole window; may be stored and restored after a restart. */
export interface Remainder {
  startUs: number;
  sampleRateHz: number;
  samples: Float32Array;
}

/**
 * Cuts overlapping windows from blocks of any length. A window never spans a gap: if a block does not begin within a
 * millisecond (or half a sample) of the last one's end, or has another rate, cutting restarts.
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
    // Use the newer timestamp: a device's clock and its sample rate drift apart, and the difference must not accumulate.
    const startUs = block.startUs - (rest.samples.length * 1e6) / rest.sampleRateHz;
    return { startUs, sampleRateHz: rest.sampleRateHz, samples };
  }
}

function continues(rest: Remainder, block: WaveformBlock): boolean {
  if (rest.sampleRateHz !== block.sampleRateHz) return false;
  const endUs = rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
  return Math.abs(block.startUs - endUs) <= toleranceUs(block);
}

/** Timestamps are often whole milliseconds. A gap that small is not a lost block, unless blocks are that short. */
function toleranceUs({ samples, sampleRateHz }: WaveformBlock): number {
  const periodUs = 1e6 / sampleRateHz;
  return Math.min(Math.max(STAMP_US, periodUs / 2), (samples.length * periodUs) / 2);
}
