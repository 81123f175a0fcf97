import { normalCdf } from '#models/statistics/quantiles.ts';
import { corrected, type Foresight, type LifeEstimate } from './foresight.ts';
import { survival, type Weibull } from './weibull.ts';

/** What is known of one machine and one part that it takes. */
export interface InstalledMachine {
  machine: string;
  /** Since the part was last new; null where no record tells. */
  ageDays: number | null;
  /** `alarmed`: an alert that this part's failure would explain; `quiet`: watched, and no such alert. */
  watch: { kind: 'unwatched' } | { kind: 'quiet' } | { kind: 'alarmed'; sinceDays: number; life: LifeEstimate | null };
  /** Days until work that will take the part is planned; null: none is. */
  plannedDays: number | null;
  /** Units that a failure takes, and the part of failures that take it. */
  quantity: number;
  probability: number;
}

/** Which stream a machine's demand belongs to: one alone. */
export type Stream = 'planned' | 'alarmed' | 'quiet' | 'unwatched';

export interface MachineOutlook {
  machine: string;
  stream: Stream;
  /** Chance that the part is taken at all within the horizon. */
  taken: number;
  /** Chances of taking it 0, 1, 2 times. */
  times: readonly [number, number, number];
  quantity: number;
  probability: number;
}

const POINTS = 160;
const SHORTEST_DAYS = 1e-3;
const LEAST_LOG_DEVIATION = 0.05;
const FLOOR = 1e-6;

/** When a machine's part will be taken, as far as is known. */
export interface RemainingOutlook
  extends Pick<InstalledMachine, 'machine' | 'quantity' | 'probability' | 'plannedDays'> {
  stream: Exclude<Stream, 'planned'>;
  law: RemainingLaw;
  prior: Weibull;
}

/**
 * When a machine takes its part. Remaining life has a density of prior × likelihood: the prior is the Weibull law of the
 * part's life, given the age that it has reached; the likelihood is that of the alert, of how long it has stood and of
 * its estimate (lognormal about the true life), or of there being no alert, which is information as well.
 */
export function remainingOutlook(installed: InstalledMachine, prior: Weibull, foresight: Foresight): RemainingOutlook {
  const { machine, quantity, probability, plannedDays, watch } = installed;
  const law = remainingLaw(installed, prior, foresight);
  return { machine, quantity, probability, plannedDays, stream: watch.kind, law, prior };
}

/**
 * How often it is taken within a horizon. A part that was replaced lives anew, so it may be taken twice.
 * @param adjust what became of earlier chances of that stream, as a map from said to true.
 */
export function outlookWithin(
  { law, prior, stream, plannedDays, machine, quantity, probability }: RemainingOutlook,
  horizonDays: number,
  adjust: (stream: Stream, chance: number) => number = (_, chance) => chance,
): MachineOutlook {
  const its = { machine, quantity, probability };
  if (plannedDays !== null && plannedDays <= horizonDays)
    return { ...its, stream: 'planned', taken: 1, times: [0, 1, 0] };
  const [raw, rawTwice] = chancesWithin(law, prior, horizonDays);
  const taken = Math.min(1, Math.max(0, adjust(stream, raw)));
  const twice = raw > 0 ? (rawTwice / raw) * taken : 0;
  return { ...its, stream, taken, times: [1 - taken, taken - twice, twice] };
}

/** Both at once, for one horizon. */
export function machineOutlook(
  installed: InstalledMachine,
  prior: Weibull,
  foresight: Foresight,
  horizonDays: number,
  adjust?: (stream: Stream, chance: number) => number,
): MachineOutlook {
  return outlookWithin(remainingOutlook(installed, prior, foresight), horizonDays, adjust);
}

/** Remaining life in cells of days, each `step` of its logarithm wide; the middle of each, and its mass. */
interface RemainingLaw {
  days: Float64Array;
  mass: Float64Array;
  step: number;
}

