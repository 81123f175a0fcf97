import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { ScalarBlock } from '#models/contracts/sampleBlock.ts';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import type { Score } from '#models/health/detector.ts';
import { DriftDetector, type DriftSettings } from '#models/health/driftDetector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import { isPossible } from '#models/health/quality/plausible.ts';
import { NOT_STUCK, type StuckState, slowFlaw, stepStuck } from '#models/health/quality/slowFlaw.ts';
import { NO_SPIKES, type SpikeState, stepSpikes, type TimedValue } from '#models/health/quality/spikeGate.ts';
import { unfit } from '#models/health/quality/unfit.ts';
import type { Point } from '#models/machine/asset.ts';
import { SLOW_FEATURES, slowFeatures } from '#models/signal/slowFeatures.ts';
import type { PointAssessment, ValuesInputs } from '../assessment/pointAssessment.ts';
import { fromSingleDetector, StateDetectors, type StateDetectorsState } from '../assessment/stateDetectors.ts';
import { Intake, type IntakeState } from '../block/intake.ts';
import { FeatureRows, type RowMeta } from '../features/featureRows.ts';
import { SlowHistory, type SlowHistoryState } from '../features/slowHistory.ts';

export interface SlowSettings {
  intervalS: number;
  drift: DriftSettings;
  trigger: TriggerSettings;
  /** False-alarm budget of the point per month. */
  falseAlerts: number;
}

interface SlowState {
  kind: 'slow';
  intake: IntakeState;
  trigger: TriggerState;
  timesUs: number[];
  values: number[];
  before?: { timeUs: number; value: number };
  detectors?: StateDetectorsState;
  /** Present in states stored before there were operating states. */
  detector?: Float64Array;
  stuck?: StuckState;
  spikes?: SpikeState;
  history?: SlowHistoryState;
}

const NAMES: string[] = [...SLOW_FEATURES];
const MEAN_COLUMN = SLOW_FEATURES.indexOf('mean');
const NOT_RUNNING: Score = {
  assessable: false,
  reason: 'the machine is at standstill, or started within the last half hour',
  remedy: 'assessed when it has run for half an hour',
};
/** More values in an interval are summarised early, to bound the memory. */
const MAX_VALUES = 10_000;

/** Whether an alert is on or may be raised by the next interval: only then may its verdict be replayed. */
const mayAlert = ({ on, run }: TriggerState, { persistence }: TriggerSettings): boolean => on || run + 1 >= persistence;

