import { type BudgetState, NO_BUDGET, stepBudget, stepReturns, withBudget } from '#models/alerting/alarmBudget.ts';
import type { Detector, Score } from '#models/health/detector.ts';
import type { Placed } from '#models/health/operatingStates.ts';

export interface StateDetectorsState {
  detectors: { key: number; detector: Float64Array; budget: BudgetState }[];
}

/** The detector while the machine is run in one way, or its states are not told yet. */
const ONE = -1;
/** Ways of running; the one that was used longest ago is forgotten. */
const MOST_KEPT = 16;

const BETWEEN: Score = {
  assessable: false,
  reason: 'the machine is between its operating states, or in a new one',
  remedy: 'assessed in a state that it knows; a new one is learned when it lasts',
};
const STOPPED: Score = {
  assessable: false,
  reason: 'the machine stands still',
  remedy: 'assessed when it runs',
};

/** What a point kept before there were states: its one detector. */
export function ofOne(detector: Float64Array | undefined): StateDetectorsState | undefined {
  return detector && { detectors: [{ key: ONE, detector, budget: NO_BUDGET }] };
}

/** The detectors of one point, one for each way in which its machine is run, each with its own false-alarm budget. */
export class StateDetectors {
  readonly #make: (snapshot?: Float64Array) => Detector;
  readonly #falseAlerts: number;
  readonly #of = new Map<number, { detector: Detector; budget: BudgetState }>();

  /** @param falseAlerts that this point may bring in a month. */
  constructor(make: (snapshot?: Float64Array) => Detector, falseAlerts: number, state?: StateDetectorsState) {
    this.#make = make;
    this.#falseAlerts = falseAlerts;
    for (const { key, detector, budget } of state?.detectors ?? [])
      this.#of.set(key, { detector: make(detector), budget });
  }

  /** What the detector of the state that the machine is in knows now; null where there is none. */
  snapshot(placed: Placed): Float64Array | null {
    return this.#of.get(keyOf(placed))?.detector.snapshot() ?? null;
  }

  /** Judges a row by the state that the machine is in, and learns from it. @param alerted what alerts is not learned from. */
  judge(row: readonly number[], placed: Placed, timeMs: number, alerted: boolean): Score {
    if (placed.kind === 'between') return BETWEEN;
    if (placed.kind === 'state' && placed.stopped) return STOPPED;
    const key = keyOf(placed);
    // What was learned before its speeds were told apart is that of the first one.
    const before = key < ONE ? this.#of.get(ONE) : undefined;
    const own = this.#of.get(key) ?? before ?? { detector: this.#make(), budget: NO_BUDGET };
    // What was learned before its states were told is nobody's normal.
    for (const other of this.#of.keys()) if (key >= 0 ? other < 0 : other === ONE) this.#of.delete(other);
    // The one that was used last stands last.
    this.#of.delete(key);
    this.#of.set(key, own);
    if (this.#of.size > MOST_KEPT) this.#of.delete(this.#of.keys().next().value as number);
    const score = own.detector.score(row, timeMs);
    own.detector.learn(row, timeMs);
    if (!score.assessable) return score;
    own.budget = stepReturns(own.budget, score.index, alerted, timeMs, this.#falseAlerts);
    if (!alerted) own.budget = stepBudget(own.budget, score.index, timeMs, this.#falseAlerts);
    return withBudget(score, own.budget);
  }

  state(): StateDetectorsState {
    return {
      detectors: [...this.#of].map(([key, { detector, budget }]) => ({ key, detector: detector.snapshot(), budget })),
    };
  }
}

/** States from 0 on; below ONE the bands of speed of a machine of one state. */
function keyOf(placed: Placed): number {
  if (placed.kind === 'state') return placed.state;
  return placed.kind === 'one' && placed.speed !== undefined ? ONE - 1 - placed.speed : ONE;
}
