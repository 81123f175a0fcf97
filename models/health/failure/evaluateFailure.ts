import { randomOf } from '#models/random/random.ts';
import { quantile } from '../statistics.ts';
import { aucOf } from './leaks.ts';
import { type Costs, type JudgedRow, thresholdOf } from './trainFailure.ts';

/** A number with its 90 % interval by resampling whole units. */
export interface FailureEstimate {
  value: number;
  low: number;
  high: number;
}

export interface FailureEvaluation {
  units: number;
  rows: number;
  /** Part of the rows before a failure. */
  rate: number;
  auc: FailureEstimate;
  /** Mean squared error of the probability, and its relative improvement over the base rate alone. */
  brier: FailureEstimate;
  brierSkill: FailureEstimate;
  threshold: number;
  /** Of rows before a failure, those with an alarm; of rows with an alarm, those before a failure. */
  recall: FailureEstimate;
  precision: FailureEstimate;
  /** Cost per row with the model, over that of the better of always and never alarming. */
  relativeCost: FailureEstimate;
  /** Rows by predicted probability. */
  reliability: { said: number; came: number; rows: number }[];
}

const RESAMPLES = 200;
/** Upper ends of the bins of the reliability diagram: most probabilities are small. */
const BINS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0001];

interface Sums {
  n: number;
  positives: number;
  squares: number;
  hits: number;
  alarms: number;
}

/** Metrics of out-of-fold predictions. Pure; deterministic for a seed. */
export function evaluateFailure(rows: readonly JudgedRow[], costs: Costs, seed: number): FailureEvaluation {
  const threshold = thresholdOf(costs);
  const byUnit = new Map<string, JudgedRow[]>();
  for (const row of rows) {
    const own = byUnit.get(row.unit);
    if (own) own.push(row);
    else byUnit.set(row.unit, [row]);
  }
  const units = [...byUnit.values()];
  const sums = units.map((own) => sumsOf(own, threshold));
  const random = randomOf(seed);
  const samples = Array.from({ length: RESAMPLES }, () => units.map(() => Math.floor(random() * units.length)));
  const all = units.map((_, i) => i);
  const estimate = (of: (s: Sums) => number): FailureEstimate => {
    const values = samples.map((chosen) => of(total(chosen.map((u) => sums[u]))));
    return { value: of(total(sums)), low: quantile(values, 0.05), high: quantile(values, 0.95) };
  };
  const auc = (chosen: readonly number[]) => {
    const own = chosen.flatMap((u) => units[u]);
    return aucOf(
      own.map((r) => r.chance),
      own.map((r) => r.failed),
    );
  };
  // Ranking all rows is slow: a few resamples give the width.
  const aucs = samples.slice(0, 20).map(auc);
  return {
    units: units.length,
    rows: rows.length,
    rate: rows.filter((r) => r.failed).length / rows.length,
    auc: { value: auc(all), low: quantile(aucs, 0.05), high: quantile(aucs, 0.95) },
    brier: estimate((s) => s.squares / s.n),
    brierSkill: estimate((s) => 1 - s.squares / s.n / ((s.positives / s.n) * (1 - s.positives / s.n))),
    threshold,
    recall: estimate((s) => s.hits / Math.max(1, s.positives)),
    precision: estimate((s) => s.hits / Math.max(1, s.alarms)),
    relativeCost: estimate(
      (s) => costOf(s, costs) / Math.min(s.positives * costs.missed, (s.n - s.positives) * costs.falseAlarm),
    ),
    reliability: reliabilityOf(rows),
  };
}

function sumsOf(rows: readonly JudgedRow[], threshold: number): Sums {
  const sums: Sums = { n: rows.length, positives: 0, squares: 0, hits: 0, alarms: 0 };
  for (const { chance, failed } of rows) {
    const alarmed = chance >= threshold;
    sums.squares += (chance - (failed ? 1 : 0)) ** 2;
    if (failed) sums.positives++;
    if (alarmed) sums.alarms++;
    if (alarmed && failed) sums.hits++;
  }
  return sums;
}

function total(sums: readonly Sums[]): Sums {
  const all: Sums = { n: 0, positives: 0, squares: 0, hits: 0, alarms: 0 };
  for (const one of sums) for (const key of Object.keys(all) as (keyof Sums)[]) all[key] += one[key];
  return all;
}

function costOf({ positives, hits, alarms }: Sums, { falseAlarm, missed }: Costs): number {
  return (positives - hits) * missed + (alarms - hits) * falseAlarm;
}

function reliabilityOf(rows: readonly JudgedRow[]): FailureEvaluation['reliability'] {
  return BINS.flatMap((end, i) => {
    const own = rows.filter((r) => r.chance < end && r.chance >= (BINS[i - 1] ?? 0));
    if (own.length === 0) return [];
    const mean = (of: (r: JudgedRow) => number) => own.reduce((sum, r) => sum + of(r), 0) / own.length;
    return [{ said: mean((r) => r.chance), came: mean((r) => (r.failed ? 1 : 0)), rows: own.length }];
  });
}
