import { ridge } from './ridge.ts';

/** One unit's rows at equal steps of time, oldest first. */
export interface UnitHistory {
  unit: string;
  /** Age at its first row, in steps; if it is higher than in training, the unit's age is unknown. */
  startsAt: number;
  /** Step by step, sensor by sensor. */
  rows: number[][];
  /** Whether each step has a measurement; absent: all have. */
  fresh?: readonly boolean[];
  /** False if it was still running at its last row; absent: it failed there. */
  failed?: boolean;
}

/** Scaling of the sensors from training, so that the same features can be computed for any unit. */
export interface LifeScaling {
  /** Sensors of a row. */
  width: number;
  /** Columns that vary. */
  columns: number[];
  mean: number[];
  deviation: number[];
  /** Weights of the health index on the columns' trailing means, the intercept last. */
  index: number[];
}

/**
 * Remaining life is capped at this many steps: 5/8 of a typical life of 200 steps, as on the turbofan data, whose
 * median life is 199 cycles and which is evaluated up to 125 (Heimes, Int. Conf. Prognostics Health Manag. (2008)).
 */
export const LIFE_CAP = 125;
/** Before this step a unit's history is too short for a verdict. */
export const FIRST_CYCLE = 11;
const DOMINANT = 0.9;
const CLAMP = 5;
const AGE_CAP = 300;

/** Which sensors vary, their scale, and the health index: ridge of the capped remaining life on 10-cycle trailing means. */
export function fitScaling(units: readonly UnitHistory[]): LifeScaling {
  const all = units.flatMap((u) => u.rows);
  const columns = all[0].map((_, c) => c).filter((c) => varies(all.map((row) => row[c])));
  const mean = columns.map((c) => all.reduce((sum, row) => sum + row[c], 0) / all.length);
  const deviation = columns.map(
    (c, k) => Math.sqrt(all.reduce((sum, row) => sum + (row[c] - mean[k]) ** 2, 0) / all.length) || 1,
  );
  const scaling: LifeScaling = { width: all[0].length, columns, mean, deviation, index: [] };
  const x: number[][] = [];
  const y: number[] = [];
  for (const unit of units) {
    const trailing = trailingMeans(scaled(unit, scaling), 10);
    unit.rows.forEach((_, t) => {
      const left = stepsLeft(unit, t);
      if (left === null) return;
      x.push([...trailing.map((column) => column[t]), 1]);
      y.push(left);
    });
  }
  scaling.index = ridge(x, y, 1);
  return scaling;
}

/** Capped steps that a unit had left at step `t`; null if it was censored before that is known. */
export function stepsLeft({ rows, failed = true }: UnitHistory, t: number): number | null {
  const seen = rows.length - 1 - t;
  return failed || seen >= LIFE_CAP ? Math.min(LIFE_CAP, seen) : null;
}

/** Steps of a unit that can be assessed: late enough after its first, and with their own measurement. */
export function judgedSteps({ rows, fresh }: UnitHistory): number[] {
  return rows.map((_, t) => t).filter((t) => t >= FIRST_CYCLE - 1 && (fresh === undefined || fresh[t]));
}

/**
 * Causal features of each step of a unit, clamped to ±5: trailing means over 15 and 40 steps, slopes over 20 and 60,
 * the 10-step mean less that of the first 30; for the index, means over 5, 10, 20 and slopes over 10, 20, 40, 80; and
 * the age.
 */
export function lifeFeatures(unit: UnitHistory, scaling: LifeScaling): Float64Array[] {
  const sensors = scaled(unit, scaling);
  const short = trailingMeans(sensors, 10);
  const index = unit.rows.map((_, t) => {
    const sum = short.reduce((s, column, k) => s + column[t] * scaling.index[k], scaling.index[short.length]);
    // Roughly zero mean and unit scale for lives of 0 to 125.
    return (sum - LIFE_CAP / 2) / 40;
  });
  const columns = [
    ...trailingMeans(sensors, 15),
    ...trailingMeans(sensors, 40),
    ...sensors.map((c) => slopes(c, 20)),
    ...sensors.map((c) => slopes(c, 60)),
    ...sensors.map((c, k) => short[k].map((v, t) => v - meanOf(c, 0, Math.min(30, t + 1)))),
    ...[5, 10, 20].flatMap((w) => trailingMeans([index], w)),
    ...[10, 20, 40, 80].map((w) => slopes(index, w)),
    unit.rows.map((_, t) => (Math.min(AGE_CAP, unit.startsAt + t) - 100) / 60),
  ];
  return unit.rows.map((_, t) => Float64Array.from(columns, (column) => Math.max(-CLAMP, Math.min(CLAMP, column[t]))));
}

/** False if one value fills nine of ten rows. */
function varies(values: readonly number[]): boolean {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return Math.max(...counts.values()) < DOMINANT * values.length;
}

/** Each used column, in standard deviations of the training. */
export function scaled({ rows }: UnitHistory, { columns, mean, deviation }: LifeScaling): number[][] {
  return columns.map((c, k) => rows.map((row) => (row[c] - mean[k]) / deviation[k]));
}

function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / (to - from);
}

function trailingMeans(columns: readonly number[][], window: number): number[][] {
  return columns.map((column) => column.map((_, t) => meanOf(column, Math.max(0, t + 1 - window), t + 1)));
}

/** Least-squares slope over the last `window` cycles times the window; shrunk while the history is shorter. */
function slopes(column: readonly number[], window: number): number[] {
  return column.map((_, t) => {
    const n = Math.min(window, t + 1);
    if (n < 3) return 0;
    const from = t + 1 - n;
    const centre = (n - 1) / 2;
    let cross = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      cross += (i - centre) * column[from + i];
      square += (i - centre) ** 2;
    }
    return (cross / square) * n * (n / window);
  });
}
