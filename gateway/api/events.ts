import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '#models/contracts/api.ts';
import { unlessAway } from '../store/postgres/unlessAway.ts';
import { type RecentEvent, RecentEvents } from './recentEvents.ts';

const MAX_LISTENERS = 200;
/** Limit per identity, so that one with many streams does not block others. */
const MAX_OWN = 20;
/** A listener that is further behind is disconnected: its page reconnects and loads the present state. */
const MAX_BEHIND_BYTES = 2 * 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

interface Listener {
  /** Name or address of the listener. */
  who: string;
  /** The part of an event that the listener may see; null: nothing. Absent: all. */
  limited?: (event: LiveEvent) => LiveEvent | null;
  isStillSignedIn: () => boolean;
}

/** Server-sent events to all listening pages. */
export class Events {
  /** Listeners disconnected because they could not keep up. */
  letGo = 0;
  readonly #recent = new RecentEvents();
  readonly #others: (event: LiveEvent) => void;
  readonly #listeners = new Map<ServerResponse, Listener>();
  readonly #keepAlive = setInterval(() => unlessAway(() => this.keepThoseSignedIn()), KEEP_ALIVE_MS);

  /** @param others passes events to the pages of other gateways. */
  constructor(others: (event: LiveEvent) => void = () => undefined) {
    this.#others = others;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /**
   * Begins a stream. It resumes after the last event that the listener received; if that event is no longer known, the
   * listener must load the present state.
   * @returns false if there are too many listeners.
   */
  add(response: ServerResponse, listener: Listener, lastId?: string): boolean {
    const own = [...this.#listeners.values()].filter(({ who }) => who === listener.who).length;
    if (this.#listeners.size >= MAX_LISTENERS || own >= MAX_OWN) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: 2000\n${this.#opening(listener, lastId)}`);
    this.#listeners.set(response, listener);
    response.on('close', () => this.#listeners.delete(response));
    return true;
  }

  /** To the pages of all gateways. */
  send(event: LiveEvent): void {
    this.sendHere(event);
    this.#others(event);
  }

  /** To the pages of this gateway. */
  sendHere(event: LiveEvent): void {
    const recent = this.#recent.add(event);
    for (const [response, { limited }] of this.#listeners) {
      const text = textOf(recent, limited);
      if (text !== null) this.#write(response, text);
    }
  }

  close(): void {
    clearInterval(this.#keepAlive);
    for (const response of this.#listeners.keys()) response.end();
  }

  /** Ends the streams of expired or revoked sessions and tokens. */
  keepThoseSignedIn(): void {
    for (const [response, { isStillSignedIn }] of this.#listeners) {
      if (isStillSignedIn()) this.#write(response, ': keep-alive\n\n');
      else response.end();
    }
  }

  #opening({ limited }: Listener, lastId: string | undefined): string {
    const { lastId: newest } = this.#recent;
    if (lastId === undefined) return `id: ${newest}\n\n`;
    const missed = this.#recent.after(lastId);
    if (missed === null) return `id: ${newest}\ndata: ${JSON.stringify({ type: 'reload' } satisfies LiveEvent)}\n\n`;
    // The newest id is sent last: a listener that is disconnected before has not received all events.
    return `\n${missed.map((event) => textOf(event, limited) ?? '').join('')}id: ${newest}\n\n`;
  }

  #write(response: ServerResponse, text: string): void {
    if (response.writableLength > MAX_BEHIND_BYTES) {
      this.letGo++;
      response.destroy();
    } else response.write(text);
  }
}

/** An event as sent; null if it belongs to other sites. */
function textOf({ id, event, text }: RecentEvent, limited: Listener['limited']): string | null {
  if (limited === undefined) return `id: ${id}\ndata: ${text}\n\n`;
  const seen = limited(event);
  return seen === null ? null : `id: ${id}\ndata: ${JSON.stringify(seen)}\n\n`;
}
