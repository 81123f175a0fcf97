import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { ScalarBlock } from '#models/contracts/sampleBlock.ts';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import type { Score } from '#models/health/detector.ts';
import { DriftDetector, type DriftSettings } from '#models/health/driftDetector.ts';
import type { Placed } from '#models/health/operatingStates.ts';
import { isPossible } from '#models/health/quality/plausible.ts';
import { NOT_STUCK, type StuckState, slowFlaw, stepStuck } from '#models/health/quality/slowFlaw.ts';
import { NO_SPIKES, type SpikeState, stepSpikes, type TimedValue } from '#models/health/quality/spikeGate.ts';
import { unfit } from '#models/health/quality/unfit.ts';
import type { Point } from '#models/machine/asset.ts';
import { SLOW_FEATURES, slowFeatures } from '#models/signal/slowFeatures.ts';
import { FeatureRows, type RowMeta } from './featureRows.ts';
import { Intake, type IntakeState } from './intake.ts';
import { SlowHistory, type SlowHistoryState } from './slowHistory.ts';
import { ofOne, StateDetectors, type StateDetectorsState } from './stateDetectors.ts';
import type { Watched } from './watched.ts';

export interface SlowSettings {
  intervalS: number;
  drift: DriftSettings;
  trigger: TriggerSettings;
  /** That a point may bring in a month. */
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
  /** Of before there were operating states. */
  detector?: Float64Array;
  stuck?: StuckState;
  spikes?: SpikeState;
  history?: SlowHistoryState;
}

const NAMES: string[] = [...SLOW_FEATURES];
const MEAN_COLUMN = SLOW_FEATURES.indexOf('mean');
const NOT_RUNNING: Score = {
  assessable: false,
  reason: 'the machine stands still, or was started within the last half hour',
  remedy: 'assessed when it has run for half an hour',
};
/** More values in one interval than this are summarised early, so that memory stays bounded. */
const MAX_VALUES = 10_000;

/** One slow value: gathered over an interval, summarised, scored. */
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
  /** The last value of the interval before. */
  #before: { timeUs: number; value: number } | undefined;

  constructor(asset: string, point: string, config: Point | undefined, settings: SlowSettings, state?: unknown) {
    const before = (state as SlowState | undefined)?.kind === 'slow' ? (state as SlowState) : undefined;
    this.role = config?.role ?? 'condition';
    this.#point = point;
    this.#limit = config?.limit;
    this.#unit = config?.unit;
    this.#settings = settings;
    this.intake = new Intake(asset, point, before?.intake);
    this.#detectors = new StateDetectors(
      (snapshot) => new DriftDetector(settings.drift, { ...settings, unit: config?.unit }, snapshot),
      settings.falseAlerts,
      before?.detectors ?? ofOne(before?.detector),
    );
    this.#trigger = before?.trigger ?? QUIET;
    this.#stuck = before?.stuck ?? NOT_STUCK;
    this.#spikes = before?.spikes ?? NO_SPIKES;
    this.#timesUs = before?.timesUs ?? [];
    this.#values = before?.values ?? [];
    this.#before = before?.before;
    this.#meta = {
      asset,
      point,
      unit: config?.unit ?? '1',
      windowUs: settings.intervalS * 1e6,
      names: NAMES,
    };
    const historical: RowMeta = { ...this.#meta, historical: true };
    const keep = (startUs: number, row: number[]) => {
      this.rows.add(historical, 'source', startUs, row);
      this.intake.ledger.windows++;
    };
    this.#history = new SlowHistory(this.#meta.windowUs, this.#limit, keep, before?.history);
  }

  /** Values that a device stored: rows of features, and nothing else. */
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
   * The last value that was taken; undefined where none was.
   * @param load mean load of the machine over the newest interval, where it is known.
   * @param judged false while the machine stands still, or was just started: its values say nothing of its health.
   */
  accept(
    block: ScalarBlock,
    judged: boolean,
    placed: Placed,
    load: number | undefined,
    use: (watched: Watched) => void,
  ): number | undefined {
    if (block.unit !== undefined && this.#unit && !meansUnit(block.unit, this.#unit)) {
      this.intake.reject('unit_mismatch');
      return undefined;
    }
    this.#history.close();
    let last: number | undefined;
    for (let i = 0; i < block.values.length; i++) {
      // Values that nobody stamped may arrive within one microsecond, after a reconnect by the hundred.
      const stamped = block.timeQuality !== 'received';
      const value = block.values[i];
      if (!isPossible(value, value, this.#meta.unit)) {
        this.intake.reject('impossible_value');
        continue;
      }
      const timeUs = stamped ? block.timesUs[i] : this.intake.place(block.timesUs[i], 0, null);
      if (!this.intake.admit(timeUs)) continue;
      const { state, values, spikes } = stepSpikes(this.#spikes, { timeUs, value }, this.#meta.unit);
      this.#spikes = state;
      for (let n = 0; n < spikes; n++) this.intake.flaw('spikes');
      for (const taken of values) {
        this.#take(taken, () => use(this.#close(block.timeQuality, judged, placed, load)));
        last = taken.value;
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
      before: this.#before,
      detectors: this.#detectors.state(),
      stuck: this.#stuck,
      spikes: this.#spikes,
      history: this.#history.state,
    };
  }

  #take({ timeUs, value }: TimedValue, close: () => void): void {
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

  #close(timeQuality: TimeQuality, judged: boolean, placed: Placed, load: number | undefined): Watched {
    const startUs = this.#timesUs[0];
    const row = slowFeatures(this.#timesUs, this.#values, this.#limit, this.#before);
    const flaw = slowFlaw(this.#values, this.#stuck, this.#meta.unit);
    const timeUs = this.#timesUs.at(-1) as number;
    this.#before = { timeUs, value: this.#values.at(-1) as number };
    const timeMs = timeUs / 1000;
    this.#timesUs = [];
    this.#values = [];
    this.rows.add(this.#meta, timeQuality, startUs, row);
    this.intake.ledger.windows++;
    if (!judged) return { point: this.#point, timeMs, score: NOT_RUNNING, on: this.#trigger.on };
    if (flaw === 'stuck' || flaw === 'spikes') {
      this.intake.flaw(flaw);
      return { point: this.#point, timeMs, score: unfit(flaw), on: this.#trigger.on };
    }
    const score = this.#detectors.judge(load === undefined ? row : [...row, load], placed, timeMs, this.#trigger.on);
    if (score.assessable) this.#trigger = stepTrigger(this.#trigger, score.index, this.#settings.trigger);
    const mean = { value: row[MEAN_COLUMN], interval: this.#intervalOf(startUs) };
    return { point: this.#point, timeMs, score, on: this.#trigger.on, mean };
  }
}
