import { normalCdf } from '#models/statistics/quantiles.ts';
import { corrected, type Foresight, type LifeEstimate } from './foresight.ts';
import { furtherTimes, type Renewals, renewalsOf } from './renewals.ts';
import { survival, type Weibull } from './weibull.ts';

/** What is known of one machine and one part that it uses. */
export interface InstalledMachine {
  machine: string;
  /** Since the part was last replaced; null: no record. */
  ageDays: number | null;
  /** `alarmed`: an alert that a failure of this part would explain; `quiet`: watched, and no such alert. */
  watch: { kind: 'unwatched' } | { kind: 'quiet' } | { kind: 'alarmed'; sinceDays: number; life: LifeEstimate | null };
  /** Work that will replace the part, and how many of it; null: none is planned. */
  planned: { days: number; quantity: number } | null;
  /** Units per failure, and the share of failures that need the part. */
  quantity: number;
  probability: number;
}

/** The one stream that a machine's demand belongs to. */
export type Stream = 'planned' | 'alarmed' | 'quiet' | 'unwatched';

export interface MachineOutlook {
  machine: string;
  stream: Stream;
  /** Chance that the part is replaced at all within the horizon. */
  taken: number;
  /** Chances of replacing it 0, 1, 2 … times, without planned work. */
  times: readonly number[];
  quantity: number;
  probability: number;
  /** Units that planned work will use. */
  plannedUnits: number;
}

const POINTS = 160;
const SHORTEST_DAYS = 1e-3;
const MIN_LOG_DEVIATION = 0.05;
const FLOOR = 1e-6;

/** Distribution of the time until a machine's part is replaced. */
export interface RemainingOutlook extends Pick<InstalledMachine, 'machine' | 'quantity' | 'probability' | 'planned'> {
  stream: Exclude<Stream, 'planned'>;
  law: RemainingLaw;
  prior: Weibull;
}

/**
 * Distribution of the time until a machine's part is replaced. Remaining life has a density of prior × likelihood: the
 * prior is the Weibull distribution of the part's life, given its age; the likelihood is that of the alert, from its
 * age and its estimate (lognormal about the true life), or of the absence of an alert, which is information as well.
 */
export function remainingOutlook(installed: InstalledMachine, prior: Weibull, foresight: Foresight): RemainingOutlook {
  const { machine, quantity, probability, planned, watch } = installed;
  const law = remainingLaw(installed, prior, foresight);
  return { machine, quantity, probability, planned, stream: watch.kind, law, prior };
}

/**
 * How often a part is replaced within a horizon. A replaced part starts a new life, so it may be replaced repeatedly.
 * @param adjust recalibration of the chances of that stream, from its earlier outcomes.
 */
export function outlookWithin(
  { law, prior, stream, planned, machine, quantity, probability }: RemainingOutlook,
  horizonDays: number,
  adjust: (stream: Stream, chance: number) => number = (_, chance) => chance,
): MachineOutlook {
  const its = { machine, quantity, probability };
  const renewals = renewalsOf(prior, horizonDays);
  if (planned !== null && planned.days <= horizonDays) {
    const times = furtherTimes(renewals, horizonDays, horizonDays - planned.days);
    return { ...its, stream: 'planned', taken: 1, times, plannedUnits: planned.quantity };
  }
  const raw = timesWithin(law, renewals, horizonDays);
  const once = 1 - raw[0];
  const taken = Math.min(1, Math.max(0, adjust(stream, once)));
  const scale = once > 0 ? taken / once : 0;
  return { ...its, stream, taken, times: raw.map((p, n) => (n === 0 ? 1 - taken : p * scale)), plannedUnits: 0 };
}

/** Both functions at once, for one horizon. */
export function machineOutlook(
  installed: InstalledMachine,
  prior: Weibull,
  foresight: Foresight,
  horizonDays: number,
  adjust?: (stream: Stream, chance: number) => number,
): MachineOutlook {
  return outlookWithin(remainingOutlook(installed, prior, foresight), horizonDays, adjust);
}

/** Remaining life in cells of days, each `step` of its logarithm wide: the middle and the mass of each. */
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
  // The estimate contradicts the prior: use the estimate alone.
  if (!(total > 1e-300)) return { days, mass: alone(days, watch, foresight), step };
  return { days, mass: mass.map((m) => m / total), step };
}

function alone(days: Float64Array, watch: InstalledMachine['watch'], foresight: Foresight): Float64Array {
  const likely = likelihoodOf(watch, foresight);
  const mass = days.map(likely);
  const total = mass.reduce((a, b) => a + b, 0);
  if (total > 0) return mass.map((m) => m / total);
  // The estimate is no time at all.
  mass[0] = 1;
  return mass;
}

/**
 * Probability that a part of a given age survives `days` more; for an unknown age, of a part observed at a random time.
 */
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
  return (days) => {
    const at = Math.min(steps - 1, Math.floor(days / width));
    const part = Math.min(1, days / width - at);
    return ((1 - part) * tail[at] + part * tail[at + 1]) / tail[0];
  };
}

function likelihoodOf(watch: InstalledMachine['watch'], foresight: Foresight): (days: number) => number {
  const { detected, warningMedianDays, warningLogDeviation } = foresight;
  const shorter = (days: number) => normalCdf(Math.log(days / warningMedianDays) / warningLogDeviation);
  switch (watch.kind) {
    case 'unwatched':
      return () => 1;
    case 'quiet':
      // A failure that is t away has raised no alert: either it raises none, or its warning is shorter.
      return (days) => 1 - detected + detected * shorter(days);
    case 'alarmed': {
      const { life, sinceDays } = watch;
      // The whole warning time is what has passed of it and what is left.
      const warning = (days: number) => normalShape((days + sinceDays) / warningMedianDays, warningLogDeviation);
      if (life === null) return (days) => warning(days) / (days + sinceDays);
      const { medianDays, logDeviation } = corrected(life, foresight);
      const median = Math.max(SHORTEST_DAYS, medianDays);
      const deviation = Math.max(MIN_LOG_DEVIATION, logDeviation);
      // The floor keeps an alert possible that is far older than any before it.
      return (days) => normalShape(median / days, deviation) * (warning(days) / (days + sinceDays) + FLOOR);
    }
  }
}

/** Shape of a lognormal density: 1 where the ratio to the median is 1. */
const normalShape = (ratio: number, deviation: number) => Math.exp(-((Math.log(ratio) / deviation) ** 2) / 2);

/** Chances of 0, 1, 2 … replacements within a horizon; the mass of a cell of remaining life is spread evenly over it. */
function timesWithin({ days, mass, step }: RemainingLaw, renewals: Renewals, horizonDays: number): number[] {
  const times: number[] = [1, 0];
  const half = Math.exp(step / 2);
  for (let i = 0; i < days.length; i++) {
    const from = i === 0 ? 0 : days[i] / half;
    if (from >= horizonDays) break;
    const part = mass[i] * Math.min(1, (horizonDays - from) / (days[i] * half - from));
    if (part === 0) continue;
    times[0] -= part;
    furtherTimes(renewals, horizonDays, Math.max(0, horizonDays - days[i])).forEach((p, n) => {
      times[n + 1] = (times[n + 1] ?? 0) + part * p;
    });
  }
  times[0] = Math.max(0, times[0]);
  return times;
}
