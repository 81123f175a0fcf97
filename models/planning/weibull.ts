/** Life of a part until it is replaced: S(t) = exp(−(t/scale)^shape), t and scale in days. */
export interface Weibull {
  shape: number;
  scale: number;
}

/** A life that ended, by a failure or a service with a new part, or one that is ongoing. */
export interface Life {
  days: number;
  ended: boolean;
}

const SHAPES: readonly [number, number] = [0.6, 8];
/** Prior of the shape: wear is likelier than chance (log-normal). */
const USUAL_LOG_SHAPE = Math.log(2);
const LOG_SHAPE_DEVIATION = 0.5;
/** Prior of the scale, about the usual life: a factor of three is plausible. */
const LOG_SCALE_DEVIATION = 1.1;
const STEPS = 40;
const NEWTON_STEPS = 20;

/** Probability that a part lasts longer than `days`: S(t) = exp(−(t/scale)^shape); 1 for days below 0. */
export const survival = ({ shape, scale }: Weibull, days: number): number =>
  Math.exp(-((Math.max(0, days) / scale) ** shape));

/**
 * Life distribution of a part from its records: maximum of likelihood and prior, with censored lives; the scale by
 * Newton's method, the shape by golden section. Source: Meeker & Escobar, "Statistical Methods for Reliability Data"
 * (1998), §8.3; the priors are our own: both logarithms normal.
 * @param usualDays mean life without records.
 */
export function fitWeibull(lives: readonly Life[], usualDays: number): Weibull {
  const positiveLives = lives.filter(({ days }) => days > 0);
  const logs = Float64Array.from(positiveLives, ({ days }) => Math.log(days / usualDays));
  const ended = positiveLives.filter((l) => l.ended).length;
  const logsOfEnded = logs.reduce((sum, v, i) => sum + (positiveLives[i].ended ? v : 0), 0);
  const longest = logs.reduce((most, v) => Math.max(most, v), 0);
  // Relative to the longest life, so that no power overflows.
  const powersOf = (shape: number) => logs.reduce((sum, v) => sum + Math.exp(shape * (v - longest)), 0);
  const fitOf = (shape: number) => {
    const powers = powersOf(shape);
    return { powers, logScale: logScaleOf(shape, powers, longest, ended) };
  };
  const costOf = (logShape: number) => {
    const shape = Math.exp(logShape);
    const { powers, logScale } = fitOf(shape);
    const prior =
      ((logShape - USUAL_LOG_SHAPE) / LOG_SHAPE_DEVIATION) ** 2 / 2 + (logScale / LOG_SCALE_DEVIATION) ** 2 / 2;
    // Without the sum of the logarithms, which is the same for every shape.
    const density = ended * (logShape - shape * logScale) + shape * logsOfEnded;
    return prior + powers * Math.exp(shape * (longest - logScale)) - density;
  };
  const shape = Math.exp(goldenSection(costOf, Math.log(SHAPES[0]), Math.log(SHAPES[1])));
  return { shape, scale: usualDays * Math.exp(fitOf(shape).logScale) };
}

/** Logarithm of the scale relative to the usual life, where the derivative of the cost is 0. */
function logScaleOf(shape: number, powers: number, longest: number, ended: number): number {
  const precision = LOG_SCALE_DEVIATION ** -2;
  // Start below: the curve is steep and convex there, so Newton's method converges.
  let at =
    ended > 0 && powers > 0 ? Math.min(longest, longest + Math.log(powers / ended) / shape) : Math.min(0, longest);
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const pull = powers * Math.exp(shape * (longest - at));
    const slope = shape * (ended - pull) + precision * at;
    const step = slope / (shape * shape * pull + precision);
    at -= step;
    if (Math.abs(step) < 1e-9) break;
  }
  return at;
}

/** Argument of the minimum of a unimodal function. */
function goldenSection(cost: (x: number) => number, from: number, to: number): number {
  const part = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [a, b] = [high - part * (high - low), low + part * (high - low)];
  let [costA, costB] = [cost(a), cost(b)];
  for (let i = 0; i < STEPS; i++) {
    if (costA < costB) {
      [high, b, costB] = [b, a, costA];
      a = high - part * (high - low);
      costA = cost(a);
    } else {
      [low, a, costA] = [a, b, costB];
      b = low + part * (high - low);
      costB = cost(b);
    }
  }
  return (low + high) / 2;
}
