/** A season by its place in the cycle: ratios to the level, or differences from it. */
export interface Season {
  kind: 'multiplicative' | 'additive';
  /** `figure[t % figure.length]` belongs to period `t` of the history; their mean is 1, or 0. */
  figure: Float64Array;
}

/** Two-sided 90 % quantile of the standard normal distribution. */
const Z_90 = 1.645;

/**
 * Whether a history has a season of `period`, by the autocorrelation at that lag: the test of the M4 competition, 90 %.
 * Source: Makridakis et al., "The M4 Competition", IJF 36 (2020), supplementary code.
 */
export function isSeasonal(history: ArrayLike<number>, period: number): boolean {
  const n = history.length;
  if (period < 2 || n < 3 * period) return false;
  let mean = 0;
  for (let t = 0; t < n; t++) mean += history[t] / n;
  let power = 0;
  for (let t = 0; t < n; t++) power += (history[t] - mean) ** 2;
  if (!(power > 0)) return false;
  let sum = 1;
  let correlation = 0;
  for (let lag = 1; lag <= period; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += (history[t] - mean) * (history[t - lag] - mean);
    correlation = product / power;
    if (lag < period) sum += 2 * correlation ** 2;
  }
  return Math.abs(correlation) > Z_90 * Math.sqrt(sum / n);
}

/**
 * Classical decomposition: mean ratio to, or difference from, the centred moving average of one period, by place in the
 * cycle. Source: Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., §3.4.
 * @param history of at least two cycles.
 */
export function seasonOf(history: ArrayLike<number>, period: number, kind: Season['kind']): Season {
  const n = history.length;
  const half = period >> 1;
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let t = half; t < n - half; t++) {
    let level = 0;
    for (let j = -half; j <= half; j++) {
      const end = period % 2 === 0 && Math.abs(j) === half;
      level += (end ? 0.5 : 1) * history[t + j];
    }
    level /= period;
    if (kind === 'multiplicative' && level === 0) continue;
    sums[t % period] += kind === 'multiplicative' ? history[t] / level : history[t] - level;
    counts[t % period]++;
  }
  const neutral = kind === 'multiplicative' ? 1 : 0;
  const figure = sums.map((s, i) => (counts[i] > 0 ? s / counts[i] : neutral));
  const mean = figure.reduce((a, b) => a + b, 0) / period;
  return { kind, figure: figure.map((v) => (kind === 'multiplicative' ? v / mean : v - mean)) };
}

/** The history without its season. */
export function deseasonalised(history: ArrayLike<number>, { kind, figure }: Season): Float64Array {
  return Float64Array.from(history, (v, t) => {
    const s = figure[t % figure.length];
    return kind === 'multiplicative' ? v / s : v - s;
  });
}

/** A value without season, of period `t`, with it. */
export function reseasoned(value: number, { kind, figure }: Season, t: number): number {
  const s = figure[t % figure.length];
  return kind === 'multiplicative' ? value * s : value + s;
}
