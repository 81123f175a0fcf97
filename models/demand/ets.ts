import type { Forecaster } from './forecaster.ts';
import { nelderMead } from './nelderMead.ts';
import { deseasonalised, seasonOf } from './season.ts';

/** A model of exponential smoothing, by the letters of Hyndman et al. */
export interface EtsForm {
  error: 'A' | 'M';
  trend: 'N' | 'A' | 'Ad';
  season: 'N' | 'A' | 'M';
}

interface Parameters {
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
  level: number;
  slope: number;
}

/** Initial states of a model before optimisation. */
interface Start {
  level: number;
  slope: number;
  season: Float64Array;
  /** Unit of a step in the states. */
  scale: number;
}

interface Fitted {
  form: EtsForm;
  parameters: Parameters;
  start: Start;
  criterion: number;
}

const EVALUATIONS_PER_PARAMETER = 55;
const SMALLEST = 1e-4;
const PHI = [0.8, 0.98] as const;
const LEVEL_PERIODS = 10;

/**
 * Exponential smoothing in state-space form, the model chosen by the corrected Akaike criterion among error A/M, trend
 * N/A/Ad and season N/A/M. Smoothing weights and the first level and slope by the simplex method; the first season is
 * that of a classical decomposition. Source: Hyndman, Koehler, Ord & Snyder, "Forecasting with Exponential Smoothing"
 * (2008), tables 2.2 and 2.3, §2.5.
 */
export class Ets implements Forecaster {
  readonly name = 'ets';
  readonly #period: number;
  readonly #forms: readonly EtsForm[] | null;
  #fitted: Fitted | null = null;
  #end: State = { level: 0, slope: 0, season: new Float64Array(1), cost: 0, squared: 0 };
  #length = 0;

  /** @param period periods of a season; 1 for none. @param forms to choose from, by default all that the data allow. */
  constructor(period: number, forms: readonly EtsForm[] | null = null) {
    this.#period = period;
    this.#forms = forms;
  }

