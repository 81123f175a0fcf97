/** Points that changed since they were last taken, by machine in the order of their first change. */
export class ChangedPoints {
  #byMachine = new Map<string, Set<string>>();

  mark(asset: string, point: string): void {
    const points = this.#byMachine.get(asset);
    if (points) points.add(point);
    else this.#byMachine.set(asset, new Set([point]));
  }

  /** Marks a machine of which no point changed. */
  markMachine(asset: string): void {
    if (!this.#byMachine.has(asset)) this.#byMachine.set(asset, new Set());
  }

  /** What changed; stays until it is cleared. */
  get all(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#byMachine;
  }

  clear(): void {
    this.#byMachine = new Map();
  }
}
