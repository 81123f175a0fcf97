import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Logger } from 'pino';
import type { Receipt } from '../receipts.ts';
import { decodeChunks, readChunkHeader } from './chunk.ts';
import { ChunkAssembler, type Ended } from './chunkAssembler.ts';
import type { ChunkStore, StoredChunk } from './chunkStore.ts';
import type { DecodeLimits } from './decoded.ts';
import { refuseAxes } from './decodeWaveform.ts';
import { inflated } from './jsonText.ts';
import type { Route } from './route.ts';
import type { Arrival } from './source.ts';
import type { Chunks, WaveformPayload } from './waveformConfig.ts';

/** Limits in memory and on disk for all incomplete waveforms of a source. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxWaveforms: 1000 };
const GROUP_MS = 10;
const RETRY_MS = 1000;
/**
 * Waveforms per point and message id whose repeated chunks are recognised, and chunks of each: more than brokers have
 * in flight.
 */
const MAX_PAST = 4;
const MAX_CHECKSUMS = 64;
/** Missing chunks listed individually. */
const MAX_NAMED = 10;

/**
 * A message whose route has `chunks`. `done` is called when its results are durable; null if no acknowledgement is
 * needed.
 */
export interface ChunkMessage {
  topic: string;
  payload: Buffer;
  receivedMs: number;
  done: (() => void) | null;
  /** Whether the broker marks it as a possible repetition. */
  isRepeated?: boolean;
}

/** A waveform that ended: its id in the store, and index and CRC-32 of its last chunks. */
interface Past {
  id: string;
  checksums: [number, number][];
}

interface Origin {
  route: Route;
  topic: string;
}

export interface ChunkHooks {
  limits: (nowMs: number) => DecodeLimits;
  /** Delivers a waveform's results; `done` is called when they are durable. */
  deliver: (
    route: Route,
    topic: string,
    payload: Buffer,
    arrivals: Arrival[],
    done: () => void,
    /** Committed in one transaction with the waveform's results; null for a refused chunk. */
    receipt: Receipt | null,
  ) => void;
  receiptOf: (key: string) => string | null;
  count: (event: 'duplicate_chunks' | 'late_chunks') => void;
}

/**
 * Waveforms of several messages. A chunk is acknowledged when it is on disk, so that neither a restart nor the broker's
 * limit of unacknowledged messages stops a waveform; the completing chunk is acknowledged when the waveform is durable.
 */
export class ChunkedWaveforms {
  readonly #assembler = new ChunkAssembler<Origin>(LIMITS);
  readonly #store: ChunkStore;
  readonly #hooks: ChunkHooks;
  readonly #log: Logger;
  #unsaved: { chunk: StoredChunk; done: () => void }[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isRefused = false;
  /** Delivered waveforms that are not durable yet: their chunks are still on disk. */
  #undurable = 0;
  /** Acknowledgements of repeated chunks, due when the original is durable. */
  #repeated: (() => void)[] = [];
  /** Receipts of waveforms that are not durable yet. */
  readonly #newest = new Map<string, Past[]>();
  #stopped = false;

  constructor(store: ChunkStore, hooks: ChunkHooks, log: Logger) {
    this.#store = store;
    this.#hooks = hooks;
    this.#log = log;
  }

  get waiting(): number {
    return this.#assembler.waiting;
  }

  /** Restores the chunks on disk. @param find null if no subscription matches a topic any more. */
  restore(find: (topic: string) => Route | null): void {
    const droppedIds = new Set<string>();
    for (const { waveform, topic, payload, receivedMs } of this.#store.all()) {
      const route = find(topic);
      if (route && chunksOf(route)) this.take(route, { topic, payload, receivedMs, done: null }, waveform);
      else droppedIds.add(waveform);
    }
    for (const id of droppedIds) this.#store.drop(id);
    if (droppedIds.size > 0)
      this.#log.warn({ waveforms: droppedIds.size }, 'stored chunks that no subscription takes any more are dropped');
  }

