import type { Clock, Flaw, PointLedger, Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { StateAssignment, StateSettings } from '#models/health/operatingStates.ts';
import { type Asset, configuredPoint, type Point } from '#models/machine/asset.ts';
import type { PointAssessment } from './assessment/pointAssessment.ts';
import { MachineClock, timesOf } from './block/machineClock.ts';
import { toPointUnit } from './block/pointUnit.ts';
import { WARM_UP_MS } from './judgement.ts';
import { emptyMachineState, type MachineState } from './machineState.ts';
import { MachineSpeed } from './operation/machineSpeed.ts';
import { MachineStates } from './operation/machineStates.ts';
import { isRunning } from './operation/shaft.ts';
import { SlowPoint, type SlowSettings } from './points/slowPoint.ts';
import { TachometerPoint } from './points/tachometerPoint.ts';
import { VibrationPoint, type VibrationSettings } from './points/vibrationPoint.ts';
import type { SlotModels } from './process/slotModels.ts';
import { slowTrigger, type VerdictSettings, Verdicts } from './verdicts.ts';
import type { WiringContext } from './wiring/wiringMonitor.ts';

export interface MachineSettings extends VibrationSettings, VerdictSettings, Omit<SlowSettings, 'trigger'> {
  states: StateSettings;
  /** Tolerated lead of a device's clock before its stamps are corrected. */
  aheadMs: number;
}

type AnyPoint = VibrationPoint | SlowPoint | TachometerPoint;

/** One machine: its points, speed and clock, and the verdicts on them. */
export class Machine {
  readonly points = new Map<string, AnyPoint>();
  readonly verdicts: Verdicts;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #settings: MachineSettings;
  readonly #state: MachineState;
  readonly #speed: MachineSpeed;
  readonly #states: MachineStates | null;
  readonly #clock: MachineClock;

  /** @param origin `<site>.<edge>`, the beginning of each alert's id. */
  constructor(
    origin: string,
    name: string,
    config: Asset | undefined,
    settings: MachineSettings,
    state?: unknown,
    models?: SlotModels,
  ) {
    this.#name = name;
    this.#config = config;
    this.#settings = settings;
    this.#state = (state as MachineState | undefined) ?? emptyMachineState();
    // States stored by versions without trends lack this field.
    this.#state.velocityDays ??= new Map();
    this.#speed = new MachineSpeed(config, this.#state);
    this.#states = MachineStates.of(config, settings.states, this.#state.states);
    const shaftHz = () => this.#speed.shaft.hz;
    const operatingState = () => this.#states?.view();
    this.#clock = new MachineClock(this.#state, settings.aheadMs);
    const clock = () => this.#clock.inWords();
    const parts = { points: this.points, shaftHz, operatingState, clock, models };
    this.verdicts = new Verdicts(origin, name, config, settings, this.#state, parts);
  }

  /** Adds a point. `state` is its state before a restart. */
  addPoint(point: string, kind: SampleBlock['kind'], state?: unknown): AnyPoint {
    const config = configuredPoint(this.#config, point);
    const created = this.#createPoint(point, kind, config, state);
    this.points.set(point, created);
    return created;
  }

  #createPoint(point: string, kind: SampleBlock['kind'], config: Point | undefined, state?: unknown): AnyPoint {
    if (kind === 'scalars') {
      return new SlowPoint(
        this.#name,
        point,
        config,
        { ...this.#settings, trigger: slowTrigger(this.#settings.trigger) },
        state,
      );
    }
    return config?.role === 'tachometer'
      ? new TachometerPoint(this.#name, point, config, state)
      : new VibrationPoint(this.#name, point, config, this.#config, this.#settings, state);
  }

  /** @param nowMs time of arrival. @returns whether the block was new and usable for verdicts. */
  accept(block: SampleBlock, nowMs: number): boolean {
    toPointUnit(block, configuredPoint(this.#config, block.point));
    if (block.historical) {
      this.#acceptHistorical(block);
      return false;
    }
    this.#correctClock(block, nowMs);
    const point = this.points.get(block.point) ?? this.addPoint(block.point, block.kind);
    point.intake.recordArrival(nowMs);
    const { delivered } = point.intake.ledger;
    this.#dispatch(point, block);
    return point.intake.ledger.delivered > delivered;
  }

  #dispatch(point: AnyPoint, block: SampleBlock): void {
    if (point instanceof TachometerPoint && block.kind === 'waveform') {
      const rpm = point.accept(block);
      if (rpm !== undefined) this.#speed.setRpm(rpm);
    } else if (point instanceof VibrationPoint && block.kind === 'waveform') {
      const before = point.intake.ledger.delivered;
      point.accept(block, this.#speed.shaft, this.#stateAssignment, (assessment) =>
        this.verdicts.assessVibration(assessment),
      );
      if (point.intake.ledger.delivered > before) this.#speed.estimateFrom(block);
      const completedRequest = point.takeCompletedRequest();
      if (completedRequest !== null) this.verdicts.sendEvidence(completedRequest, point, block.point);
    } else if (point instanceof SlowPoint && block.kind === 'scalars') {
      const load = point.role === 'condition' ? this.#states?.load : undefined;
      const last = point.accept(
        block,
        this.#isWarmedUp(timesOf(block).endUs / 1000),
        this.#stateAssignment,
        load,
        (assessment) => {
          this.#assignState(assessment);
          this.verdicts.addProcessValue(assessment);
          if (point.role === 'condition') this.verdicts.assessValue(assessment);
        },
      );
      if (last !== undefined) this.#states?.detectDeparture(block.point, last);
      // A delayed speed describes the past, not the present.
      if (point.role === 'speed' && last !== undefined) this.#speed.setRpm(Math.abs(last));
    } else point.intake.reject('wrong_type');
  }

  /** Historical data affect neither the clock, the speed nor the operating state, and do not end a silence. */
  #acceptHistorical(block: SampleBlock): void {
    const point = this.points.get(block.point) ?? this.addPoint(block.point, block.kind);
    if (block.timeQuality === 'received') point.intake.reject('missing_value');
    else if (point instanceof VibrationPoint && block.kind === 'waveform') {
      this.#clock.correct(block);
      point.acceptHistorical(block);
    } else if (point instanceof SlowPoint && block.kind === 'scalars') {
      this.#clock.correct(block);
      point.acceptHistorical(block);
    } else point.intake.reject('wrong_type');
  }

  get #stateAssignment(): StateAssignment {
    return this.#states?.assignment ?? { kind: 'one' };
  }

  #assignState({ point, mean }: PointAssessment): void {
    if (!this.#states || !mean) return;
    this.#states.add(point, mean.interval, mean.value);
    this.#state.states = this.#states.state();
  }

  reject(name: string, reason: Rejection, nowMs: number): void {
    const intake = this.points.get(name)?.intake;
    intake?.recordArrival(nowMs, reason);
    intake?.reject(reason);
  }

  /** The wiring monitor's view of the machine. */
  get wiringContext(): WiringContext {
    const { shaft, isMeasured } = this.#speed;
    return { name: this.#name, config: this.#config, shaft, isSpeedMeasured: isMeasured };
  }

  /** Resets a point's baseline, not its counts. False if there is no such point. */
  relearn(name: string): boolean {
    const point = this.points.get(name);
    if (!point) return false;
    if (point instanceof VibrationPoint) point.buffer.clear();
    const { kind, intake } = point.state();
    const config = configuredPoint(this.#config, name);
    this.points.set(name, this.#createPoint(name, kind === 'slow' ? 'scalars' : 'waveform', config, { kind, intake }));
    this.verdicts.resetPoint(name);
    return true;
  }

  /** Requests a point's signal as evidence. False if the point has none, or a request is pending. */
  requestEvidence(id: string, name: string): boolean {
    const point = this.points.get(name);
    return point instanceof VibrationPoint && point.requestEvidence(id);
  }

  countFlaw(point: string, flaw: Flaw): void {
    this.points.get(point)?.intake.countFlaw(flaw);
  }

  /** The clock that stamps the machine's data; null until enough messages have arrived. */
  get clock(): Clock | null {
    return this.#clock.view(this.#name);
  }

  /** Reports points that have fallen silent; returns the new ones. */
  checkSilence(nowMs: number): string[] {
    const silentPoints = [...this.points].flatMap(([name, { intake }]) => {
      const silence = intake.checkSilence(nowMs);
      return silence === null ? [] : [{ name, ...silence }];
    });
    if (silentPoints.length === 0) return [];
    this.verdicts.health.reportSilence(silentPoints);
    return silentPoints.map(({ name }) => name);
  }

  /** Whether slow values may be assessed: temperatures at standstill, or just after a start, are not comparable. */
  #isWarmedUp(timeMs: number): boolean {
    const { stoodMs = Number.NEGATIVE_INFINITY } = this.#state;
    // A standstill in the future dates from before a clock was set back.
    if (!isRunning(this.#speed.shaft) || stoodMs > timeMs) this.#state.stoodMs = timeMs;
    return timeMs - (this.#state.stoodMs ?? Number.NEGATIVE_INFINITY) > WARM_UP_MS;
  }

  #correctClock(block: SampleBlock, nowMs: number): void {
    if (block.timeQuality === 'received') {
      // Data arrive in order: apparently older data arrived after the edge's own clock was set back.
      this.points.get(block.point)?.intake.rewindFar(timesOf(block).firstUs);
      return;
    }
    if (block.timeQuality !== 'source') return;
    if (!this.#clock.observe(block, nowMs)) return;
    const { firstUs } = timesOf(block);
    for (const { intake } of this.points.values()) intake.rewind(firstUs);
  }

  ledgers(): PointLedger[] {
    return [...this.points.values()].map((p) => p.intake.ledger);
  }

  state(): MachineState {
    return this.#state;
  }
}
