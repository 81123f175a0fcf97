import type { ScalarBlock, WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { MIN_CHANGES, SAME_BLOCKS, SAME_VALUES } from '../judgement.ts';

/** Samples compared per block. */
const COMPARED_SAMPLES = 64;
/** Points whose latest content is kept. */
const MAX_KEPT = 4096;

/** Two points that carry identical signals, or no longer do. */
export interface DuplicateSignal {
  asset: string;
  point: string;
  of: string;
  timeMs: number;
  isPresent: boolean;
}

interface Newest {
  content: string;
  timeUs: number;
}

/** A point that sent another point's content. */
interface Pair {
  of: string;
  same: number;
  changes: number;
  isReported: boolean;
}

/** Finds points that send the same content at the same time: no two sensors measure the same noise. */
export class DuplicateSignalDetector {
  readonly #newest = new Map<string, Newest>();
  /** The latest sender of each content. */
  readonly #senders = new Map<string, string>();
  readonly #pairs = new Map<string, Pair>();

  observeBlock({ asset, point, startUs, samples }: WaveformBlock): DuplicateSignal[] {
    const head = samples.subarray(0, COMPARED_SAMPLES);
    if (head.every((v) => v === head[0])) return [];
    return this.#observe(asset, point, startUs, `${samples.length}:${head.join()}`, SAME_BLOCKS, SAME_BLOCKS - 1);
  }

  observeValues({ asset, point, timesUs, values }: ScalarBlock): DuplicateSignal[] {
    return Array.from(timesUs).flatMap((timeUs, i) =>
      this.#observe(asset, point, timeUs, `${values[i]}`, SAME_VALUES, MIN_CHANGES),
    );
  }

  #observe(
    asset: string,
    point: string,
    timeUs: number,
    content: string,
    needed: number,
    changes: number,
  ): DuplicateSignal[] {
    const key = `${asset}/${point}`;
    const before = this.#newest.get(key);
    this.#newest.set(key, { content, timeUs });
    const isChange = before?.content !== content;
    const sender = this.#senders.get(content);
    this.#senders.delete(content);
    this.#senders.set(content, key);
    if (this.#senders.size > MAX_KEPT) this.#senders.delete(this.#senders.keys().next().value as string);
    const pair = this.#pairs.get(key);
    // The twin sent different content at the same time.
    const twin = pair && this.#newest.get(pair.of);
    if (pair && twin?.timeUs === timeUs && twin.content !== content) return this.#separate(key, pair, timeUs);
    const isTwin = sender !== undefined && sender !== key && this.#newest.get(sender)?.timeUs === timeUs;
    if (!isTwin || this.#pairs.get(sender)?.of === key) return [];
    if (pair && pair.of !== sender) return this.#separate(key, pair, timeUs);
    const next = pair ?? { of: sender, same: 0, changes: 0, isReported: false };
    next.same++;
    if (isChange) next.changes++;
    this.#pairs.set(key, next);
    if (next.isReported || next.same < needed || next.changes < changes) return [];
    next.isReported = true;
    return [{ asset, point, of: next.of, timeMs: timeUs / 1000, isPresent: true }];
  }

  #separate(key: string, { of, isReported: wasReported }: Pair, timeUs: number): DuplicateSignal[] {
    this.#pairs.delete(key);
    const [asset, point] = key.split('/');
    return wasReported ? [{ asset, point, of, timeMs: timeUs / 1000, isPresent: false }] : [];
  }
}