  fit(history: readonly number[]): void {
    const y = Float64Array.from(history);
    this.#length = y.length;
    const fitted = (this.#forms ?? formsFor(y, this.#period)).map((form) => fitForm(y, this.#period, form));
    this.#fitted = fitted.reduce((a, b) => (b.criterion < a.criterion ? b : a));
    this.#end = run(y, this.#fitted.form, this.#fitted.parameters, this.#fitted.start.season);
  }

  predict(horizon: number): number[] {
    const { form, parameters } = this.#fitted!;
    const { level, slope, season } = this.#end;
    let damped = 0;
    return Array.from({ length: horizon }, (_, h) => {
      damped += form.trend === 'N' ? 0 : parameters.phi ** (h + 1);
      const base = level + damped * slope;
      const s = season[(this.#length + h) % season.length];
      return form.season === 'M' ? base * s : base + s;
    });
  }

  /**
   * Impulse response of a one-step error: a share of `c[j]` remains `j` steps later (c[0] = 1). Source: the same book,
   * table 6.1, class 1.
   */
  responses(horizon: number): number[] {
    const { form, parameters } = this.#fitted!;
    const { alpha, beta, gamma, phi } = parameters;
    let damped = 0;
    return Array.from({ length: horizon }, (_, j) => {
      if (j === 0) return 1;
      damped += phi ** j;
      return (
        alpha + (form.trend === 'N' ? 0 : beta * damped) + (form.season !== 'N' && j % this.#period === 0 ? gamma : 0)
      );
    });
  }

  get seasonal(): boolean {
    return this.#fitted !== null && this.#fitted.form.season !== 'N';
  }

  /** Root mean square of the one-step errors, corrected for the number of parameters. */
  get errorScale(): number {
    const free = this.#length - parameterCount(this.#fitted!.form);
    return Math.sqrt(this.#end.squared / Math.max(1, free));
  }
}

interface State {
  level: number;
  slope: number;
  season: Float64Array;
  /** n·ln Σe² (+ 2·Σ ln|forecast| for relative errors). */
  cost: number;
  /** Σ of the squared errors in the data's unit. */
  squared: number;
}

function formsFor(y: Float64Array, period: number): EtsForm[] {
  const positive = y.every((v) => v > 0);
  const seasonal = period > 1 && y.length >= 2 * period + 3;
  const seasons: EtsForm['season'][] = seasonal ? (positive ? ['N', 'A', 'M'] : ['N', 'A']) : ['N'];
  const errors: EtsForm['error'][] = positive ? ['A', 'M'] : ['A'];
  const forms = seasons.flatMap((season) =>
    (['N', 'A', 'Ad'] as const).flatMap((trend) => errors.map((error) => ({ error, trend, season }))),
  );
  // Additive errors on a multiplicative season have no finite variance (the same book, §15.2).
  const admissible = forms.filter(({ error, season }) => !(error === 'A' && season === 'M'));
  const enough = admissible.filter((form) => y.length - parameterCount(form) - 2 > 0);
  return enough.length > 0 ? enough : [{ error: 'A', trend: 'N', season: 'N' }];
}

/** Number of free weights, which precede level and slope in a model's vector. */
function weightCount({ trend, season }: EtsForm): number {
  return 1 + (trend === 'N' ? 0 : trend === 'A' ? 1 : 2) + (season === 'N' ? 0 : 1);
}

function parameterCount(form: EtsForm): number {
  return weightCount(form) + (form.trend === 'N' ? 1 : 2) + (form.season === 'N' ? 0 : 1);
}

function fitForm(y: Float64Array, period: number, form: EtsForm): Fitted {
  const start = startOf(y, period, form);
  const n = y.length;
  const cost = (point: Float64Array) => run(y, form, parametersOf(point, form, start), start.season, 0).cost;
  const weights = [-0.5, ...(form.trend === 'N' ? [] : [-1.5]), ...(form.season === 'N' ? [] : [-2])];
  const first = [...weights, ...(form.trend === 'Ad' ? [1.5] : []), 0, ...(form.trend === 'N' ? [] : [0])];
  const best = nelderMead(cost, first, 0.7, EVALUATIONS_PER_PARAMETER * first.length, 1e-5);
  const k = parameterCount(form) + 1 + (form.season === 'N' ? 0 : period - 2);
  const free = Math.max(0.5, n - k - 1);
  return {
    form,
    parameters: parametersOf(best, form, start),
    start,
    criterion: cost(best) + 2 * k + (2 * k * (k + 1)) / free,
  };
}

const unit = (x: number) => 1 / (1 + Math.exp(-x));

/** Decodes α, β, γ and φ, as far as the model has them, from the real line, then level and slope in steps. */
function parametersOf(point: Float64Array, { trend, season }: EtsForm, start: Start): Parameters {
  let i = 0;
  const within = (from: number, to: number) => from + (to - from) * unit(point[i++]);
  const alpha = within(SMALLEST, 1 - SMALLEST);
  const beta = trend === 'N' ? 0 : within(SMALLEST, alpha);
  const gamma = season === 'N' ? 0 : within(SMALLEST, 1 - alpha);
  const phi = trend === 'Ad' ? within(...PHI) : 1;
  const level = start.level + start.scale * point[i++];
  const slope = trend === 'N' ? 0 : start.slope + 0.1 * start.scale * point[i];
  return { alpha, beta, gamma, phi, level, slope };
}

function startOf(y: Float64Array, period: number, form: EtsForm): Start {
  const season =
    form.season === 'N'
      ? { kind: 'additive' as const, figure: new Float64Array(1) }
      : seasonOf(y, period, form.season === 'M' ? 'multiplicative' : 'additive');
  if (season.kind === 'multiplicative') season.figure = season.figure.map((v) => Math.max(v, 0.01));
  const plain = deseasonalised(y, season);
  const span = Math.min(plain.length, Math.max(LEVEL_PERIODS, 2 * period));
  const { intercept, slope } = line(plain.subarray(0, span));
  const mean = plain.subarray(0, span).reduce((a, b) => a + b, 0) / span;
  let steps = 0;
  for (let t = 1; t < plain.length; t++) steps += Math.abs(plain[t] - plain[t - 1]) / (plain.length - 1);
  const scale = Math.max(steps, 1e-6 * Math.abs(mean), 1e-12);
  const trend = form.trend !== 'N';
  return { level: trend ? intercept : mean, slope: trend ? slope : 0, season: season.figure, scale };
}

/** Least squares on t = 1, 2, …: value at 0 and slope. */
function line(y: Float64Array): { intercept: number; slope: number } {
  const n = y.length;
  const middle = (n + 1) / 2;
  const mean = y.reduce((a, b) => a + b, 0) / n;
  let cross = 0;
  let power = 0;
  for (let i = 0; i < n; i++) {
    cross += (i + 1 - middle) * (y[i] - mean);
    power += (i + 1 - middle) ** 2;
  }
  const slope = power > 0 ? cross / power : 0;
  return { intercept: mean - slope * middle, slope };
}

/** Season of the current run: the hot loop allocates nothing. */
const scratch = new Float64Array(512);

/** Runs a model over a history. With `keep` 0 its season is not copied out. */
function run(y: Float64Array, form: EtsForm, p: Parameters, firstSeason: Float64Array, keep = 1): State {
  const m = firstSeason.length;
  const season = m <= scratch.length ? scratch : new Float64Array(m);
  for (let i = 0; i < m; i++) season[i] = firstSeason[i];
  const multiplies = form.season === 'M';
  const relative = form.error === 'M';
  const { alpha, beta, gamma, phi } = p;
  let { level, slope } = p;
  let errors = 0;
  let squared = 0;
  let logs = 0;
  let place = 0;
  for (let t = 0; t < y.length; t++) {
    const base = level + phi * slope;
    const s = season[place];
    const forecast = multiplies ? base * s : base + s;
    const d = y[t] - forecast;
    squared += d * d;
    if (relative) {
      if (!(forecast > 0)) return { level, slope, season: firstSeason, cost: Number.POSITIVE_INFINITY, squared };
      errors += (d / forecast) ** 2;
      logs += Math.log(forecast);
    } else errors += d * d;
    const step = multiplies ? d / s : d;
    level = base + alpha * step;
    slope = phi * slope + beta * step;
    if (gamma > 0) season[place] = s + gamma * (multiplies ? d / base : d);
    place = place + 1 === m ? 0 : place + 1;
  }
  const cost = y.length * Math.log(Math.max(errors, 1e-300)) + 2 * logs;
  const finite = Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost;
  return { level, slope, season: keep ? season.slice(0, m) : firstSeason, cost: finite, squared };
}
