import type { Logger } from 'pino';
import type { PointName } from '../decoded.ts';

const MAX_POINTS = 200_000;
const MAX_REPORTED = 1000;

/** The metric of each point: two metrics that a pattern maps to one point must not be merged. */
export class PointOwners {
  readonly #owners = new Map<string, string>();
  readonly #reported = new Set<string>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Nodes may rename their metrics at a rebirth. */
  forget(): void {
    this.#owners.clear();
  }

  /** Whether the point belongs to this metric: the first received. Another one is logged once, with the remedy. */
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
