/** A season by its place in the cycle: ratios to the level, or differences from it. */
export interface Season {
  kind: 'multiplicative' | 'additive';
  /** `figure[t % figure.length]` belongs to period `t` of the history; their mean is 1, or 0. */
  figure: Float64Array;
}

/** Two-sided 90 % quantile of the standard normal distribution. */
const Z_90 = 1.645;
/** Standard deviations beyond which a season is significant. */
const PLAIN = 4;

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
 * Whether demand differs by its place in the cycle: the Kruskal–Wallis test as an F statistic (the χ² is inaccurate for
 * few cycles), converted to a standard normal score. Sources: Kruskal & Wallis, JASA 47 (1952); Iman & Davenport,
 * Communications in Statistics A5 (1976); Paulson, Annals of Mathematical Statistics 13 (1942).
 */
export function hasSeason(history: readonly number[], period: number): boolean {
  const n = history.length;
  if (period < 2 || n < 2 * period) return false;
  const { ranks, ties } = ranksOf(history);
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  ranks.forEach((rank, t) => {
    sums[t % period] += rank;
    counts[t % period]++;
  });
  const between = sums.reduce((sum, s, place) => sum + s ** 2 / counts[place], 0);
  const untied = 1 - ties / (n ** 3 - n);
  if (!(untied > 0)) return false;
  const h = ((12 / (n * (n + 1))) * between - 3 * (n + 1)) / untied;
  const root = Math.cbrt(h / (period - 1) / (Math.max(1e-9, n - 1 - h) / (n - period)));
  const [spread, spreadWithin] = [2 / (9 * (period - 1)), 2 / (9 * (n - period))];
  return ((1 - spreadWithin) * root - (1 - spread)) / Math.sqrt(spreadWithin * root ** 2 + spread) > PLAIN;
}

/** Periods a day, from hours to minutes, where a weekly season is possible. */
const DAYS: readonly number[] = [24, 48, 96, 144, 288, 1440];
const MIN_WEEKS = 3;
/** The weekly season counts if last week's value has at most this share of the error of yesterday's. */
const WEEK_ERROR = 0.8;

/**
 * The configured seasons, and the week beside the day where it is not configured but the same time last week predicts
 * clearly better than that of yesterday.
 */
export function withWeek(history: readonly number[], frequency: readonly number[]): readonly number[] {
  const [day] = frequency;
  const week = 7 * day;
  if (frequency.length > 1 || !DAYS.includes(day) || history.length < MIN_WEEKS * week) return frequency;
  let [byDay, byWeek] = [0, 0];
  for (let t = week; t < history.length; t++) {
    byDay += Math.abs(history[t] - history[t - day]);
    byWeek += Math.abs(history[t] - history[t - week]);
  }
  return byWeek < WEEK_ERROR * byDay ? [day, week] : frequency;
}

/** Mean ranks from 1, and Σ (t³ − t) over groups of t equal values. */
function ranksOf(values: readonly number[]): { ranks: Float64Array; ties: number } {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}

/**
 * Classical decomposition: mean ratio to, or difference from, the centred moving average of one period, by place in the
 * cycle. Source: Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., §3.4.
 * @param history of at least two cycles.
 */
export function seasonOf(history: ArrayLike<number>, period: number, kind: Season['kind']): Season {
  return { kind, figure: figureOf(apartByPlace(history, period, kind), kind) };
}

/** A season counts if at least this share of it remains after shrinkage. */
const MIN_LEFT = 0.6;
/** Share of the cycle's places that must be observed twice to estimate the season's uncertainty. */
const MIN_TWICE = 0.5;
/** Mean number of values per place that a moving average must leave; with fewer, the level is a line. */
const MIN_CYCLES = 1.5;

/**
 * The season, with each place shrunk towards none by its uncertainty; null if less than `MIN_LEFT` of it would remain
 * (one noise series in twenty keeps as much), or if there are too few cycles. After shrinkage a weak season does little
 * harm, and a clear one is found in three years. (Seasons of fewer than four periods cannot be shrunk: they are
 * tested.) Sources: James & Stein (1961); Miller & Williams, "Shrinkage estimators of time series seasonal factors and
 * their effect on forecasting accuracy", IJF 19 (2003).
 */
