import type { Unit } from '#models/contracts/units.ts';
import { SLOW_FEATURES } from '#models/signal/slowFeatures.ts';
import { studentQuantileOf } from '#models/statistics/quantiles.ts';
import type { Detector, Score } from './detector.ts';
import { type DriftState, FRESH, KEYS } from './driftState.ts';
import { addExtreme, type Extremes, predictedExtreme } from './extremes.ts';
import { LoadRelation, RELATION_NUMBERS } from './loadRelation.ts';

export interface DriftSettings {
  skipWindows: number;
  /** Intervals without a verdict; limits go on tightening for weeks after them. */
  learnWindows: number;
  /** No limit is narrower than this part of the level: a sensor that never moves is not a strict one. */
  floor: number;
}

export const DRIFT_DEFAULTS: DriftSettings = { skipWindows: 1, learnWindows: 12, floor: 0.01 };

/** What is known of a slow value before any of it was measured. */
export interface DriftPoint {
  unit?: Unit;
  intervalS: number;
  /** False alerts that it may bring in a month. */
  falseAlerts: number;
}

const EWMA_WEIGHT = 0.5;
const MEAN_COLUMN = SLOW_FEATURES.indexOf('mean');
/** After the features: the mean load of the machine, where it is known. */
const LOAD_COLUMN = SLOW_FEATURES.length;
/** A change is judged against the level of the last three minutes, and of at least so many intervals. */
const REFERENCE_S = 180;
const MIN_REFERENCE = 6;
const MIN_CHANGES = 6;
/** So many intervals are learned from only when a fault that creeps in would have shown. */
const QUARANTINE = 6;
/**
 * From this part of its limit on a temperature is on its way: else a rise would teach its own beginning, and never arrive.
 * Half of its limit is more than noise; of other values it is not.
 */
const ON_ITS_WAY = 0.5;
/** After a longer gap the reference restarts: the daily cycle has moved on. */
const STALE_MS = 600_000;
const DAY_MS = 86_400_000;
/** Less than this of a day, in one operating state, does not show its extremes. */
const MIN_DAY_MS = 3_600_000;
/** Weekdays and weekends have to be covered before the machine's own extremes stand for what it does. */
const WHOLE_CYCLE_DAYS = 7;
/** Temperatures follow the air: by so much within minutes, and from one week to the next (K). */
export const WEATHER_K = 10;
/** Before a whole cycle was covered: the range of the air for which machines are rated (IEC 60034-1, 6.2 and 6.4: 0 to 40 °C) … */
const UNSEEN_K = 40;
/** … and of all other values this part of what was seen. */
const UNSEEN_PART = 0.4;
const DAYS_PER_MONTH = 30;
/** What the scales of other values tell of this one before it has been measured, in degrees of freedom. */
const PRIOR_DEGREES = 12;
const MAX_RHO = 0.99;

/** An interval that is not learned from yet. */
interface PendingInterval {
  level: number;
  change: number;
  load: number;
  loadChange: number;
}
const WAITING_NUMBERS = 4;

interface ScoredInterval {
  index: number;
  /** The index of its change alone. */
  change: number;
  level: number;
  normal: number;
  /** Smoothed load; NaN: not known. */
  load: number;
  /** It came after a gap: the reference begins anew. */
  fresh: boolean;
}

/** First number of a snapshot: its shape. */
const SNAPSHOT = 2.3;
const EXTREMES = 9;
const FIXED = 1 + KEYS.length + EXTREMES + RELATION_NUMBERS;

/**
 * Slow values that leave their normal, by two statistics of the smoothed interval means; the larger index counts.
 *
 * A **change** against the level of the last three minutes. Its limit is a Student prediction limit: the standard deviation
 * of that very statistic, the number of independent values that its autocorrelation leaves, the chance that the
 * false-alarm budget allows. It is wide after two minutes and tightens with every value. What a change of the machine's
 * load explains of it does not count.
 *
 * An **excursion** from the range of whole days. Before a week was covered its limit is what values of its unit may do
 * unseen; afterwards it is a Student prediction limit of the machine's own daily extremes.
 *
 * Nothing is learned beyond a limit, and the reference stands still there: a fault that lasts does not become normal.
 * Of a temperature it waits from half the limit on, as long as the reference lasts: a rise is compared with what was before.
 */
export class DriftDetector implements Detector {
  readonly #settings: DriftSettings;
  readonly #intervalMs: number;
  readonly #referenceOf: number;
  readonly #perDay: number;
  readonly #falseAlerts: number;
  readonly #isTemperature: boolean;
  readonly #s: DriftState;
  /** The result of `score` for a row, since `learn` follows with the same row. */
  #scored: { row: readonly number[]; judged: ScoredInterval } | null = null;
  /** Intervals in a row on the way to its limit; not kept, since a restart delays what is learned by minutes at most. */
  #held = 0;
  /** Oldest first. */
  #waiting: PendingInterval[] = [];
  readonly #load: LoadRelation;
  /** Of whole days: highest and lowest level, largest change. */
  readonly #high: Extremes;
  readonly #low: Extremes;
  readonly #change: Extremes;

