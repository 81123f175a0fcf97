/** A row's verdict. */
export interface RowScore {
  /** 1 is the limit at which a row counts as unlike the training. */
  score: number;
  anomaly: boolean;
  /** The channels that moved the score, the one that moved it most first. */
  channels: string[];
}

/**
 * Judges rows of several channels against a stretch of rows that were normal. Rows are scored in the order of their
 * times, each by itself and those before it.
 */
export interface TableDetector {
  readonly name: 'drift_tolerant' | 'canonical_variates';
  score(row: Float64Array): RowScore;
}

/** Channels by rising magnitude of what they added, those that added next to nothing left out; at most five. */
export function leadingChannels(names: readonly string[], parts: ArrayLike<number>): string[] {
  const order = Array.from(names, (_, i) => i).sort((a, b) => parts[b] - parts[a]);
  const total = Array.from(parts).reduce((a, b) => a + Math.max(0, b), 0);
  return order
    .filter((i) => parts[i] > 0.05 * total)
    .slice(0, 5)
    .map((i) => names[i]);
}

/** Mean and standard deviation of each column; a column that never moves has its rounding for one. */
export function columnStandards(rows: readonly Float64Array[]): { mean: Float64Array; sd: Float64Array } {
  const width = rows[0].length;
  const mean = new Float64Array(width);
  const sd = new Float64Array(width);
  for (const row of rows) for (let c = 0; c < width; c++) mean[c] += row[c] / rows.length;
  for (const row of rows) for (let c = 0; c < width; c++) sd[c] += (row[c] - mean[c]) ** 2 / rows.length;
  for (let c = 0; c < width; c++) sd[c] = Math.max(Math.sqrt(sd[c]), 1e-9 * Math.abs(mean[c]), 1e-12);
  return { mean, sd };
}