/** A slow value: collected over an interval, summarised, scored. */
export class SlowPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows('double');
  readonly role: Point['role'];
  readonly #point: string;
  readonly #limit: number | undefined;
  readonly #unit: Unit | undefined;
  readonly #settings: SlowSettings;
  readonly #detectors: StateDetectors;
  readonly #meta: RowMeta;
  #trigger: TriggerState;
  #stuck: StuckState;
  #spikes: SpikeState;
  readonly #history: SlowHistory;
  #timesUs: number[];
  #values: number[];
  /** The last value of the previous interval. */
  #previous: { timeUs: number; value: number } | undefined;

  constructor(asset: string, point: string, config: Point | undefined, settings: SlowSettings, state?: unknown) {
    const restored = (state as SlowState | undefined)?.kind === 'slow' ? (state as SlowState) : undefined;
    this.role = config?.role ?? 'condition';
    this.#point = point;
    this.#limit = config?.limit;
    this.#unit = config?.unit;
    this.#settings = settings;
    this.intake = new Intake(asset, point, restored?.intake);
    this.#detectors = new StateDetectors(
      (snapshot) => new DriftDetector(settings.drift, { ...settings, unit: config?.unit }, snapshot),
      settings.falseAlerts,
      restored?.detectors ?? fromSingleDetector(restored?.detector),
    );
    this.#trigger = restored?.trigger ?? QUIET;
    this.#stuck = restored?.stuck ?? NOT_STUCK;
    this.#spikes = restored?.spikes ?? NO_SPIKES;
    this.#timesUs = restored?.timesUs ?? [];
    this.#values = restored?.values ?? [];
    this.#previous = restored?.before;
    this.#meta = {
      asset,
      point,
      unit: config?.unit ?? '1',
      windowUs: settings.intervalS * 1e6,
      names: NAMES,
    };
    const historical: RowMeta = { ...this.#meta, historical: true };
    const addHistoricalRow = (startUs: number, row: number[]) => {
      this.rows.add(historical, 'source', startUs, row);
      this.intake.ledger.windows++;
    };
    this.#history = new SlowHistory(this.#meta.windowUs, this.#limit, addHistoricalRow, restored?.history);
  }

  /** Values that a device stored: they only make rows of features. */
  acceptHistorical({ timesUs, values, unit }: ScalarBlock): void {
    if (unit !== undefined && this.#unit && !meansUnit(unit, this.#unit)) {
      this.intake.reject('unit_mismatch');
      return;
    }
    for (let i = 0; i < values.length; i++) {
      if (!isPossible(values[i], values[i], this.#meta.unit)) this.intake.reject('impossible_value');
      else if (this.intake.admitHistorical(timesUs[i])) this.#history.add(timesUs[i], values[i]);
    }
  }

  /**
   * The last accepted value; undefined if there was none.
   * @param load mean load of the machine over the latest interval, if known.
   * @param isRunning false while the machine is at standstill or has just started: its values are not comparable.
   */
  accept(
    block: ScalarBlock,
    isRunning: boolean,
    assignment: StateAssignment,
    load: number | undefined,
    onAssessed: (assessment: PointAssessment) => void,
  ): number | undefined {
    if (block.unit !== undefined && this.#unit && !meansUnit(block.unit, this.#unit)) {
      this.intake.reject('unit_mismatch');
      return undefined;
    }
    this.#history.close();
    let last: number | undefined;
    for (let i = 0; i < block.values.length; i++) {
      // Values without a timestamp may arrive within one microsecond, hundreds of them after a reconnect.
      const stamped = block.timeQuality !== 'received';
      const value = block.values[i];
      if (!isPossible(value, value, this.#meta.unit)) {
        this.intake.reject('impossible_value');
        continue;
      }
      const timeUs = stamped ? block.timesUs[i] : this.intake.assignTime(block.timesUs[i], 0, null);
      if (!this.intake.admit(timeUs)) continue;
      const { state, values, spikes } = stepSpikes(this.#spikes, { timeUs, value }, this.#meta.unit);
      this.#spikes = state;
      for (let n = 0; n < spikes; n++) this.intake.countFlaw('spikes');
      for (const accepted of values) {
        this.#addValue(accepted, () => onAssessed(this.#closeInterval(block.timeQuality, isRunning, assignment, load)));
        last = accepted.value;
      }
    }
    return last;
  }

  state(): SlowState {
    return {
      kind: 'slow',
      intake: this.intake.state,
      trigger: this.#trigger,
      timesUs: this.#timesUs,
      values: this.#values,
      before: this.#previous,
      detectors: this.#detectors.state(),
      stuck: this.#stuck,
      spikes: this.#spikes,
      history: this.#history.state,
    };
  }

  #addValue({ timeUs, value }: TimedValue, close: () => void): void {
    const first = this.#timesUs[0];
    const ended = first !== undefined && this.#intervalOf(timeUs) !== this.#intervalOf(first);
    if (ended || this.#values.length >= MAX_VALUES) close();
    this.#timesUs.push(timeUs);
    this.#values.push(value);
    this.#stuck = stepStuck(this.#stuck, value);
  }

  #intervalOf(timeUs: number): number {
    return Math.floor(timeUs / this.#meta.windowUs);
  }

  #closeInterval(
    timeQuality: TimeQuality,
    isRunning: boolean,
    assignment: StateAssignment,
    load: number | undefined,
  ): PointAssessment {
    const startUs = this.#timesUs[0];
    const row = slowFeatures(this.#timesUs, this.#values, this.#limit, this.#previous);
    const flaw = slowFlaw(this.#values, this.#stuck, this.#meta.unit);
    const timeUs = this.#timesUs.at(-1) as number;
    this.#previous = { timeUs, value: this.#values.at(-1) as number };
    const timeMs = timeUs / 1000;
    this.#timesUs = [];
    this.#values = [];
    this.rows.add(this.#meta, timeQuality, startUs, row);
    this.intake.ledger.windows++;
    if (!isRunning) return { point: this.#point, timeMs, score: NOT_RUNNING, on: this.#trigger.on };
    if (flaw === 'stuck' || flaw === 'spikes') {
      this.intake.countFlaw(flaw);
      return { point: this.#point, timeMs, score: unfit(flaw), on: this.#trigger.on };
    }
    const judged = load === undefined ? row : [...row, load];
    const before = this.#trigger;
    const snapshot = mayAlert(before, this.#settings.trigger) ? this.#detectors.snapshot(assignment) : null;
    const score = this.#detectors.judge(judged, assignment, timeMs, before.on);
    if (score.assessable) this.#trigger = stepTrigger(before, score.index, this.#settings.trigger);
    const values = snapshot && score.assessable ? this.#inputs(judged, timeMs, snapshot, score, before) : undefined;
    const mean = { value: row[MEAN_COLUMN], interval: this.#intervalOf(startUs) };
    return { point: this.#point, timeMs, score, on: this.#trigger.on, mean, ...(values ? { values } : {}) };
  }

  /** The inputs for replaying a verdict. */
  #inputs(
    row: readonly number[],
    timeMs: number,
    snapshot: Float64Array,
    { limit }: Score & { assessable: true },
    before: TriggerState,
  ): ValuesInputs {
    const { drift, intervalS, falseAlerts, trigger } = this.#settings;
    const point = { unit: this.#unit, intervalS, falseAlerts };
    const limitTimes = limit?.times ?? 1;
    const basis = { kind: 'value', row, timeMs, settings: drift, point, snapshot, limitTimes } as const;
    return { basis, trigger: { settings: trigger, before } };
  }
}
