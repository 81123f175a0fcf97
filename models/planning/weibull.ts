/** Life of a part until it is taken out: S(t) = exp(−(t/scale)^shape), t and scale in days. */
export interface Weibull {
  shape: number;
  scale: number;
}

/** A life that has ended, by a failure or by a service that took a new part, or one that goes on today. */
export interface Life {
  days: number;
  ended: boolean;
}

const SHAPES: readonly [number, number] = [0.6, 8];
/** What is believed of the shape before any record: wear more often than chance (log-normal). */
const USUAL_LOG_SHAPE = Math.log(2);
const LOG_SHAPE_DEVIATION = 0.5;
/** Lives that the usual one counts for. */
const USUAL_LIVES = 1;
const STEPS = 40;

export const survival = ({ shape, scale }: Weibull, days: number): number =>
  Math.exp(-((Math.max(0, days) / scale) ** shape));

/**
 * The life of a part by its records: maximum of likelihood and prior, cut-off lives counted as such. The scale has its
 * maximum in closed form, the shape by golden section. Source: Meeker & Escobar, "Statistical Methods for Reliability
 * Data" (1998), §8.3; the prior is our own, one failure at the usual life.
 * @param usualDays mean life where records say nothing.
 */
export function fitWeibull(lives: readonly Life[], usualDays: number): Weibull {
  const sound = lives.filter(({ days }) => days > 0);
  const logs = Float64Array.from(sound, ({ days }) => Math.log(days / usualDays));
  const ended = sound.filter((l) => l.ended).length;
  const logsOfEnded = logs.reduce((sum, v, i) => sum + (sound[i].ended ? v : 0), 0);
  const powersOf = (shape: number) => logs.reduce((sum, v) => sum + Math.exp(shape * v), 0);
  const scaleOf = (shape: number) =>
    usualDays * ((powersOf(shape) + USUAL_LIVES) / (ended + USUAL_LIVES)) ** (1 / shape);
  const costOf = (logShape: number) => {
    const shape = Math.exp(logShape);
    const powers = powersOf(shape);
    const logScale = Math.log((powers + USUAL_LIVES) / (ended + USUAL_LIVES)) / shape;
    const prior = ((logShape - USUAL_LOG_SHAPE) / LOG_SHAPE_DEVIATION) ** 2 / 2;
    const density = ended * (logShape - shape * logScale) + (shape - 1) * logsOfEnded;
    return prior + powers * Math.exp(-shape * logScale) - density;
  };
  const shape = Math.exp(goldenSection(costOf, Math.log(SHAPES[0]), Math.log(SHAPES[1])));
  return { shape, scale: scaleOf(shape) };
}

/** Place of the least value of a function with one valley. */
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
