import type { Flaw, PointLedger, Rejection } from '#models/contracts/ledger.ts';
import { NO_RHYTHM, type Rhythm, stepRhythm } from '#models/health/quality/gapWatch.ts';
import { hear, isSilent, NOT_HEARD } from '#models/health/quality/silence.ts';

/** Times by which a duplicate is told from a late one. */
const REMEMBERED = 64;

export interface IntakeState {
  lastUs: number;
  recentUs: number[];
  ledger: PointLedger;
  rhythm?: Rhythm;
  /** The newest times of what was stored and sent later. */
  historicalUs?: number[];
}

/** Takes each message of a point once, in the order of its times, and counts what became of it. */
export class Intake {
  readonly #state: IntakeState;
  /** Not kept across a restart: it is known again after sixteen messages. */
  #hearing = NOT_HEARD;
  /** The same of what was used. */
  #using = NOT_HEARD;
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

  reject(reason: Rejection): void {
    const { ledger } = this.#state;
    ledger.received++;
    ledger.rejected[reason] = (ledger.rejected[reason] ?? 0) + 1;
  }

  /**
   * A time for a block that its device did not stamp: the end of the last block where the arrival fits that by a block's
   * length, so that the network's jitter makes no gaps; else the arrival, but never before what has been.
   */
  place(arrivalUs: number, durationUs: number, endUs: number | null): number {
    if (endUs !== null && Math.abs(arrivalUs - endUs) <= durationUs) return endUs;
    return Math.max(arrivalUs, this.#state.lastUs + 1);
  }

  /** Something of this point arrived. @param refusal why it was not used. */
  heard(nowMs: number, refusal: Rejection | null = null): void {
    this.#hearing = hear(this.#hearing, nowMs);
    if (refusal !== null) {
      this.#refusal = refusal;
      return;
    }
    this.#using = hear(this.#using, nowMs);
    this.#refusal = null;
    this.#silent = false;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** Since when nothing arrived that could be used, and why what arrived could not; once. */
  fellSilent(nowMs: number): { sinceMs: number; refusal: Rejection | null } | null {
    if (this.#silent || !isSilent(this.#using, nowMs)) return null;
    this.#silent = true;
    const sinceMs = this.#using.lastMs;
    if (this.#refusal !== null && !isSilent(this.#hearing, nowMs)) return { sinceMs, refusal: this.#refusal };
    this.flaw('silent');
    return { sinceMs, refusal: null };
  }

  /** Counts what was wrong with data that were taken. */
  flaw(flaw: Flaw): void {
    const { ledger } = this.#state;
    ledger.flaws ??= {};
    ledger.flaws[flaw] = (ledger.flaws[flaw] ?? 0) + 1;
  }

  /** A device's clock was set back: what comes from this time on is new again. */
  rewind(timeUs: number): void {
    if (this.#state.lastUs < timeUs) return;
    this.#state.lastUs = timeUs - 1;
    this.#state.rhythm = NO_RHYTHM;
  }

  /** The same of what a device stored: it may be older than the newest, and leaves order and rhythm of live data alone. */
  admitHistorical(timeUs: number): boolean {
    this.#state.historicalUs ??= [];
    const { ledger, recentUs, historicalUs } = this.#state;
    ledger.received++;
    if (recentUs.includes(timeUs) || historicalUs.includes(timeUs)) {
      ledger.duplicate++;
      return false;
    }
    historicalUs.push(timeUs);
    if (historicalUs.length > REMEMBERED) historicalUs.splice(0, REMEMBERED / 2);
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
      if (recentUs.length > REMEMBERED) recentUs.splice(0, REMEMBERED / 2);
      ledger.delivered++;
      const { rhythm, gap } = stepRhythm(this.#state.rhythm ?? NO_RHYTHM, timeUs);
      this.#state.rhythm = rhythm;
      if (gap) this.flaw('gap');
      return true;
    }
    if (recentUs.includes(timeUs)) ledger.duplicate++;
    else ledger.late++;
    return false;
  }
}
