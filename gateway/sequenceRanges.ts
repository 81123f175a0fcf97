export type Range = [from: number, to: number];

/** More gaps than this and the lowest is given up: what would fill it has long been thrown away by its edge. */
const MAX_RANGES = 1000;

/** Which sequences have been seen, as ranges in order. Gaps are few: alerts overtake, and a full outbox loses runs. */
export class SequenceRanges {
  readonly #ranges: Range[];

  constructor(ranges: Range[] = []) {
    this.#ranges = ranges;
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  has(sequence: number): boolean {
    return this.#ranges.some(([from, to]) => sequence >= from && sequence <= to);
  }

  /** False where it had been seen. */
  add(sequence: number): boolean {
    // From the end: new ones are nearly always the highest.
    let i = this.#ranges.length - 1;
    while (i >= 0 && this.#ranges[i][0] > sequence) i--;
    const below = this.#ranges[i];
    const above = this.#ranges[i + 1];
    if (below && sequence <= below[1]) return false;
    const joinsBelow = below !== undefined && below[1] === sequence - 1;
    const joinsAbove = above !== undefined && above[0] === sequence + 1;
    if (joinsBelow && joinsAbove) {
      below[1] = above[1];
      this.#ranges.splice(i + 1, 1);
    } else if (joinsBelow) below[1] = sequence;
    else if (joinsAbove) above[0] = sequence;
    else this.#ranges.splice(i + 1, 0, [sequence, sequence]);
    if (this.#ranges.length > MAX_RANGES) this.#ranges.splice(0, 2, [this.#ranges[0][0], this.#ranges[1][1]]);
    return true;
  }
}
