/** Training stops: a single feature determines the outcome, or a unit is on both sides of a split. */
export class LeakError extends Error {
  override readonly name = 'LeakError';
}

/** Columns that are kept although they look like a leak, such as a genuine precursor: a warning names them. */
export interface LeakRule {
  allowed: readonly string[];
  warn: (text: string) => void;
}

const NONE_ALLOWED: LeakRule = { allowed: [], warn: () => undefined };

/** AUC of one column alone above which it is a leak. */
const MAX_AUC = 0.995;
const MIN_POSITIVES = 20;
/** Correlation with the remaining time above which a column is that time. */
const MAX_CORRELATION = 0.995;
const COMPARED_ROWS = 20;

/**
 * Refuses features that leak the outcome.
 * @param rows one value per name.
 * @param labels whether each row precedes a failure; with fewer than 20 such rows nothing is checked.
 * @param rule what is kept nevertheless: the feature, or the channel it was computed from.
 * @throws LeakError if one column alone ranks rows before failures above all others.
 */
export function checkColumns(
  names: readonly string[],
  rows: readonly Float64Array[],
  labels: readonly boolean[],
  rule: LeakRule = NONE_ALLOWED,
): void {
  const positives = labels.filter(Boolean).length;
  if (positives < MIN_POSITIVES) return;
  names.forEach((name, c) => {
    const auc = aucOf(
      rows.map((row) => row[c]),
      labels,
    );
    if (Math.max(auc, 1 - auc) > MAX_AUC)
      found(name, `${name} alone tells when a unit fails (AUC ${Math.max(auc, 1 - auc).toFixed(4)})`, rule);
  });
}

/**
 * Refuses units that are in a table twice, by their first 20 rows.
 * @throws LeakError if two units have the same history: one could be trained on, the other tested.
 */
export function checkUnits(units: readonly { unit: string; rows: readonly ArrayLike<number>[] }[]): void {
  const seen = new Map<string, string>();
  for (const { unit, rows } of units) {
    if (rows.length < COMPARED_ROWS || rows[0].length === 0) continue;
    const key = rows
      .slice(0, COMPARED_ROWS)
      .map((row) => Array.from(row).join())
      .join(';');
    const twin = seen.get(key);
    if (twin !== undefined && varies(rows.slice(0, COMPARED_ROWS)))
      throw new LeakError(`units ${twin} and ${unit} have the same history: one would train, the other judge`);
    seen.set(key, unit);
  }
}

/**
 * Refuses sensors that count down to the failure.
 * @param names of the columns of a run-to-failure table; without them they are counted from 1.
 * @throws LeakError if a column follows the remaining time as no sensor does.
 */
export function checkLifeColumns(
  units: readonly { rows: readonly (readonly number[])[] }[],
  names: readonly string[] | null,
  rule: LeakRule = NONE_ALLOWED,
): void {
  for (let c = 0; c < units[0].rows[0].length; c++) {
    const values = units.flatMap((u) => u.rows.map((row) => row[c]));
    const left = units.flatMap((u) => u.rows.map((_, t) => u.rows.length - 1 - t));
    const r = Math.abs(correlation(values, left));
    const name = names ? names[c] : `sensor ${c + 1}`;
    if (r > MAX_CORRELATION) found(name, `${name} goes with the time that is left (correlation ${r.toFixed(4)})`, rule);
  }
}

function found(name: string, what: string, { allowed, warn }: LeakRule): void {
  const column = allowed.find((one) => isOf(name, one));
  if (column === undefined)
    throw new LeakError(
      `${what}: it knows the future; leave it out, or keep it with --allow-leak where it is measured before the failure`,
    );
  warn(`${what}: kept, as ${column} is allowed; the metrics hold only if it is known that early in use, too`);
}

/** Whether a feature is a column, or computed from it (`featureNames`). */
function isOf(name: string, column: string): boolean {
  const since = `time since ${column}`;
  return name === column || name.startsWith(`${column}: `) || name === since || name.startsWith(`${since} `);
}

/** Area under the ROC curve: chance that a row before a failure scores above another one. */
export function aucOf(scores: readonly number[], labels: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [ranks, positives] = [0, 0];
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]] === scores[order[i]]) end++;
    for (let k = i; k < end; k++)
      if (labels[order[k]]) {
        ranks += (i + end + 1) / 2;
        positives++;
      }
    i = end;
  }
  const negatives = labels.length - positives;
  return positives === 0 || negatives === 0
    ? 0.5
    : (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function varies(rows: readonly ArrayLike<number>[]): boolean {
  return Array.from(rows[0]).some((v, c) => rows.some((row) => row[c] !== v));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
    ab += (a[i] - ma) * (b[i] - mb);
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
