import { type BudgetState, NO_BUDGET, stepBudget, stepReturns, withBudget } from '#models/alerting/alarmBudget.ts';
import type { Detector, Score } from '#models/health/detector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';

export interface StateDetectorsState {
  detectors: { key: number; detector: Float64Array; budget: BudgetState }[];
}

/** Key of the detector while a machine has one operating state, or its states are still being learned. */
const SINGLE_STATE = -1;
/** Limit on detectors; the least recently used is dropped. */
const MAX_KEPT = 16;

const BETWEEN: Score = {
  assessable: false,
  reason: 'the machine is between its operating states, or in a new one',
  remedy: 'assessed in a known state; a new one is learned if it lasts',
};
const STOPPED: Score = {
  assessable: false,
  reason: 'the machine stands still',
  remedy: 'assessed when it runs',
};

/** Converts a state stored before there were operating states: one detector per point. */
export function fromSingleDetector(detector: Float64Array | undefined): StateDetectorsState | undefined {
  return detector && { detectors: [{ key: SINGLE_STATE, detector, budget: NO_BUDGET }] };
}

/** The detectors of one point, one per operating state or speed band, each with its own false-alarm budget. */
export class StateDetectors {
  readonly #createDetector: (snapshot?: Float64Array) => Detector;
  readonly #falseAlerts: number;
  readonly #byState = new Map<number, { detector: Detector; budget: BudgetState }>();

  /** @param falseAlerts false-alarm budget of this point per month. */
  constructor(createDetector: (snapshot?: Float64Array) => Detector, falseAlerts: number, state?: StateDetectorsState) {
    this.#createDetector = createDetector;
    this.#falseAlerts = falseAlerts;
    for (const { key, detector, budget } of state?.detectors ?? [])
      this.#byState.set(key, { detector: createDetector(detector), budget });
  }

  /** The snapshot of the current state's detector; null if there is none. */
  snapshot(assignment: StateAssignment): Float64Array | null {
    return this.#byState.get(keyOf(assignment))?.detector.snapshot() ?? null;
  }

  /**
   * Scores a row by the detector of the current operating state, which then learns from it.
   * @param isAlerted whether an alert is on: its rows do not count as normal for the false-alarm budget.
   */
  judge(row: readonly number[], assignment: StateAssignment, timeMs: number, isAlerted: boolean): Score {
    if (assignment.kind === 'between') return BETWEEN;
    if (assignment.kind === 'state' && assignment.stopped) return STOPPED;
    const key = keyOf(assignment);
    // What was learned before any speed was known belongs to the first speed band.
    const before = key < SINGLE_STATE ? this.#byState.get(SINGLE_STATE) : undefined;
    const entry = this.#byState.get(key) ?? before ?? { detector: this.#createDetector(), budget: NO_BUDGET };
    // A baseline learned before its states were known belongs to none of them.
    for (const other of this.#byState.keys())
      if (key >= 0 ? other < 0 : other === SINGLE_STATE) this.#byState.delete(other);
    // Keeps the map in order of use, the latest last.
    this.#byState.delete(key);
    this.#byState.set(key, entry);
    if (this.#byState.size > MAX_KEPT) this.#byState.delete(this.#byState.keys().next().value as number);
    const score = entry.detector.score(row, timeMs);
    entry.detector.learn(row, timeMs);
    if (!score.assessable) return score;
    entry.budget = stepReturns(entry.budget, score.index, isAlerted, timeMs, this.#falseAlerts);
    if (!isAlerted) entry.budget = stepBudget(entry.budget, score.index, timeMs, this.#falseAlerts);
    return withBudget(score, entry.budget);
  }

  state(): StateDetectorsState {
    return {
      detectors: [...this.#byState].map(([key, { detector, budget }]) => ({
        key,
        detector: detector.snapshot(),
        budget,
      })),
    };
  }
}

/** States from 0 on; below SINGLE_STATE the speed bands of a machine with one state. */
function keyOf(current: StateAssignment): number {
  if (current.kind === 'state') return current.state;
  return current.kind === 'one' && current.speed !== undefined ? SINGLE_STATE - 1 - current.speed : SINGLE_STATE;
}