function remainingLaw({ ageDays, watch }: InstalledMachine, prior: Weibull, foresight: Foresight): RemainingLaw {
  const longest = prior.scale * 30;
  const step = Math.log(longest / SHORTEST_DAYS) / POINTS;
  const days = Float64Array.from({ length: POINTS }, (_, i) => SHORTEST_DAYS * Math.exp((i + 0.5) * step));
  const left = survivalAfter(prior, ageDays);
  const likely = likelihoodOf(watch, foresight);
  let total = 0;
  let before = left(0);
  const mass = days.map((t, i) => {
    const after = i === POINTS - 1 ? 0 : left(SHORTEST_DAYS * Math.exp((i + 1) * step));
    const m = (before - after) * likely(t);
    before = after;
    total += m;
    return m;
  });
  // Nothing that is likely lies where the prior does: the estimate stands alone.
  if (!(total > 1e-300)) return { days, mass: alone(days, watch, foresight), step };
  return { days, mass: mass.map((m) => m / total), step };
}

function alone(days: Float64Array, watch: InstalledMachine['watch'], foresight: Foresight): Float64Array {
  const likely = likelihoodOf(watch, foresight);
  const mass = days.map(likely);
  const total = mass.reduce((a, b) => a + b, 0);
  if (total > 0) return mass.map((m) => m / total);
  // An estimate of no time at all.
  mass[0] = 1;
  return mass;
}

/** Chance that what has reached an age lives so many days more; of an unknown age, that of a part met at random. */
function survivalAfter(prior: Weibull, ageDays: number | null): (days: number) => number {
  if (ageDays !== null) {
    const reached = Math.max(1e-300, survival(prior, ageDays));
    return (days) => survival(prior, ageDays + days) / reached;
  }
  // The forward recurrence time of a renewal process: ∫ S / mean. Source: Cox, "Renewal Theory" (1962), §5.
  const steps = 2000;
  const width = (prior.scale * 10) / steps;
  const tail = new Float64Array(steps + 1);
  for (let i = steps - 1; i >= 0; i--) tail[i] = tail[i + 1] + survival(prior, (i + 0.5) * width) * width;
  return (days) => tail[Math.min(steps, Math.round(days / width))] / tail[0];
}

function likelihoodOf(watch: InstalledMachine['watch'], foresight: Foresight): (days: number) => number {
  const { detected, warningMedianDays, warningLogDeviation } = foresight;
  const shorter = (days: number) => normalCdf(Math.log(days / warningMedianDays) / warningLogDeviation);
  switch (watch.kind) {
    case 'unwatched':
      return () => 1;
    case 'quiet':
      // A failure that is t away has raised no alert: it is one of those that raise none, or its warning is shorter.
      return (days) => 1 - detected + detected * shorter(days);
    case 'alarmed': {
      const { life, sinceDays } = watch;
      // The whole warning will have been what has passed of it and what is left.
      const warning = (days: number) => normalShape((days + sinceDays) / warningMedianDays, warningLogDeviation);
      if (life === null) return (days) => warning(days) / (days + sinceDays);
      const { medianDays, logDeviation } = corrected(life, foresight);
      const median = Math.max(SHORTEST_DAYS, medianDays);
      const deviation = Math.max(LEAST_LOG_DEVIATION, logDeviation);
      // An alert that is far older than any before it is still there: the floor.
      return (days) => normalShape(median / days, deviation) * (warning(days) / (days + sinceDays) + FLOOR);
    }
  }
}

/** Shape of a lognormal law: 1 where the ratio to the median is 1. */
const normalShape = (ratio: number, deviation: number) => Math.exp(-((Math.log(ratio) / deviation) ** 2) / 2);

/** Chances of at least one and of two takings within a horizon; the mass of a cell lies evenly in it. */
function chancesWithin({ days, mass, step }: RemainingLaw, prior: Weibull, horizonDays: number): [number, number] {
  let [once, twice] = [0, 0];
  const half = Math.exp(step / 2);
  for (let i = 0; i < days.length; i++) {
    const from = i === 0 ? 0 : days[i] / half;
    if (from >= horizonDays) break;
    const part = Math.min(1, (horizonDays - from) / (days[i] * half - from));
    once += mass[i] * part;
    twice += mass[i] * part * (1 - survival(prior, Math.max(0, horizonDays - days[i])));
  }
  return [Math.min(1, once), Math.min(1, twice)];
}
