import { crc32 } from 'node:zlib';
import type { ChunkHeader } from './chunk.ts';

export interface Chunk<Origin> extends ChunkHeader {
  /** Point and message id, which identify the chunks of one waveform. */
  waveform: string;
  /** The waveform's id if this chunk is its first. */
  id: string;
  origin: Origin;
  payload: Buffer;
  receivedMs: number;
  timeoutMs: number;
}

/** A completed or abandoned waveform, with its chunks in order. */
export interface Ended<Origin> {
  id: string;
  waveform: string;
  /** CRC-32 of the received chunks by index, in order of arrival. */
  checksums: ReadonlyMap<number, number>;
  /** Origin of the first chunk received. */
  origin: Origin;
  message: string;
  total: number;
  /** Arrival of the first chunk. */
  receivedMs: number;
  payloads: Buffer[];
  /** Indices from 0, if the waveform is incomplete. */
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

/** A waveform that has ended. */
interface Past {
  missing: readonly number[];
  lastMs: number;
  timeoutMs: number;
  /** CRC-32 of the received chunks by index. */
  checksums: ReadonlyMap<number, number>;
}

/** Recently ended waveforms, whose chunks may be repeated. */
const REMEMBERED = 1000;
/** A missing chunk that arrives after this many timeouts belongs to another waveform of the same id. */
const LATE = 10;

/**
 * Assembles chunks in bounded memory. Chunks with a message id may arrive in any order; without one, a chunk whose
 * index is not higher than the last begins the next waveform.
 */
export class ChunkAssembler<Origin> {
  readonly #limits: AssemblerLimits;
  readonly #assemblies = new Map<string, Assembly<Origin>>();
  /** Ended waveforms with an id. Devices count in few bits: an id may recur. */
  readonly #past = new Map<string, Past>();
  #bytes = 0;

  constructor(limits: AssemblerLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#assemblies.size;
  }

  /** The outcome of a chunk, its waveform, and waveforms that ended with it, including those evicted to make room. */
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

  /** Waveforms whose next chunk did not arrive in time. */
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
      // Keeps the newest last.
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

/** Outcome of a repeated chunk, or one that arrives too late; null if it begins another waveform of the same id. */
function outcomeAfter(past: Past, { index, payload, receivedMs }: Chunk<unknown>): 'duplicate' | 'late' | null {
  if (past.checksums.get(index) === crc32(payload)) return 'duplicate';
  const isMissing = past.missing.includes(index) && receivedMs - past.lastMs < LATE * past.timeoutMs;
  return isMissing ? 'late' : null;
}

function continues(assembly: Assembly<unknown>, { index, total, message }: Chunk<unknown>): boolean {
  if (total !== assembly.total || assembly.chunks.has(index)) return false;
  return message !== '' || index > assembly.lastIndex;
}
