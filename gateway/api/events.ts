import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '#models/contracts/api.ts';
import { limitedTo } from './siteScope.ts';

const MAX_LISTENERS = 200;
/** Of one identity: one that opens too many keeps nobody else from listening. */
const MAX_OWN = 20;
/** A listener that is further behind is disconnected: its page reconnects and loads the present state. */
const MAX_BEHIND_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

interface Listener {
  /** Name or address of who listens. */
  who: string;
  /** Sites whose events it gets; null: all. */
  sites: readonly string[] | null;
  isStillSignedIn: () => boolean;
}

/** Server-sent events to every page that listens. */
export class Events {
  /** Listeners disconnected because they could not keep up. */
  letGo = 0;
  readonly #listeners = new Map<ServerResponse, Listener>();
  readonly #keepAlive = setInterval(() => this.keepThoseSignedIn(), KEEP_ALIVE_MS);

  get listeners(): number {
    return this.#listeners.size;
  }

  /** False where there are too many already. */
  add(response: ServerResponse, listener: Listener): boolean {
    const own = [...this.#listeners.values()].filter(({ who }) => who === listener.who).length;
    if (this.#listeners.size >= MAX_LISTENERS || own >= MAX_OWN) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    this.#listeners.set(response, listener);
    response.on('close', () => this.#listeners.delete(response));
    return true;
  }

  send(event: LiveEvent): void {
    if (this.#listeners.size === 0) return;
    const whole = `data: ${JSON.stringify(event)}\n\n`;
    for (const [response, { sites }] of this.#listeners) {
      const limited = sites === null ? event : limitedTo(event, sites);
      if (limited !== null) this.#write(response, sites === null ? whole : `data: ${JSON.stringify(limited)}\n\n`);
    }
  }

  close(): void {
    clearInterval(this.#keepAlive);
    for (const response of this.#listeners.keys()) response.end();
  }

  /** Ends the streams of sessions and tokens that ended. */
  keepThoseSignedIn(): void {
    for (const [response, { isStillSignedIn }] of this.#listeners) {
      if (isStillSignedIn()) this.#write(response, ': keep-alive\n\n');
      else response.end();
    }
  }

  #write(response: ServerResponse, text: string): void {
    if (response.writableLength > MAX_BEHIND_BYTES) {
      this.letGo++;
      response.destroy();
    } else response.write(text);
  }
}
