/** Points that changed since the last clear, by machine in order of their first change. */
export class ChangedPoints {
  #byMachine = new Map<string, Set<string>>();

  mark(asset: string, point: string): void {
    const points = this.#byMachine.get(asset);
    if (points) points.add(point);
    else this.#byMachine.set(asset, new Set([point]));
  }

  /** Marks a machine none of whose points changed. */
  markMachine(asset: string): void {
    if (!this.#byMachine.has(asset)) this.#byMachine.set(asset, new Set());
  }

  /** All changes until the next clear. */
  get all(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#byMachine;
  }

  clear(): void {
    this.#byMachine = new Map();
  }
}
