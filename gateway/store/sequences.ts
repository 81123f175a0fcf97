export type Range = [from: number, to: number];

/** Inclusive ranges that hold just these sequences. */
export function rangesOf(sequences: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const sequence of sequences.toSorted((a, b) => a - b)) {
    const last = ranges[ranges.length - 1];
    if (last && sequence <= last[1] + 1) last[1] = sequence;
    else ranges.push([sequence, sequence]);
  }
  return ranges;
}

/**
 * Which sequences of one outbox have been seen: all up to a mark, and some above it, since alerts overtake features. Each
 * message has the oldest sequence that its edge still holds, so the mark moves on over what was thrown away there, and
 * what lies above it is never more than an outbox.
 */
export class SeenSequences {
  upTo: number;
  readonly above: Set<number>;

  constructor(upTo = 0, above: Iterable<number> = []) {
    this.upTo = upTo;
    this.above = new Set(above);
  }

  /** False where it had been seen. */
  add(sequence: number, oldest: number): boolean {
    if (sequence <= this.upTo || this.above.has(sequence)) return false;
    this.above.add(sequence);
    this.#advance(Math.min(oldest, sequence) - 1);
    return true;
  }

  #advance(to: number): void {
    // By sequence where the step is short, by set where an edge comes back after it threw much away.
    if (to - this.upTo > this.above.size) {
      for (const sequence of this.above) if (sequence <= to) this.above.delete(sequence);
      this.upTo = Math.max(this.upTo, to);
    }
    while (this.upTo < to || this.above.has(this.upTo + 1)) this.above.delete(++this.upTo);
  }
}
