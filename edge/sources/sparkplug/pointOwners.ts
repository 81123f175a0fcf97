import type { Logger } from 'pino';
import type { PointName } from '../decoded.ts';

const MAX_POINTS = 200_000;
const MAX_REPORTED = 1000;

/** The metric that each point is of: two metrics that a pattern makes one point must not be merged. */
export class PointOwners {
  readonly #owners = new Map<string, string>();
  readonly #reported = new Set<string>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Nodes may name their metrics otherwise when they are born again. */
  forget(): void {
    this.#owners.clear();
  }

  /** Whether the point is of this metric: of the first that came. Another one is logged once, with the remedy. */
  isOf({ asset, point }: PointName, metric: string): boolean {
    const key = `${asset}/${point}`;
    const owner = this.#owners.get(key);
    if (owner === undefined && this.#owners.size < MAX_POINTS) this.#owners.set(key, metric);
    if (owner === undefined || owner === metric) return true;
    if (!this.#reported.has(key) && this.#reported.size < MAX_REPORTED) {
      this.#reported.add(key);
      const remedy = 'set "point" to parts that distinguish them, as {rest}-{name}';
      this.#log.warn({ asset, point, metrics: [owner, metric], remedy }, 'two metrics would be one point');
    }
    return false;
  }
}
