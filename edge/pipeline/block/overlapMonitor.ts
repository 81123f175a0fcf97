import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { MAX_JOIN_GAP_US, OVERLAP_FRACTION, WRONG_RATE_BLOCKS } from '../judgement.ts';

/** Finds blocks that begin before the previous one's end: their stated rate is wrong, or their clock was set. */
export class OverlapMonitor {
  #endUs = Number.NEGATIVE_INFINITY;
  #inARow = 0;

  /** End of the newest block. */
  get endUs(): number {
    return this.#endUs;
  }

  get isRateWrong(): boolean {
    return this.#inARow >= WRONG_RATE_BLOCKS;
  }

  /** @returns whether the block overlaps the previous one. */
  observe({ startUs, samples, sampleRateHz }: WaveformBlock): boolean {
    const durationUs = (samples.length * 1e6) / sampleRateHz;
    const overlaps = startUs < this.#endUs - Math.max(MAX_JOIN_GAP_US, OVERLAP_FRACTION * durationUs);
    this.#inARow = overlaps ? this.#inARow + 1 : 0;
    this.#endUs = startUs + durationUs;
    return overlaps;
  }
}
