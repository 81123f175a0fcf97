/** Time limit for stopping a part; a slower one is reported, and the others are stopped anyway. */
const MAX_STOP_MS = 10_000;

/** Running parts in start order; stopped in reverse, because a part may use any started before it. */
export class Started {
  readonly #parts: { name: string; stop: () => void | Promise<void> }[] = [];

  readonly #mostMs: number;

  constructor(mostMs = MAX_STOP_MS) {
    this.#mostMs = mostMs;
  }

  /** Registers a running part and its stop function. */
  add<T>(name: string, part: T, stop: (part: T) => void | Promise<void>): T {
    this.#parts.push({ name, stop: () => stop(part) });
    return part;
  }

  /**
   * Stops every part, last one first. A part that fails to stop, or times out, does not keep the others running.
   * @throws AggregateError that names the parts that failed.
   */
  async stop(): Promise<void> {
    const failed: { name: string; error: unknown }[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await within(this.#mostMs, part.stop());
      } catch (error) {
        failed.push({ name: part.name, error });
      }
    }
    if (failed.length === 0) return;
    const errors = failed.map(({ error }) => error);
    throw new AggregateError(errors, `not stopped cleanly: ${failed.map((f) => `${f.name}: ${f.error}`).join('; ')}`);
  }
}

/** @throws Error on timeout. */
async function within(mostMs: number, work: void | Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not stop within ${mostMs / 1000} s`)), mostMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
