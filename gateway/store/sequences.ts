export type Range = [from: number, to: number];

/** Inclusive ranges that cover exactly these sequences. */
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
 * Seen sequences of one outbox: all up to a mark, and individual ones above it, because alerts overtake features. Each
 * message gives the oldest sequence that its edge still holds, so the mark advances past dropped messages, and the
 * sequences above it never exceed an outbox.
 */
export class SeenSequences {
  upTo: number;
  readonly above: Set<number>;

  constructor(upTo = 0, above: Iterable<number> = []) {
    this.upTo = upTo;
    this.above = new Set(above);
  }

  /** Returns false for a duplicate. */
  add(sequence: number, oldest: number): boolean {
    if (sequence <= this.upTo || this.above.has(sequence)) return false;
    this.above.add(sequence);
    this.#advance(Math.min(oldest, sequence) - 1);
    return true;
  }

  #advance(to: number): void {
    // Iterates over sequences for a short step, over the set when an edge returns after dropping many messages.
    if (to - this.upTo > this.above.size) {
      for (const sequence of this.above) if (sequence <= to) this.above.delete(sequence);
      this.upTo = Math.max(this.upTo, to);
    }
    while (this.upTo < to || this.above.has(this.upTo + 1)) this.above.delete(++this.upTo);
  }
}
