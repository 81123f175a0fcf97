import type { ScalarBlock, WaveformBlock } from '#models/contracts/sampleBlock.ts';

/** Blocks, or values, in a row that have to be the same. */
const BLOCKS = 3;
const VALUES = 30;
/** Of the values, so many have to differ from the one before: two points may well stand at one value. */
const CHANGES = 10;
/** Samples of a block that are compared. */
const COMPARED = 64;
/** Points that are kept in mind by their newest content. */
const MOST_KEPT = 4096;

/** Two points that carry one signal, to the last digit, or do not any more. */
export interface Twins {
  asset: string;
  point: string;
  of: string;
  timeMs: number;
  isThere: boolean;
}

interface Newest {
  content: string;
  timeUs: number;
}

/** A point that was seen with the content of another. */
interface Pair {
  of: string;
  same: number;
  changes: number;
  isSaid: boolean;
}

/** Finds points that send the same content at the same time: no two sensors measure the same noise. */
export class TwinSignals {
  readonly #newest = new Map<string, Newest>();
  /** The point that sent a content last. */
  readonly #senders = new Map<string, string>();
  readonly #pairs = new Map<string, Pair>();

  block({ asset, point, startUs, samples }: WaveformBlock): Twins[] {
    const head = samples.subarray(0, COMPARED);
    if (head.every((v) => v === head[0])) return [];
    return this.#see(asset, point, startUs, `${samples.length}:${head.join()}`, BLOCKS, BLOCKS - 1);
  }

  values({ asset, point, timesUs, values }: ScalarBlock): Twins[] {
    return Array.from(timesUs).flatMap((timeUs, i) => this.#see(asset, point, timeUs, `${values[i]}`, VALUES, CHANGES));
  }

  #see(asset: string, point: string, timeUs: number, content: string, needed: number, changes: number): Twins[] {
    const key = `${asset}/${point}`;
    const before = this.#newest.get(key);
    this.#newest.set(key, { content, timeUs });
    const isChange = before?.content !== content;
    const sender = this.#senders.get(content);
    this.#senders.delete(content);
    this.#senders.set(content, key);
    if (this.#senders.size > MOST_KEPT) this.#senders.delete(this.#senders.keys().next().value as string);
    const pair = this.#pairs.get(key);
    // Its twin has sent another content at the same time.
    const its = pair && this.#newest.get(pair.of);
    if (pair && its?.timeUs === timeUs && its.content !== content) return this.#part(key, pair, timeUs);
    const isTwin = sender !== undefined && sender !== key && this.#newest.get(sender)?.timeUs === timeUs;
    if (!isTwin || this.#pairs.get(sender)?.of === key) return [];
    if (pair && pair.of !== sender) return this.#part(key, pair, timeUs);
    const next = pair ?? { of: sender, same: 0, changes: 0, isSaid: false };
    next.same++;
    if (isChange) next.changes++;
    this.#pairs.set(key, next);
    if (next.isSaid || next.same < needed || next.changes < changes) return [];
    next.isSaid = true;
    return [{ asset, point, of: next.of, timeMs: timeUs / 1000, isThere: true }];
  }

  #part(key: string, { of, isSaid }: Pair, timeUs: number): Twins[] {
    this.#pairs.delete(key);
    const [asset, point] = key.split('/');
    return isSaid ? [{ asset, point, of, timeMs: timeUs / 1000, isThere: false }] : [];
  }
}
