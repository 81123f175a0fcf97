/** Actual demand and its forecast, one entry per period. */
export interface ForecastOutcome {
  actual: readonly number[];
  mean: readonly number[];
  /** The naive forecast. */
  naive: readonly number[];
  /** By level, rising. */
  quantiles: Readonly<Record<string, readonly number[]>>;
  /** Mean absolute seasonal difference of the training history. */
  scale: number;
}

export interface Measures {
  /** Number of values. */
  n: number;
  /** Σ(forecast − actual) / Σ actual: positive means too high. */
  bias: number;
  /** Σ|forecast − actual| / Σ actual. */
  wape: number;
  /** Mean of |error| / mean absolute seasonal difference. Null if that difference is unknown. Source: Hyndman & Koehler, IJF 22 (2006). */
  mase: number | null;
  /** Mean pinball loss over all levels, over the mean actual. */
  pinball: number;
  /** By level, the share of actual values at or below the quantile. */
  coverage: Record<string, number>;
  /** 1 − WAPE / naive's WAPE: positive if forecasting adds value. Source: Gilliland, "The Business Forecasting Deal". */
  valueAdded: number;
}

/** Measures over all outcomes together; null if there are none, or no demand at all. */
export function measuresOf(judged: readonly ForecastOutcome[]): Measures | null {
  let [n, total, error, absolute, naive, scaled, scaledN, pinball, losses] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const within = new Map<string, { below: number; n: number }>();
  for (const j of judged) {
    j.actual.forEach((y, t) => {
      n++;
      total += y;
      error += j.mean[t] - y;
      absolute += Math.abs(j.mean[t] - y);
      naive += Math.abs(j.naive[t] - y);
      if (j.scale > 0) {
        scaled += Math.abs(j.mean[t] - y) / j.scale;
        scaledN++;
      }
      for (const [level, values] of Object.entries(j.quantiles)) {
        const p = Number(level);
        pinball += y >= values[t] ? p * (y - values[t]) : (1 - p) * (values[t] - y);
        losses++;
        const count = within.get(level) ?? { below: 0, n: 0 };
        count.n++;
        if (y <= values[t]) count.below++;
        within.set(level, count);
      }
    });
  }
  if (n === 0 || !(total > 0)) return null;
  return {
    n,
    bias: error / total,
    wape: absolute / total,
    mase: scaledN > 0 ? scaled / scaledN : null,
    pinball: losses > 0 ? pinball / losses / (total / n) : 0,
    coverage: Object.fromEntries([...within].map(([level, c]) => [level, c.below / c.n])),
    valueAdded: naive > 0 ? 1 - absolute / naive : 0,
  };
}

/** Mean absolute seasonal difference of a history; that of successive periods where it is too short. */
export function seasonalScale(history: readonly number[], period: number): number {
  const lag = history.length > period ? period : 1;
  let sum = 0;
  for (let t = lag; t < history.length; t++) sum += Math.abs(history[t] - history[t - lag]);
  return history.length > lag ? sum / (history.length - lag) : 0;
}