  constructor(settings: DriftSettings, { unit, intervalS, falseAlerts }: DriftPoint, snapshot?: Float64Array) {
    this.#settings = settings;
    this.#intervalMs = intervalS * 1000;
    this.#referenceOf = Math.max(MIN_REFERENCE, REFERENCE_S / intervalS);
    this.#perDay = DAY_MS / this.#intervalMs;
    this.#falseAlerts = falseAlerts;
    this.#isTemperature = unit === 'degC';
    // A snapshot of another shape is from an earlier release: its baseline is relearned.
    const known = snapshot && snapshot.length >= FIXED && snapshot[0] === SNAPSHOT ? snapshot : null;
    this.#s = { ...FRESH };
    const [high, low, change] = [0, 3, 6].map((from) => {
      const [n, mean, power] = known ? known.subarray(1 + KEYS.length + from) : [0, 0, 0];
      return { n, mean, power };
    });
    [this.#high, this.#low, this.#change] = [high, low, change];
    this.#load = new LoadRelation(known?.subarray(FIXED - RELATION_NUMBERS, FIXED));
    if (!known) return;
    for (const [i, key] of KEYS.entries()) this.#s[key] = known[1 + i];
    for (let i = FIXED; i < known.length; i += WAITING_NUMBERS) {
      const [level, change, load, loadChange] = known.subarray(i);
      this.#waiting.push({ level, change, load, loadChange });
    }
  }

  score(row: readonly number[], timeMs = this.#s.lastMs + this.#intervalMs): Score {
    const { skipWindows, learnWindows } = this.#settings;
    const left = skipWindows + learnWindows - this.#s.seen;
    if (left > 0) {
      return { assessable: false, reason: 'learning what is normal for this value', remedy: `${left} more intervals` };
    }
    if (this.#changeLimit() === 0) {
      return {
        assessable: false,
        reason: 'the value stood at zero while it was learned',
        remedy: 'relearn it while the machine runs',
      };
    }
    const judged = this.#judge(row, timeMs);
    this.#scored = { row, judged };
    const { index, level, normal } = judged;
    return { assessable: true, index, contributions: [{ feature: 'mean', value: level, normal }] };
  }

  learn(row: readonly number[], timeMs = this.#s.lastMs + this.#intervalMs): void {
    const s = this.#s;
    const { skipWindows, learnWindows } = this.#settings;
    const {
      index,
      change: changed,
      level,
      load,
      fresh,
    } = this.#scored?.row === row ? this.#scored.judged : this.#judge(row, timeMs);
    this.#scored = null;
    s.seen++;
    s.lastMs = timeMs;
    s.level = level;
    this.#load.observe(load);
    if (s.seen <= skipWindows) return;
    const learned = s.seen > skipWindows + learnWindows;
    s.disputed = learned && index >= 1 ? 1 : 0;
    if (s.disputed) return;
    // No longer than a reference lasts: a new level is learned where it stays short of the limit.
    this.#held = learned && this.#isTemperature && changed >= ON_ITS_WAY ? this.#held + 1 : 0;
    if (this.#held > 0 && this.#held <= this.#referenceOf) return;
    if (fresh) {
      s.referenceOf = 0;
      this.#waiting = [];
      this.#load.startOver();
    }
    const change = s.referenceOf >= MIN_REFERENCE ? level - s.reference : Number.NaN;
    this.#waiting.push({ level, change, load, loadChange: this.#load.change(load, MIN_REFERENCE) });
    if (learned && this.#waiting.length <= QUARANTINE) return;
    const settled = this.#waiting.shift() as PendingInterval;
    this.#turnDay(timeMs);
    this.#load.learn(settled.load, settled.change, settled.loadChange, {
      reference: this.#referenceOf,
      week: WHOLE_CYCLE_DAYS * this.#perDay,
    });
    this.#learnChange(settled.change);
    this.#learnLevel(settled.level);
  }

  snapshot(): Float64Array {
    const extremes = [this.#high, this.#low, this.#change].flatMap(({ n, mean, power }) => [n, mean, power]);
    const waiting = this.#waiting.flatMap(({ level, change, load, loadChange }) => [level, change, load, loadChange]);
    return Float64Array.from([
      SNAPSHOT,
      ...KEYS.map((key) => this.#s[key]),
      ...extremes,
      ...this.#load.snapshot(),
      ...waiting,
    ]);
  }

  #judge(row: readonly number[], timeMs: number): ScoredInterval {
    const s = this.#s;
    const mean = row[MEAN_COLUMN];
    const fresh =
      s.seen > 0 && s.disputed === 0 && timeMs - s.lastMs > Math.max(STALE_MS, MIN_REFERENCE * this.#intervalMs);
    const level = s.seen === 0 || fresh ? mean : s.level + EWMA_WEIGHT * (mean - s.level);
    const load = this.#load.smoothed(row[LOAD_COLUMN], EWMA_WEIGHT, fresh);
    const limit = this.#changeLimit();
    const change = fresh || s.referenceOf < MIN_REFERENCE ? 0 : this.#changeIndex(level - s.reference, load, limit);
    const excursion = this.#excursion(level, limit);
    return change >= excursion.index
      ? { index: change, change, level, normal: s.reference, load, fresh }
      : { ...excursion, change, level, load, fresh };
  }

  /** Over its limit a change is judged by what the load leaves of it, which is never more. */
  #changeIndex(change: number, load: number, limit: number): number {
    const index = Math.abs(change) / limit;
    if (index < 1) return index;
    const independent = this.#s.factorOf - PRIOR_DEGREES;
    const left = this.#load.unexplained(change, this.#load.change(load, MIN_REFERENCE), independent);
    return left ? Math.min(index, Math.abs(left.rest) / this.#changeLimit(left.deviation)) : index;
  }

  /** The change that the budget allows once; none before some were seen. @param deviation of changes. */
  #changeLimit(deviation = Math.sqrt(this.#s.square)): number {
    const { changes, factor, reference, ownChange } = this.#s;
    if (changes < MIN_CHANGES) return Number.POSITIVE_INFINITY;
    const noise = factor * deviation;
    if (this.#isTemperature) return Math.max(noise + WEATHER_K, ownChange);
    return Math.max(noise, this.#settings.floor * Math.abs(reference), ownChange);
  }

  #excursion(level: number, margin: number): { index: number; normal: number } {
    const { centre, centreOf, ownHigh, ownLow } = this.#s;
    if (centreOf === 0) return { index: 0, normal: level };
    const unseen = this.#isTemperature ? UNSEEN_K : UNSEEN_PART * Math.abs(centre);
    if (this.#high.n < WHOLE_CYCLE_DAYS) {
      const limit = Math.max(unseen, margin);
      return { index: limit > 0 ? Math.abs(level - centre) / limit : 0, normal: centre };
    }
    const normal = (this.#high.mean + this.#low.mean) / 2;
    const high = ownHigh + margin - normal;
    const low = normal - ownLow + margin;
    return { index: level >= normal ? (level - normal) / high : (normal - level) / low, normal };
  }

  #learnChange(change: number): void {
    if (Number.isNaN(change)) return;
    const s = this.#s;
    s.changes++;
    const weight = 1 / Math.min(s.changes, WHOLE_CYCLE_DAYS * this.#perDay);
    s.square += weight * (change * change - s.square);
    s.product += weight * (change * s.last - s.product);
    s.last = change;
    s.dayChange = Math.max(s.dayChange, Math.abs(change));
    this.#adjustFactor();
  }

  /** Where the number of independent changes has moved by a twentieth: the quantile costs more than all the rest. */
  #adjustFactor(): void {
    const s = this.#s;
    const rho = s.square > 0 ? Math.min(MAX_RHO, Math.max(0, s.product / s.square)) : 0;
    const part = (1 - rho) / (1 + rho);
    const independent = PRIOR_DEGREES + s.changes * part;
    if (Math.abs(independent - s.factorOf) <= s.factorOf / 20) return;
    const looksPerMonth = DAYS_PER_MONTH * this.#perDay * part;
    const chance = Math.min(0.01, this.#falseAlerts / looksPerMonth / 2);
    s.factorOf = independent;
    s.factor = studentQuantileOf(1 - chance, independent) * Math.sqrt(1 + 1 / independent);
  }

  #learnLevel(level: number): void {
    const s = this.#s;
    s.referenceOf++;
    s.reference += (level - s.reference) / Math.min(s.referenceOf, this.#referenceOf);
    s.centreOf++;
    s.centre += (level - s.centre) / Math.min(s.centreOf, this.#perDay);
    s.dayHigh = s.dayOf === 0 ? level : Math.max(s.dayHigh, level);
    s.dayLow = s.dayOf === 0 ? level : Math.min(s.dayLow, level);
    s.dayOf++;
  }

  #turnDay(timeMs: number): void {
    const s = this.#s;
    const day = Math.floor(timeMs / DAY_MS);
    if (day === s.day) return;
    if (s.dayOf * this.#intervalMs >= MIN_DAY_MS) {
      addExtreme(this.#high, s.dayHigh);
      addExtreme(this.#low, s.dayLow);
      addExtreme(this.#change, s.dayChange);
      if (this.#change.n >= WHOLE_CYCLE_DAYS) {
        const chance = Math.min(0.01, this.#falseAlerts / DAYS_PER_MONTH / 3);
        s.ownChange = predictedExtreme(this.#change, chance, 1);
        s.ownHigh = predictedExtreme(this.#high, chance, 1);
        s.ownLow = predictedExtreme(this.#low, chance, -1);
      }
    }
    Object.assign(s, { day, dayOf: 0, dayChange: 0 });
  }
}
