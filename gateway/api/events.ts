import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '#models/contracts/api.ts';

const MAX_LISTENERS = 200;
/** A listener that is this far behind is let go: its page asks anew and catches up. */
const MAX_BEHIND_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events to every page that listens. */
export class Events {
  /** Listeners let go since they could not keep up. */
  letGo = 0;
  readonly #listeners = new Set<ServerResponse>();
  readonly #keepAlive = setInterval(() => this.#write(': still here\n\n'), KEEP_ALIVE_MS);

  get listeners(): number {
    return this.#listeners.size;
  }

  /** False where there are too many already. */
  add(response: ServerResponse): boolean {
    if (this.#listeners.size >= MAX_LISTENERS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    return true;
  }

  send(event: LiveEvent): void {
    if (this.#listeners.size > 0) this.#write(`data: ${JSON.stringify(event)}\n\n`);
  }

  close(): void {
    clearInterval(this.#keepAlive);
    for (const listener of this.#listeners) listener.end();
  }

  #write(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.writableLength > MAX_BEHIND_BYTES) {
        this.letGo++;
        listener.destroy();
      } else listener.write(text);
    }
  }
}