  /** @param id of the waveform if this chunk is its first. */
  take(route: Route, message: ChunkMessage, id: string = randomUUID()): void {
    const spec = chunksOf(route);
    if (!spec) throw new Error(`${route.subscription.topic} has no chunks`);
    const { topic, payload, receivedMs, done } = message;
    const release = done ?? (() => undefined);
    const whole = inflated(payload);
    const header = whole.ok
      ? readChunkHeader(route, spec, spec.chunks, whole.value)
      : { rejection: whole.rejection, detail: 'the chunk cannot be decompressed' };
    if (!whole.ok || 'rejection' in header) {
      const { rejection, detail } = header as { rejection: 'bad_chunk'; detail: string };
      this.#hooks.deliver(route, topic, payload, refuseAxes(route, spec, rejection, detail), release, null);
      return;
    }
    const waveform = `${route.subscription.topic}\n${route.asset}/${route.point}\n${header.message}`;
    const past = done === null || message.isRepeated ? this.#pastOf(waveform) : [];
    if (done === null && past.some((one) => one.id === id)) {
      // Its waveform was durable; the process ended before the chunks were removed.
      this.#forget(id);
      return;
    }
    const checksum = crc32(whole.value);
    if (past.some((one) => one.checksums.some(([index, crc]) => index === header.index && crc === checksum))) {
      this.#hooks.count('duplicate_chunks');
      this.#releaseWhenDurable(release);
      return;
    }
    const outcome = this.#assembler.take({
      ...header,
      waveform,
      id,
      origin: { route, topic },
      payload: Buffer.from(whole.value),
      receivedMs,
      timeoutMs: spec.chunks.timeoutMs,
    });
    if (outcome.fate !== 'kept') {
      this.#hooks.count(outcome.fate === 'duplicate' ? 'duplicate_chunks' : 'late_chunks');
      this.#releaseWhenDurable(release);
      return;
    }
    for (const ended of outcome.ended) this.#finish(ended, ended.id === outcome.id ? release : () => undefined);
    if (done === null || outcome.ended.some((ended) => ended.id === outcome.id)) return;
    this.#unsaved.push({ chunk: { waveform: outcome.id, index: header.index, topic, payload, receivedMs }, done });
    this.#timer ??= setTimeout(() => this.flush(), GROUP_MS);
  }

  /** Ends waveforms whose chunks do not arrive; call it about once a second. */
  sweep(nowMs: number): void {
    for (const ended of this.#assembler.expired(nowMs)) this.#finish(ended, () => undefined);
  }

  /** Writes pending chunks to disk; a failed write is retried, and nothing is acknowledged meanwhile. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#unsaved.length === 0) return;
    try {
      this.#store.put(this.#unsaved.map(({ chunk }) => chunk));
    } catch (error) {
      if (!this.#isRefused)
        this.#log.error({ error: String(error) }, 'chunks cannot be stored: they are not acknowledged');
      this.#isRefused = true;
      this.#timer = setTimeout(() => this.flush(), RETRY_MS);
      return;
    }
    this.#isRefused = false;
    const saved = this.#unsaved;
    this.#unsaved = [];
    for (const { done } of saved) done();
    this.#releaseRepeated();
  }

  stop(): void {
    this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stopped = true;
    this.#closeWhenDurable();
  }

  #closeWhenDurable(): void {
    if (this.#stopped && this.#undurable === 0) this.#store.close();
  }

  #finish(ended: Ended<Origin>, release: () => void): void {
    const { route, topic } = ended.origin;
    const spec = chunksOf(route) as ChunkedSpec;
    const arrivals =
      ended.missing.length === 0
        ? decodeChunks(route, spec, spec.chunks, ended.payloads, this.#hooks.limits(ended.receivedMs))
        : refuseAxes(route, spec, 'missing_chunk', missingText(ended, spec.chunks.first));
    // Chunks that still await the disk are acknowledged with it instead.
    const waiting = this.#unsaved.filter(({ chunk }) => chunk.waveform === ended.id);
    this.#unsaved = this.#unsaved.filter(({ chunk }) => chunk.waveform !== ended.id);
    this.#undurable++;
    const past = [
      ...this.#pastOf(ended.waveform),
      { id: ended.id, checksums: [...ended.checksums].slice(-MAX_CHECKSUMS) },
    ];
    const newest = past.slice(-MAX_PAST);
    this.#newest.set(ended.waveform, newest);
    const receipt = { key: `chunk/${ended.waveform}`, answer: JSON.stringify(newest) };
    const durable = () => {
      this.#undurable--;
      if (this.#newest.get(ended.waveform) === newest) this.#newest.delete(ended.waveform);
      this.#forget(ended.id);
      for (const { done } of waiting) done();
      release();
      this.#releaseRepeated();
      this.#closeWhenDurable();
    };
    this.#hooks.deliver(route, topic, ended.payloads[0], arrivals, durable, receipt);
  }

  #pastOf(waveform: string): Past[] {
    return this.#newest.get(waveform) ?? JSON.parse(this.#hooks.receiptOf(`chunk/${waveform}`) ?? '[]');
  }

  #releaseWhenDurable(release: () => void): void {
    this.#repeated.push(release);
    this.#releaseRepeated();
  }

  #releaseRepeated(): void {
    if (this.#undurable > 0 || this.#unsaved.length > 0) return;
    for (const release of this.#repeated.splice(0)) release();
  }

  #forget(id: string): void {
    try {
      this.#store.drop(id);
    } catch (error) {
      // After a restart the waveform is reassembled and counted as a duplicate.
      this.#log.error({ error: String(error) }, 'the chunks of a waveform could not be removed');
    }
  }
}

type ChunkedSpec = WaveformPayload & { chunks: Chunks };

/** The payload's settings if its waveforms arrive in chunks. */
export function chunksOf({ subscription: { payload } }: Route): ChunkedSpec | null {
  return payload.type === 'waveform' && payload.chunks !== undefined ? (payload as ChunkedSpec) : null;
}

function missingText({ missing, total, message }: Ended<unknown>, first: number): string {
  const named = missing.slice(0, MAX_NAMED).map((index) => index + first);
  const more = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : '';
  return `chunk ${named.join(', ')}${more} of ${total} did not come${message === '' ? '' : ` (waveform ${message})`}`;
}
