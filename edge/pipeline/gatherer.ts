import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';

/** Signal that a diagnosis asks for, and the most that is kept of one point. */
export const ENOUGH_S = 5;
const MOST_S = 6;
/** Blocks that begin within this of the last one's end go on where it ended. */
export const JOINED_US = 1000;
/** A machine that changed its speed by more begins anew: lines of different speeds do not add up. */
const SAME_SPEED = 0.02;

/** A point that was silent for so long gives its place to another. */
const SILENT_US = 60e6;

/** Points whose signal is kept at the same time; others wait, so that a plant in trouble does not fill the memory. */
export class GatherRoom {
  readonly #places: number;
  readonly #inside = new Map<Gatherer, number>();
  /** Blocks that were not kept since every place was taken. */
  refused = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Points that have a place. */
  get taken(): number {
    return this.#inside.size;
  }

  /** Whether a point has a place, or would get one that is free. */
  hasPlaceFor(gatherer: Gatherer): boolean {
    return this.#inside.has(gatherer) || this.#inside.size < this.#places;
  }

  /** Whether a point has a place at this time, its own or that of one that fell silent. */
  enter(gatherer: Gatherer, timeUs: number): boolean {
    if (!this.#inside.has(gatherer) && this.#inside.size >= this.#places) {
      const silent = [...this.#inside].find(([, lastUs]) => timeUs - lastUs > SILENT_US);
      if (!silent) {
        this.refused++;
        return false;
      }
      silent[0].clear();
    }
    this.#inside.set(gatherer, timeUs);
    return true;
  }

  leave(gatherer: Gatherer): void {
    this.#inside.delete(gatherer);
  }
}

interface Piece {
  endUs: number;
  parts: Float32Array[];
  samples: number;
}

/** The newest seconds of a point's signal while it is under suspicion, block by block, in pieces without gaps. */
export class Gatherer {
  readonly #room: GatherRoom;
  #pieces: Piece[] = [];
  #sampleRateHz = 0;
  #shaftHz = 0;

  constructor(room: GatherRoom) {
    this.#room = room;
  }

  get seconds(): number {
    return this.#sampleRateHz > 0 ? this.#pieces.reduce((sum, p) => sum + p.samples, 0) / this.#sampleRateHz : 0;
  }

  /** When the oldest of the gathered signal began; the future where there is none. */
  get sinceMs(): number {
    const [oldest] = this.#pieces;
    return oldest ? (oldest.endUs - (oldest.samples * 1e6) / this.#sampleRateHz) / 1000 : Number.POSITIVE_INFINITY;
  }

  /** The signal gathered so far; the arrays are the caller's. */
  take(): { pieces: Float32Array[]; startsUs: number[]; sampleRateHz: number } {
    const sampleRateHz = this.#sampleRateHz;
    const startsUs = this.#pieces.map(({ endUs, samples }) => endUs - (samples * 1e6) / sampleRateHz);
    return { pieces: this.#pieces.map(joined), startsUs, sampleRateHz };
  }

  add(block: WaveformBlock, shaftHz: number): void {
    if (!this.#room.enter(this, block.startUs)) return;
    const speedChanged = Math.abs(shaftHz - this.#shaftHz) > SAME_SPEED * this.#shaftHz;
    if (block.sampleRateHz !== this.#sampleRateHz || speedChanged) this.#pieces = [];
    if (this.#pieces.length === 0) {
      this.#sampleRateHz = block.sampleRateHz;
      this.#shaftHz = shaftHz;
    }
    const endUs = block.startUs + (block.samples.length * 1e6) / block.sampleRateHz;
    const last = this.#pieces.at(-1);
    // A block is only lent.
    const samples = block.samples.slice();
    if (last && Math.abs(block.startUs - last.endUs) <= JOINED_US) {
      last.parts.push(samples);
      last.samples += samples.length;
      last.endUs = endUs;
    } else this.#pieces.push({ endUs, parts: [samples], samples: samples.length });
    this.#forget();
  }

  clear(): void {
    // Of a healthy point, at each of its blocks: there is nothing to leave.
    if (this.#pieces.length === 0) return;
    this.#room.leave(this);
    this.#pieces = [];
  }

  /** Oldest parts go first. */
  #forget(): void {
    while (this.seconds > MOST_S) {
      const [oldest] = this.#pieces;
      const [part] = oldest.parts;
      if (this.#pieces.length === 1 && oldest.parts.length === 1) return;
      oldest.parts.shift();
      oldest.samples -= part.length;
      if (oldest.parts.length === 0) this.#pieces.shift();
    }
  }
}

function joined({ parts, samples }: Piece): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(samples);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
