import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { MIN_TURNS, MIN_TURNS_A_PIECE, MIN_TURNS_OF_PIECES } from '#models/health/diagnosis/assessability.ts';
import { DIAGNOSIS_S, KEPT_FACTOR, MAX_JOIN_GAP_US, MAX_SLOW_SAMPLES, SAME_SPEED_FRACTION } from '../judgement.ts';

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

  /** Points that hold a slot. */
  get inUse(): number {
    return this.#holders.size;
  }

  /** Whether a point holds a slot, or a free one is left. */
  canAcquire(buffer: SignalBuffer): boolean {
    return this.#holders.has(buffer) || this.#holders.size < this.#slots;
  }

  /** Acquires a slot, if necessary that of a point that fell silent. @returns whether the point holds one. */
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

/** The newest seconds of a point's signal while it is suspicious, block by block, in pieces without gaps. */
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

  /** Whether the buffered signal is long enough for a diagnosis, or at its limit. */
  get isComplete(): boolean {
    return this.#pieces.length > 0 && this.seconds >= this.#neededS();
  }

  /** Start of the buffered signal; positive infinity if it is empty. */
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
    // Called for each block of a healthy point, which has nothing to release.
    if (this.#pieces.length === 0) return;
    this.#pool.release(this);
    this.#pieces = [];
  }

  /** Seconds needed for a diagnosis: with short pieces of a slow shaft, enough turns over all of them. */
  #neededS(): number {
    const turns = (Math.max(...this.#pieces.map((p) => p.samples)) / this.#sampleRateHz) * this.#shaftHz;
    if (turns >= MIN_TURNS || turns < MIN_TURNS_A_PIECE) return DIAGNOSIS_S;
    const mostS = MAX_SLOW_SAMPLES / KEPT_FACTOR / this.#sampleRateHz;
    return Math.max(DIAGNOSIS_S, Math.min(mostS, MIN_TURNS_OF_PIECES / this.#shaftHz));
  }

  /** Drops the oldest parts first. */
  #trim(): void {
    while (this.seconds > KEPT_FACTOR * this.#neededS()) {
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
