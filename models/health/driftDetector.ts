import type { Unit } from '#models/contracts/units.ts';
import { SLOW_FEATURES } from '#models/signal/slowFeatures.ts';
import { studentQuantileOf } from '#models/statistics/quantiles.ts';
import type { Detector, Score } from './detector.ts';
import { type DriftState, FRESH, KEYS } from './driftState.ts';
import { addExtreme, type Extremes, predictedExtreme } from './extremes.ts';
import { LoadRelation, RELATION_NUMBERS } from './loadRelation.ts';

export interface DriftSettings {
  skipWindows: number;
  /** Intervals without a verdict; limits continue to tighten for weeks afterwards. */
  learnWindows: number;
  /** No limit is narrower than this part of the level: a sensor that never moved must not get a zero limit. */
  floor: number;
}

export const DRIFT_DEFAULTS: DriftSettings = { skipWindows: 1, learnWindows: 12, floor: 0.01 };

/** Properties of a slow value that are known before it is measured. */
export interface DriftPoint {
  unit?: Unit;
  intervalS: number;
  /** False alerts allowed a month. */
  falseAlerts: number;
}

const EWMA_WEIGHT = 0.5;
const MEAN_COLUMN = SLOW_FEATURES.indexOf('mean');
/** Column of the machine's mean load, after the features; absent if unknown. */
const LOAD_COLUMN = SLOW_FEATURES.length;
/** A change is relative to the level of the last three minutes, over at least this many intervals. */
const REFERENCE_S = 180;
const MIN_REFERENCE = 6;
const MIN_CHANGES = 6;
/** Intervals are held back this long before learning, so that an incipient fault shows first. */
const QUARANTINE = 6;
/**
 * From this part of its limit on a temperature is considered to be rising: otherwise a slow rise would be learned from
 * its beginning and never reach the limit. Half the limit is more than noise for temperatures, but not for other
 * values.
 */
const ON_ITS_WAY = 0.5;
/** The reference restarts after a longer gap: the daily cycle has moved on. */
const STALE_MS = 600_000;
const DAY_MS = 86_400_000;
/** Minimum time of a day in one operating state to show its extremes. */
const MIN_DAY_MS = 3_600_000;
/** Weekdays and weekends must be covered before the machine's own extremes are representative. */
const WHOLE_CYCLE_DAYS = 7;
/** Temperatures follow the ambient air: by this much within minutes, and from one week to the next (K). */
export const WEATHER_K = 10;
/**
 * Before a whole cycle is covered: the ambient range that machines are rated for (IEC 60034-1, 6.2 and 6.4: 0 to 40 °C)
 * …
 */
const UNSEEN_K = 40;
/** … and for all other values this part of the observed range. */
const UNSEEN_PART = 0.4;
const DAYS_PER_MONTH = 30;
/** Prior weight of the scales of other values, in degrees of freedom. */
const PRIOR_DEGREES = 12;
const MAX_RHO = 0.99;

/** An interval that has not been learned from yet. */
interface PendingInterval {
  level: number;
  change: number;
  load: number;
  loadChange: number;
}
const WAITING_NUMBERS = 4;

interface ScoredInterval {
  index: number;
  /** Index of its change alone. */
  change: number;
  level: number;
  normal: number;
  /** Smoothed load; NaN: unknown. */
  load: number;
  /** It follows a gap: the reference restarts. */
  fresh: boolean;
}

/** First number of a snapshot: its layout version. */
const SNAPSHOT = 2.3;
const EXTREMES = 9;
const FIXED = 1 + KEYS.length + EXTREMES + RELATION_NUMBERS;

/**
 * Detects slow values that leave their baseline, by two statistics of the smoothed interval means; the larger index
 * counts.
 *
 * A **change** against the level of the last three minutes. Its limit is a Student prediction limit from the standard
 * deviation of that statistic, its effective number of independent values given autocorrelation, and the chance that
 * the false-alarm budget allows. It is wide after two minutes and tightens with every value. The part explained by a
 * change of load does not count.
 *
 * An **excursion** from the range of whole days. Before a week is covered its limit is the range that values of its
 * unit may reach unobserved; afterwards it is a Student prediction limit of the machine's own daily extremes.
 *
 * Beyond a limit nothing is learned and the reference is frozen, so that a persistent fault does not become normal. For
 * a temperature it is frozen from half the limit on, for at most the reference's length, so that a rise is compared
 * with the level before it.
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
  /**
   * Consecutive intervals on the way to the limit; not persisted, since a restart delays learning by minutes at most.
   */
  #held = 0;
  /** Oldest first. */
  #waiting: PendingInterval[] = [];
  readonly #load: LoadRelation;
  /** Daily extremes: highest and lowest level, largest change. */
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
    // At most for the reference's length: a new level below the limit is learned.
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

  /** A change beyond its limit is judged by what the load leaves unexplained, which is never more. */
  #changeIndex(change: number, load: number, limit: number): number {
    const index = Math.abs(change) / limit;
    if (index < 1) return index;
    const independent = this.#s.factorOf - PRIOR_DEGREES;
    const left = this.#load.unexplained(change, this.#load.change(load, MIN_REFERENCE), independent);
    return left ? Math.min(index, Math.abs(left.rest) / this.#changeLimit(left.deviation)) : index;
  }

  /** The change that the budget allows once; none until enough have been seen. @param deviation of changes. */
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

  /**
   * Recomputed only when the number of independent changes moves by a twentieth: the quantile costs more than the rest.
   */
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
