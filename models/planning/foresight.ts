/** Remaining life as reported by an edge. */
export interface LifeEstimate {
  medianDays: number;
  /** Deviation of its logarithm. */
  logDeviation: number;
}

/** How well alerts predict that a part will be replaced: learned from outcomes. */
export interface Foresight {
  /** Part of the takings that an alert goes before. */
  detected: number;
  /** Time from alert to taking: lognormal. */
  warningMedianDays: number;
  warningLogDeviation: number;
  /** How estimates of remaining life turned out. */
  estimates: EstimateRecord;
}

/** ln(came) = ln(said) + shift + slope·(ln(said) − centre), with a variance about it; by so many outcomes. */
export interface EstimateRecord {
  centre: number;
  shift: number;
  slope: number;
  logVariance: number;
  weight: number;
}

/** An estimate of remaining life, and when the part was taken. */
export interface EstimateOutcome {
  saidDays: number;
  cameDays: number;
  /** How much it counts: estimates of one failure are alike. */
  weight: number;
}

/** The prior: eight of ten failures are predicted, about a month in advance. */
const USUAL = { detected: 8, missed: 2, warningDays: 30, warnings: 3, logDeviation: 1 };
/** Outcomes that an edge's own word on the bias and the spread of its estimates counts for. */
const PRIOR_WEIGHT = 3;

/**
 * Foresight by what came, each drawn to what is usual.
 * @param warningDays from alert to taking, of those that were announced. @param missed those that were not.
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

/** Regression of what came on what was said, drawn to their being equal. */
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

/** An estimate corrected by how earlier ones turned out. */
export function corrected({ medianDays, logDeviation }: LifeEstimate, { estimates }: Foresight): LifeEstimate {
  const { centre, shift, slope, logVariance, weight } = estimates;
  const variance = (PRIOR_WEIGHT * logDeviation ** 2 + weight * logVariance) / (PRIOR_WEIGHT + weight);
  const log = Math.log(Math.max(1e-3, medianDays));
  return { medianDays: Math.exp(log + shift + slope * (log - centre)), logDeviation: Math.sqrt(variance) };
}