export function shrunkSeason(history: ArrayLike<number>, period: number, kind: Season['kind']): Season | null {
  const n = history.length - 2 * (period >> 1);
  if (period < 4) return isSeasonal(history, period) ? seasonOf(history, period, kind) : null;
  if (history.length < period + MIN_TWICE * period) return null;
  // A moving average leaves one of two cycles.
  const places = n < MIN_CYCLES * period ? apartFromLine(history, period, kind) : apartByPlace(history, period, kind);
  if (places === null) return null;
  const figure = figureOf(places, kind);
  const neutral = kind === 'multiplicative' ? 1 : 0;
  const seen = figure.reduce((sum, v) => sum + (v - neutral) ** 2, 0) / (period - 1);
  let within = 0;
  let counted = 0;
  for (const values of places) {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    for (const v of values) within += (v - mean) ** 2;
    counted += values.length;
  }
  const noise = within / (counted - period);
  const uncertain = places.reduce((sum, values) => sum + noise / values.length, 0) / period;
  const left = 1 - (((period - 3) / (period - 1)) * uncertain) / Math.max(seen, 1e-12);
  if (!(left >= MIN_LEFT)) return null;
  return { kind, figure: figure.map((v) => neutral + left * (v - neutral)) };
}

/** Deviations of the periods from the centred moving average, by place in the cycle. */
function apartByPlace(history: ArrayLike<number>, period: number, kind: Season['kind']): number[][] {
  const n = history.length;
  const half = period >> 1;
  const places: number[][] = Array.from({ length: period }, () => []);
  for (let t = half; t < n - half; t++) {
    let level = 0;
    for (let j = -half; j <= half; j++) {
      const end = period % 2 === 0 && Math.abs(j) === half;
      level += (end ? 0.5 : 1) * history[t + j];
    }
    level /= period;
    if (kind === 'multiplicative' && level === 0) continue;
    places[t % period].push(kind === 'multiplicative' ? history[t] / level : history[t] - level);
  }
  return places;
}

/**
 * Deviations of the periods from a line, by place in the cycle; null if the line reaches 0 and ratios are undefined.
 * The line has the mean of the newest cycle, and the growth per cycle of the places that were observed twice.
 */
function apartFromLine(history: ArrayLike<number>, period: number, kind: Season['kind']): number[][] | null {
  const n = history.length;
  let [mean, before, after] = [0, 0, 0];
  for (let t = n - period; t < n; t++) mean += history[t] / period;
  for (let t = Math.max(period, n - period); t < n; t++) {
    before += history[t - period];
    after += history[t];
  }
  const slope = after > 0 ? (mean * (1 - before / after)) / period : 0;
  const level = (t: number) => mean + slope * (t - (n - (period + 1) / 2));
  if (kind === 'multiplicative' && !(level(0) > 0 && level(n - 1) > 0)) return null;
  const places: number[][] = Array.from({ length: period }, () => []);
  for (let t = 0; t < n; t++) {
    places[t % period].push(kind === 'multiplicative' ? history[t] / level(t) : history[t] - level(t));
  }
  return places;
}

/** Means by place, normalised. */
function figureOf(places: readonly number[][], kind: Season['kind']): Float64Array {
  const neutral = kind === 'multiplicative' ? 1 : 0;
  const means = places.map((v) => (v.length > 0 ? v.reduce((a, b) => a + b, 0) / v.length : neutral));
  const middle = means.reduce((a, b) => a + b, 0) / means.length;
  return Float64Array.from(means, (v) => (kind === 'multiplicative' ? v / middle : v - middle));
}

/** The history without its season. */
export function deseasonalised(history: ArrayLike<number>, season: Season): Float64Array {
  return Float64Array.from(history, (v, t) => deseasonalisedAt(v, season, t));
}

/** A value of period `t` without its season. */
export function deseasonalisedAt(value: number, { kind, figure }: Season, t: number): number {
  const s = figure[t % figure.length];
  return kind === 'multiplicative' ? value / s : value - s;
}

/** Adds the season of period `t` to a value without it. */
export function reseasoned(value: number, { kind, figure }: Season, t: number): number {
  const s = figure[t % figure.length];
  return kind === 'multiplicative' ? value * s : value + s;
}
