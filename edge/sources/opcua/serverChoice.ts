/** ServiceLevels from which on a server is healthy (OPC 10000-4, 6.6.2.4.2); below it lacks data, or is being maintained. */
export const HEALTHY_LEVEL = 200;
const UNREACHED = -1;

/** Which of several redundant servers is used: the first healthy one, or the best where none is. */
export class ServerChoice {
  readonly #endpoints: readonly string[];
  #endpoint: string;
  /** What was found of each server since the last that was used. */
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

  /** Turns to the next server: this one is not reached, or was lost. */
  leave(): void {
    this.#levels.set(this.#endpoint, UNREACHED);
    this.#endpoint = this.#endpoints[(this.#endpoints.indexOf(this.#endpoint) + 1) % this.#endpoints.length];
  }

  /** Whether the server that was reached is used; where not, another is turned to. @param level its ServiceLevel, 0 to 255. */
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
