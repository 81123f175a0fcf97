import type { Flaw, PointLedger, Rejection } from '#models/contracts/ledger.ts';
import { isSilent, NO_ARRIVALS, stepArrival } from '#models/health/quality/arrivalTiming.ts';
import { NO_RHYTHM, type Rhythm, stepRhythm } from '#models/health/quality/gapWatch.ts';

/** Time synchronisation moves a clock by no more than this in operation. */
const ADJUSTED_US = 1e6;
/** Number of recent times that distinguish a duplicate from a late message. */
const RECENT_TIMES = 64;

export interface IntakeState {
  lastUs: number;
  recentUs: number[];
  ledger: PointLedger;
  rhythm?: Rhythm;
  /** The newest times of historical data. */
  historicalUs?: number[];
}

/** Accepts each message of a point once, in time order, and counts the outcome. */
export class Intake {
  readonly #state: IntakeState;
  /** Not kept across a restart: sixteen messages restore it. */
  #arrivals = NO_ARRIVALS;
  /** As `#arrivals`, for messages that were used. */
  #usableArrivals = NO_ARRIVALS;
  #refusal: Rejection | null = null;
  #silent = false;

  constructor(asset: string, point: string, state?: IntakeState) {
    this.#state = state ?? {
      lastUs: Number.NEGATIVE_INFINITY,
      recentUs: [],
      ledger: { asset, point, received: 0, delivered: 0, late: 0, duplicate: 0, held: 0, rejected: {}, windows: 0 },
    };
  }

  get state(): IntakeState {
    return this.#state;
  }

  get ledger(): PointLedger {
    return this.#state.ledger;
  }

  /** Time of the newest live message, ms since 1970; null before the first. */
  get newestMs(): number | null {
    const { lastUs } = this.#state;
    return lastUs === Number.NEGATIVE_INFINITY ? null : lastUs / 1000;
  }

  reject(reason: Rejection): void {
    const { ledger } = this.#state;
    ledger.received++;
    ledger.rejected[reason] = (ledger.rejected[reason] ?? 0) + 1;
  }

  /**
   * Assigns a time to a block without one: the end of the last block if the arrival is within one block length of it,
   * so that network jitter makes no gaps; else the arrival, but always after the last time.
   */
  assignTime(arrivalUs: number, durationUs: number, endUs: number | null): number {
    if (endUs !== null && Math.abs(arrivalUs - endUs) <= durationUs) return endUs;
    return Math.max(arrivalUs, this.#state.lastUs + 1);
  }

  /**
   * Records an arrival.
   * @param refusal why it was rejected; null if it was used.
   */
  recordArrival(nowMs: number, refusal: Rejection | null = null): void {
    this.#arrivals = stepArrival(this.#arrivals, nowMs);
    if (refusal !== null) {
      this.#refusal = refusal;
      return;
    }
    this.#usableArrivals = stepArrival(this.#usableArrivals, nowMs);
    this.#refusal = null;
    this.#silent = false;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** When usable data last arrived, and why later data were refused; reported once per silence. */
  checkSilence(nowMs: number): { sinceMs: number; refusal: Rejection | null } | null {
    if (this.#silent || !isSilent(this.#usableArrivals, nowMs)) return null;
    this.#silent = true;
    const sinceMs = this.#usableArrivals.lastMs;
    if (this.#refusal !== null && !isSilent(this.#arrivals, nowMs)) return { sinceMs, refusal: this.#refusal };
    this.countFlaw('silent');
    return { sinceMs, refusal: null };
  }

  countFlaw(flaw: Flaw): void {
    const { ledger } = this.#state;
    ledger.flaws ??= {};
    ledger.flaws[flaw] = (ledger.flaws[flaw] ?? 0) + 1;
  }

  /** The device's clock was set back: times from this one on count as new again. */
  rewind(timeUs: number): void {
    if (this.#state.lastUs < timeUs) return;
    this.#state.lastUs = timeUs - 1;
    this.#state.rhythm = NO_RHYTHM;
  }

  /** Rewinds if the time is further back than a clock is adjusted by in operation. */
  rewindFar(timeUs: number): void {
    if (this.#state.lastUs - timeUs > ADJUSTED_US) this.rewind(timeUs);
  }

  /**
   * As `admit`, for data that a device stored: they may be older than the newest, and do not affect the order and
   * rhythm of live data.
   */
  admitHistorical(timeUs: number): boolean {
    this.#state.historicalUs ??= [];
    const { ledger, recentUs, historicalUs } = this.#state;
    ledger.received++;
    if (recentUs.includes(timeUs) || historicalUs.includes(timeUs)) {
      ledger.duplicate++;
      return false;
    }
    historicalUs.push(timeUs);
    if (historicalUs.length > RECENT_TIMES) historicalUs.splice(0, RECENT_TIMES / 2);
    ledger.delivered++;
    ledger.historical = (ledger.historical ?? 0) + 1;
    return true;
  }

  /** Whether a message of this time is new; counts it either way. */
  admit(timeUs: number): boolean {
    const { ledger, recentUs } = this.#state;
    ledger.received++;
    if (timeUs > this.#state.lastUs) {
      this.#state.lastUs = timeUs;
      recentUs.push(timeUs);
      if (recentUs.length > RECENT_TIMES) recentUs.splice(0, RECENT_TIMES / 2);
      ledger.delivered++;
      const { rhythm, gap } = stepRhythm(this.#state.rhythm ?? NO_RHYTHM, timeUs);
      this.#state.rhythm = rhythm;
      if (gap) this.countFlaw('gap');
      return true;
    }
    if (recentUs.includes(timeUs)) ledger.duplicate++;
    else ledger.late++;
    return false;
  }
}
