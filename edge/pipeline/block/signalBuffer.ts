import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { MAX_JOIN_GAP_US, SAME_SPEED_FRACTION } from '../judgement.ts';

/** The most that is kept per point. */
const MAX_S = 6;

/** A point that has been silent for this long releases its slot. */
const SILENT_US = 60e6;

/**
 * Limits how many points buffer their signal at the same time, so that a plant in trouble does not exhaust the memory.
 */
export class SignalBufferPool {
  readonly #slots: number;
  readonly #holders = new Map<SignalBuffer, number>();
  /** Blocks that were not kept because every slot was in use. */
  refused = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Points that have a place. */
  get inUse(): number {
    return this.#holders.size;
  }

  /** Whether a point has a place, or would get one that is free. */
  canAcquire(buffer: SignalBuffer): boolean {
    return this.#holders.has(buffer) || this.#holders.size < this.#slots;
  }

  /** Whether a point has a place at this time, its own or that of one that fell silent. */
  acquire(buffer: SignalBuffer, timeUs: number): boolean {
    if (!this.#holders.has(buffer) && this.#holders.size >= this.#slots) {
      const silent = [...this.#holders].find(([, lastUs]) => timeUs - lastUs > SILENT_US);
      if (!silent) {
        this.refused++;
        return false;
      }
      silent[0].clear();
    }
    this.#holders.set(buffer, timeUs);
    return true;
  }

  release(buffer: SignalBuffer): void {
    this.#holders.delete(buffer);
  }
}

interface Piece {
  endUs: number;
  parts: Float32Array[];
  samples: number;
}

/** The newest seconds of a point's signal while it is under suspicion, block by block, in pieces without gaps. */
export class SignalBuffer {
  readonly #pool: SignalBufferPool;
  #pieces: Piece[] = [];
  #sampleRateHz = 0;
  #shaftHz = 0;

  constructor(pool: SignalBufferPool) {
    this.#pool = pool;
  }

  get seconds(): number {
    return this.#sampleRateHz > 0 ? this.#pieces.reduce((sum, p) => sum + p.samples, 0) / this.#sampleRateHz : 0;
  }

  /** Start of the buffered signal; positive infinity if the buffer is empty. */
  get sinceMs(): number {
    const [oldest] = this.#pieces;
    return oldest ? (oldest.endUs - (oldest.samples * 1e6) / this.#sampleRateHz) / 1000 : Number.POSITIVE_INFINITY;
  }

  /** A copy of the buffered signal. */
  read(): { pieces: Float32Array[]; startsUs: number[]; sampleRateHz: number } {
    const sampleRateHz = this.#sampleRateHz;
    const startsUs = this.#pieces.map(({ endUs, samples }) => endUs - (samples * 1e6) / sampleRateHz);
    return { pieces: this.#pieces.map(concatenate), startsUs, sampleRateHz };
  }

  add(block: WaveformBlock, shaftHz: number): void {
    if (!this.#pool.acquire(this, block.startUs)) return;
    const speedChanged = Math.abs(shaftHz - this.#shaftHz) > SAME_SPEED_FRACTION * this.#shaftHz;
    if (block.sampleRateHz !== this.#sampleRateHz || speedChanged) this.#pieces = [];
    if (this.#pieces.length === 0) {
      this.#sampleRateHz = block.sampleRateHz;
      this.#shaftHz = shaftHz;
    }
    const endUs = block.startUs + (block.samples.length * 1e6) / block.sampleRateHz;
    const last = this.#pieces.at(-1);
    // The caller reuses the block's memory.
    const samples = block.samples.slice();
    if (last && Math.abs(block.startUs - last.endUs) <= MAX_JOIN_GAP_US) {
      last.parts.push(samples);
      last.samples += samples.length;
      last.endUs = endUs;
    } else this.#pieces.push({ endUs, parts: [samples], samples: samples.length });
    this.#trim();
  }

  clear(): void {
    // A healthy point calls this for each of its blocks: there is nothing to release.
    if (this.#pieces.length === 0) return;
    this.#pool.release(this);
    this.#pieces = [];
  }

  /** Oldest parts go first. */
  #trim(): void {
    while (this.seconds > MAX_S) {
      const [oldest] = this.#pieces;
      const [part] = oldest.parts;
      if (this.#pieces.length === 1 && oldest.parts.length === 1) return;
      oldest.parts.shift();
      oldest.samples -= part.length;
      if (oldest.parts.length === 0) this.#pieces.shift();
    }
  }
}

function concatenate({ parts, samples }: Piece): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(samples);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
