/** Remaining life as reported by an edge. */
export interface LifeEstimate {
  medianDays: number;
  /** Standard deviation of its logarithm. */
  logDeviation: number;
}

/** How well alerts predict replacements: learned from outcomes. */
export interface Foresight {
  /** Share of the replacements that an alert preceded. */
  detected: number;
  /** Time from alert to replacement: lognormal. */
  warningMedianDays: number;
  warningLogDeviation: number;
  /** Accuracy of the estimates of remaining life. */
  estimates: EstimateRecord;
}

/** ln(actual) = ln(estimate) + shift + slope·(ln(estimate) − centre), with a residual variance; `weight`: total weight of the outcomes. */
export interface EstimateRecord {
  centre: number;
  shift: number;
  slope: number;
  logVariance: number;
  weight: number;
}

/** An estimate of remaining life, and when the part was replaced. */
export interface EstimateOutcome {
  saidDays: number;
  cameDays: number;
  /** Weight of the outcome: estimates of one failure are correlated. */
  weight: number;
}

/** The prior: eight of ten failures are predicted, about a month in advance. */
const USUAL = { detected: 8, missed: 2, warningDays: 30, warnings: 3, logDeviation: 1 };
/** Number of outcomes that an edge's own bias and spread count for. */
const PRIOR_WEIGHT = 3;

/**
 * Foresight learned from outcomes, shrunk to the usual values.
 * @param warningDays from alert to replacement, of announced ones. @param missed number of unannounced ones.
 */
export function foresightFrom(
  warningDays: readonly number[],
  missed: number,
  estimates: readonly EstimateOutcome[],
): Foresight {
  const logs = warningDays.map((days) => Math.log(Math.max(0.01, days)));
  const n = USUAL.warnings + logs.length;
  const mean = (USUAL.warnings * Math.log(USUAL.warningDays) + logs.reduce((a, b) => a + b, 0)) / n;
  const squares = logs.reduce((sum, w) => sum + (w - mean) ** 2, USUAL.warnings * USUAL.logDeviation ** 2);
  return {
    detected: (USUAL.detected + logs.length) / (USUAL.detected + USUAL.missed + logs.length + missed),
    warningMedianDays: Math.exp(mean),
    warningLogDeviation: Math.sqrt(squares / n),
    estimates: outcomesOf(estimates),
  };
}

const logDays = (days: number) => Math.log(Math.max(0.5, days));

/** Regression of actual on estimated life, shrunk to equality. */
function outcomesOf(estimates: readonly EstimateOutcome[]): EstimateRecord {
  const weight = estimates.reduce((sum, e) => sum + e.weight, 0);
  if (weight === 0) return { centre: 0, shift: 0, slope: 0, logVariance: 0, weight };
  const sum = (value: (e: EstimateOutcome) => number) => estimates.reduce((s, e) => s + e.weight * value(e), 0);
  const centre = sum((e) => logDays(e.saidDays)) / weight;
  const x = (e: EstimateOutcome) => logDays(e.saidDays) - centre;
  const over = (e: EstimateOutcome) => logDays(e.cameDays) - logDays(e.saidDays);
  const shift = sum(over) / (PRIOR_WEIGHT + weight);
  const slope = sum((e) => x(e) * (over(e) - shift)) / (PRIOR_WEIGHT + sum((e) => x(e) ** 2));
  const logVariance = sum((e) => (over(e) - shift - slope * x(e)) ** 2) / weight;
  return { centre, shift, slope, logVariance, weight };
}

/** Corrects an estimate by the record of earlier ones. */
export function corrected({ medianDays, logDeviation }: LifeEstimate, { estimates }: Foresight): LifeEstimate {
  const { centre, shift, slope, logVariance, weight } = estimates;
  const variance = (PRIOR_WEIGHT * logDeviation ** 2 + weight * logVariance) / (PRIOR_WEIGHT + weight);
  const log = Math.log(Math.max(1e-3, medianDays));
  return { medianDays: Math.exp(log + shift + slope * (log - centre)), logDeviation: Math.sqrt(variance) };
}
