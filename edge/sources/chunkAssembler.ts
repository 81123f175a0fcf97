import { crc32 } from 'node:zlib';
import type { ChunkHeader } from './chunk.ts';

export interface Chunk<Origin> extends ChunkHeader {
  /** Point and message id, by which chunks belong together. */
  waveform: string;
  /** Identifies the waveform if it begins with this chunk. */
  id: string;
  origin: Origin;
  payload: Buffer;
  receivedMs: number;
  timeoutMs: number;
}

/** A waveform that ended: with all its chunks, in their order, or without some of them. */
export interface Ended<Origin> {
  id: string;
  waveform: string;
  /** CRC-32 of the chunks that came, by index, in the order of their arrival. */
  checksums: ReadonlyMap<number, number>;
  /** Of the first chunk that came. */
  origin: Origin;
  message: string;
  total: number;
  /** Arrival of the first chunk. */
  receivedMs: number;
  payloads: Buffer[];
  /** Indices from 0, of an incomplete waveform. */
  missing: number[];
}

interface Assembly<Origin> {
  id: string;
  origin: Origin;
  message: string;
  total: number;
  beganMs: number;
  lastMs: number;
  timeoutMs: number;
  lastIndex: number;
  bytes: number;
  chunks: Map<number, Buffer>;
}

export interface AssemblerLimits {
  maxBytes: number;
  maxWaveforms: number;
}

/** A waveform that ended. */
interface Past {
  missing: readonly number[];
  lastMs: number;
  timeoutMs: number;
  /** CRC-32 of the chunks that came, by index. */
  checksums: ReadonlyMap<number, number>;
}

/** Waveforms that ended lately, whose chunks may come once more. */
const REMEMBERED = 1000;
/** A missing chunk that comes after so many times the timeout belongs to another waveform of the same id. */
const LATE = 10;

/**
 * Puts chunks together, in bounded memory. Chunks with a message id may come in any order; without one a chunk that is
 * not after the last begins the next waveform.
 */
export class ChunkAssembler<Origin> {
  readonly #limits: AssemblerLimits;
  readonly #assemblies = new Map<string, Assembly<Origin>>();
  /** Those with an id that ended. Devices count in few bits: an id may come again. */
  readonly #past = new Map<string, Past>();
  #bytes = 0;

  constructor(limits: AssemblerLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#assemblies.size;
  }

  /** What became of a chunk, the waveform that it was put to, and those that ended with it, for want of room among others. */
  take(chunk: Chunk<Origin>): { fate: 'kept' | 'duplicate' | 'late'; id: string; ended: Ended<Origin>[] } {
    const ended: Ended<Origin>[] = [];
    let assembly = this.#assemblies.get(chunk.waveform);
    const past = assembly ? undefined : this.#past.get(chunk.waveform);
    const fate = past && outcomeAfter(past, chunk);
    if (fate) return { fate, id: '', ended };
    if (assembly?.chunks.get(chunk.index)?.equals(chunk.payload)) return { fate: 'duplicate', id: assembly.id, ended };
    if (assembly && !continues(assembly, chunk)) {
      ended.push(this.#end(chunk.waveform, assembly));
      assembly = undefined;
    }
    assembly ??= this.#begin(chunk);
    assembly.chunks.set(chunk.index, chunk.payload);
    assembly.lastIndex = chunk.index;
    assembly.lastMs = chunk.receivedMs;
    assembly.bytes += chunk.payload.length;
    this.#bytes += chunk.payload.length;
    if (assembly.chunks.size === assembly.total) ended.push(this.#end(chunk.waveform, assembly));
    return { fate: 'kept', id: assembly.id, ended: [...ended, ...this.#makeRoom()] };
  }

  /** Those whose next chunk did not come in time. */
  expired(nowMs: number): Ended<Origin>[] {
    return [...this.#assemblies]
      .filter(([, { lastMs, timeoutMs }]) => nowMs - lastMs > timeoutMs)
      .map(([waveform, assembly]) => this.#end(waveform, assembly));
  }

  #begin({ waveform, id, origin, message, total, receivedMs, timeoutMs }: Chunk<Origin>): Assembly<Origin> {
    const assembly: Assembly<Origin> = {
      id,
      origin,
      message,
      total,
      beganMs: receivedMs,
      lastMs: receivedMs,
      timeoutMs,
      lastIndex: -1,
      bytes: 0,
      chunks: new Map(),
    };
    this.#assemblies.set(waveform, assembly);
    return assembly;
  }

  #end(waveform: string, assembly: Assembly<Origin>): Ended<Origin> {
    const { id, origin, message, total, beganMs, lastMs, timeoutMs, bytes, chunks } = assembly;
    this.#assemblies.delete(waveform);
    this.#bytes -= bytes;
    const missing = Array.from({ length: total }, (_, i) => i).filter((i) => !chunks.has(i));
    const checksums = new Map([...chunks].map(([index, payload]) => [index, crc32(payload)]));
    if (message !== '') {
      // The newest last.
      this.#past.delete(waveform);
      this.#past.set(waveform, { missing, lastMs, timeoutMs, checksums });
      if (this.#past.size > REMEMBERED) this.#past.delete(this.#past.keys().next().value as string);
    }
    const payloads = [...chunks].sort(([a], [b]) => a - b).map(([, payload]) => payload);
    return { id, waveform, checksums, origin, message, total, receivedMs: beganMs, payloads, missing };
  }

  #makeRoom(): Ended<Origin>[] {
    const ended: Ended<Origin>[] = [];
    for (const [waveform, assembly] of this.#assemblies) {
      if (this.#bytes <= this.#limits.maxBytes && this.#assemblies.size <= this.#limits.maxWaveforms) break;
      ended.push(this.#end(waveform, assembly));
    }
    return ended;
  }
}

/** A chunk that came before, or one that was waited for in vain; null of one that begins another waveform of the same id. */
function outcomeAfter(past: Past, { index, payload, receivedMs }: Chunk<unknown>): 'duplicate' | 'late' | null {
  if (past.checksums.get(index) === crc32(payload)) return 'duplicate';
  const isMissing = past.missing.includes(index) && receivedMs - past.lastMs < LATE * past.timeoutMs;
  return isMissing ? 'late' : null;
}

function continues(assembly: Assembly<unknown>, { index, total, message }: Chunk<unknown>): boolean {
  if (total !== assembly.total || assembly.chunks.has(index)) return false;
  return message !== '' || index > assembly.lastIndex;
}
