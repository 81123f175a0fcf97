/** ServiceLevel from which a server is healthy (OPC 10000-4, 6.6.2.4.2); below it lacks data, or is in maintenance. */
export const HEALTHY_LEVEL = 200;
const UNREACHED = -1;

/** Chooses among redundant servers: the first healthy one, or the best if there is none. */
export class ServerChoice {
  readonly #endpoints: readonly string[];
  #endpoint: string;
  /** Levels found since a server was last chosen. */
  readonly #levels = new Map<string, number>();

  constructor(endpoints: readonly [string, ...string[]]) {
    this.#endpoints = endpoints;
    this.#endpoint = endpoints[0];
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  get hasOthers(): boolean {
    return this.#endpoints.length > 1;
  }

  /** Moves to the next server: this one is unreachable, or was lost. */
  leave(): void {
    this.#levels.set(this.#endpoint, UNREACHED);
    this.#endpoint = this.#endpoints[(this.#endpoints.indexOf(this.#endpoint) + 1) % this.#endpoints.length];
  }

  /** Whether to use the connected server; if not, another is chosen. @param level its ServiceLevel, 0 to 255. */
  take(level: number): boolean {
    this.#levels.set(this.#endpoint, level);
    const untried = this.#endpoints.find((endpoint) => !this.#levels.has(endpoint));
    const best = this.#endpoints.reduce((a, b) => (this.#levelOf(b) > this.#levelOf(a) ? b : a));
    const isUsed = level >= HEALTHY_LEVEL || (untried === undefined && level >= this.#levelOf(best));
    if (isUsed) this.#levels.clear();
    else this.#endpoint = untried ?? best;
    return isUsed;
  }

  #levelOf(endpoint: string): number {
    return this.#levels.get(endpoint) ?? UNREACHED;
  }
}
