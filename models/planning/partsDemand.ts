import type { RemainingLife } from '#models/contracts/health.ts';

/** A machine that takes a part when it fails. It belongs to one stream: its own estimate, or the prior, never both. */
export interface InstalledMachine {
  machine: string;
  /** What its health says, if it is watched. */
  remainingLife: RemainingLife | null;
}

export interface PartsDemand {
  expected: number;
  /** Least stock that suffices with the probability that was asked for. */
  stockFor: number;
  /** Which machines make it, the likeliest first. */
  machines: { machine: string; probability: number }[];
}

/** Standard normal 95 % quantile: remaining-life intervals are of 90 %. */
const Z_90 = 1.645;
/** An interval that has no width is still no certainty. */
const LEAST_SPREAD = 0.05;

/**
 * Demand for a part within a horizon: each machine fails in it or not, with a probability from its remaining life
 * (lognormal through median and 90 % interval), or from the prior where there is none (exponential life). The number of
 * failures is Poisson-binomial (Hong, "On computing the distribution function…", CSDA 59 (2013)).
 * @param meanLifeS mean time between failures of such a machine. @param service probability, below 1.
 */
export function partsDemand(
  machines: readonly InstalledMachine[],
  {
    horizonS,
    meanLifeS,
    partsPerFailure,
    service,
  }: { horizonS: number; meanLifeS: number; partsPerFailure: number; service: number },
): PartsDemand {
  const probable = machines
    .map(({ machine, remainingLife }) => ({ machine, probability: failsWithin(horizonS, meanLifeS, remainingLife) }))
    .sort((a, b) => b.probability - a.probability);
  const failures = poissonBinomial(probable.map((m) => m.probability));
  let count = 0;
  for (let cumulative = failures[0]; cumulative < service - 1e-12 && count < machines.length; )
    cumulative += failures[++count];
  const expected = probable.reduce((sum, m) => sum + m.probability, 0) * partsPerFailure;
  return { expected, stockFor: count * partsPerFailure, machines: probable };
}

function failsWithin(horizonS: number, meanLifeS: number, life: RemainingLife | null): number {
  if (life?.assessment !== 'assessed') return 1 - Math.exp(-horizonS / meanLifeS);
  if (life.medianS <= 0) return 1;
  const high = life.highS ?? (life.medianS * life.medianS) / Math.max(life.lowS, life.medianS * 1e-3);
  const low = Math.max(life.lowS, life.medianS * 1e-3);
  const spread = Math.max(LEAST_SPREAD, (Math.log(high) - Math.log(low)) / (2 * Z_90));
  return normalCdf(Math.log(horizonS / life.medianS) / spread);
}

/** Probability of each number of successes in independent trials, by convolution. */
function poissonBinomial(probabilities: readonly number[]): number[] {
  let distribution = [1];
  for (const p of probabilities) {
    distribution = [...distribution, 0].map((mass, k) => mass * (1 - p) + (k > 0 ? distribution[k - 1] * p : 0));
  }
  return distribution;
}

/** Abramowitz & Stegun 26.2.17; error below 7.5e-8. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - upper : upper;
}
