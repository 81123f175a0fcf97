import { randomBytes } from 'node:crypto';
import type { LiveEvent } from '#models/contracts/api.ts';

/** Characters of JSON: some minutes of a plant with fifty machines. */
const KEPT = 1024 * 1024;

export interface RecentEvent {
  id: string;
  event: LiveEvent;
  /** The event in JSON. */
  text: string;
}

/** The newest events by id, up to a total size: a listener that reconnects gets the events it missed. */
export class RecentEvents {
  /** Distinguishes ids of this run from those before a restart. */
  readonly #run = randomBytes(6).toString('base64url');
  readonly #kept = new Map<number, RecentEvent>();
  #characters = 0;
  #last = 0;

  /** Id of the newest event. */
  get lastId(): string {
    return `${this.#run}.${this.#last}`;
  }

  add(event: LiveEvent): RecentEvent {
    this.#last++;
    const added = { id: this.lastId, event, text: JSON.stringify(event) };
    this.#kept.set(this.#last, added);
    this.#characters += added.text.length;
    for (const [number, { text }] of this.#kept) {
      if (this.#characters <= KEPT) break;
      this.#kept.delete(number);
      this.#characters -= text.length;
    }
    return added;
  }

  /** The events after a given one; null if that one is unknown or no longer kept. */
  after(id: string): RecentEvent[] | null {
    const [run, number] = id.split('.');
    if (run !== this.#run || !/^\d{1,15}$/.test(number ?? '')) return null;
    const missed = this.#last - Number(number);
    if (missed < 0 || missed > this.#kept.size) return null;
    return missed === 0 ? [] : [...this.#kept.values()].slice(-missed);
  }
}
