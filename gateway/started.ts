/** Parts that run, in the order in which they were started; stopped in reverse, since a part may use any before it. */
export class Started {
  readonly #parts: { name: string; stop: () => void | Promise<void> }[] = [];

  /** Registers a part that runs, with what stops it. */
  add<T>(name: string, part: T, stop: (part: T) => void | Promise<void>): T {
    this.#parts.push({ name, stop: () => stop(part) });
    return part;
  }

  /**
   * Stops every part, the last one first. A part that fails to stop keeps none of the others running.
   * @throws AggregateError that names the parts that failed.
   */
  async stop(): Promise<void> {
    const failed: { name: string; error: unknown }[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await part.stop();
      } catch (error) {
        failed.push({ name: part.name, error });
      }
    }
    if (failed.length === 0) return;
    const errors = failed.map(({ error }) => error);
    throw new AggregateError(errors, `not stopped cleanly: ${failed.map((f) => `${f.name}: ${f.error}`).join('; ')}`);
  }
}
