import type { Clock, Flaw, PointLedger, Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Placed, StateSettings } from '#models/health/operatingStates.ts';
import { CLOCK_RIGHT, clockInWords, stepClock } from '#models/health/quality/clockCorrection.ts';
import { ClockEstimate } from '#models/health/quality/clockEstimate.ts';
import { type Asset, configuredPoint, type Point } from '#models/machine/asset.ts';
import { MachineSpeed } from './machineSpeed.ts';
import { emptyMachineState, type MachineState, VIBRATION } from './machineState.ts';
import { MachineStates } from './machineStates.ts';
import { toPointUnit } from './pointUnit.ts';
import type { SlotModels } from './processSlot.ts';
import { SlowPoint, type SlowSettings } from './slowPoint.ts';
import { TachometerPoint } from './tachometerPoint.ts';
import { slowTrigger, type VerdictSettings, Verdicts } from './verdicts.ts';
import { RUNNING, VibrationPoint, type VibrationSettings } from './vibrationPoint.ts';
import type { Watched } from './watched.ts';
import type { WatchedMachine } from './wiringWatch.ts';

export interface MachineSettings extends VibrationSettings, VerdictSettings, Omit<SlowSettings, 'trigger'> {
  states: StateSettings;
  /** That a device's clock may be ahead before its stamps are corrected. */
  aheadMs: number;
}

type AnyPoint = VibrationPoint | SlowPoint | TachometerPoint;

/** After a start slow values settle so long. */
const WARM_UP_MS = 30 * 60_000;

/** One machine: its points, its speed, its clock; what is said of it are its verdicts. */
export class Machine {
  readonly points = new Map<string, AnyPoint>();
  readonly verdicts: Verdicts;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #settings: MachineSettings;
  readonly #state: MachineState;
  readonly #speed: MachineSpeed;
  readonly #states: MachineStates | null;
  /** Not kept across a restart: half a minute tells it again. */
  readonly #clock = new ClockEstimate();

  /** `origin` is `<site>.<edge>`, the beginning of each alert's id. */
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
    // A state of before there were trends has none.
    this.#state.velocityDays ??= new Map();
    this.#speed = new MachineSpeed(config, this.#state);
    this.#states = MachineStates.of(config, settings.states, this.#state.states);
    const shaftHz = () => this.#speed.shaft.hz;
    const operatingState = () => this.#states?.view();
    const clock = () => clockInWords(this.#state.clock ?? CLOCK_RIGHT);
    const of = { points: this.points, shaftHz, operatingState, clock, models };
    this.verdicts = new Verdicts(origin, name, config, settings, this.#state, of);
  }

  /** Whether the machine has, or may have, a point of this name; `state` is what it knew before a restart. */
  addPoint(point: string, kind: SampleBlock['kind'], state?: unknown): AnyPoint {
    const config = configuredPoint(this.#config, point);
    const made = this.#make(point, kind, config, state);
    this.points.set(point, made);
    return made;
  }

  #make(point: string, kind: SampleBlock['kind'], config: Point | undefined, state?: unknown): AnyPoint {
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

  /** `nowMs` is the time of its arrival. @returns whether the block was new and fit to be used for verdicts. */
  accept(block: SampleBlock, nowMs: number): boolean {
    toPointUnit(block, configuredPoint(this.#config, block.point));
    if (block.historical) {
      this.#acceptHistorical(block);
      return false;
    }
    this.#hearClock(block, nowMs);
    const point = this.points.get(block.point) ?? this.addPoint(block.point, block.kind);
    point.intake.heard(nowMs);
    const { delivered } = point.intake.ledger;
    this.#take(point, block);
    return point.intake.ledger.delivered > delivered;
  }

  #take(point: AnyPoint, block: SampleBlock): void {
    if (point instanceof TachometerPoint && block.kind === 'waveform') {
      const rpm = point.accept(block);
      if (rpm !== undefined) this.#speed.told(rpm);
    } else if (point instanceof VibrationPoint && block.kind === 'waveform') {
      const before = point.intake.ledger.delivered;
      point.accept(block, this.#speed.shaft, this.#placed, (watched) => this.verdicts.watch(VIBRATION, watched));
      if (point.intake.ledger.delivered > before) this.#speed.listen(block);
      const asked = point.answered();
      if (asked !== null) this.verdicts.sendEvidence(asked, point, block.point);
    } else if (point instanceof SlowPoint && block.kind === 'scalars') {
      const load = point.role === 'condition' ? this.#states?.load : undefined;
      const last = point.accept(block, this.#hasRun(timesOf(block).endUs / 1000), this.#placed, load, (watched) => {
        this.#place(watched);
        this.verdicts.watchProcess(watched);
        if (point.role === 'condition') this.verdicts.watch(`value.${block.point}`, watched);
      });
      if (last !== undefined) this.#states?.glance(block.point, last);
      // A speed that comes late says how fast the machine was, not how fast it is.
      if (point.role === 'speed' && last !== undefined) this.#speed.told(Math.abs(last));
    } else point.intake.reject('wrong_type');
  }

  /** It says nothing of the clock, the speed or the state of now, and is no sign of life. */
  #acceptHistorical(block: SampleBlock): void {
    const point = this.points.get(block.point) ?? this.addPoint(block.point, block.kind);
    const { offsetMs } = this.#state.clock ?? CLOCK_RIGHT;
    if (block.timeQuality === 'received') point.intake.reject('missing_value');
    else if (point instanceof VibrationPoint && block.kind === 'waveform') {
      if (offsetMs !== 0) correct(block, offsetMs);
      point.acceptHistorical(block);
    } else if (point instanceof SlowPoint && block.kind === 'scalars') {
      if (offsetMs !== 0) correct(block, offsetMs);
      point.acceptHistorical(block);
    } else point.intake.reject('wrong_type');
  }

  get #placed(): Placed {
    return this.#states?.placed ?? { kind: 'one' };
  }

  #place({ point, mean }: Watched): void {
    if (!this.#states || !mean) return;
    this.#states.add(point, mean.interval, mean.value);
    this.#state.states = this.#states.state();
  }

  reject(name: string, reason: Rejection, nowMs: number): void {
    const intake = this.points.get(name)?.intake;
    intake?.heard(nowMs, reason);
    intake?.reject(reason);
  }

  /** What has to be known of it to judge how it is wired. */
  get watched(): WatchedMachine {
    const { shaft, isMeasured } = this.#speed;
    return { name: this.#name, config: this.#config, shaft, isSpeedMeasured: isMeasured };
  }

  /** Forgets what is normal for a point, not what it counted. False where there is no such point. */
  relearn(name: string): boolean {
    const point = this.points.get(name);
    if (!point) return false;
    if (point instanceof VibrationPoint) point.gatherer.clear();
    const { kind, intake } = point.state();
    const config = configuredPoint(this.#config, name);
    this.points.set(name, this.#make(name, kind === 'slow' ? 'scalars' : 'waveform', config, { kind, intake }));
    this.verdicts.forget(name);
    return true;
  }

  /** Asks for a point's signal as evidence. False where it has none, or is asked already. */
  ask(id: string, name: string): boolean {
    const point = this.points.get(name);
    return point instanceof VibrationPoint && point.ask(id);
  }

  flaw(point: string, flaw: Flaw): void {
    this.points.get(point)?.intake.flaw(flaw);
  }

  /** The clock that stamps what it sends; null while too little of it was heard. */
  get clock(): Clock | null {
    const view = this.#clock.view;
    const { offsetMs, steps } = this.#state.clock ?? CLOCK_RIGHT;
    if (offsetMs === 0) return view && { asset: this.#name, ...view, jumps: Math.max(view.jumps, steps) };
    return {
      asset: this.#name,
      offsetS: offsetMs / 1000,
      driftPpm: view?.driftPpm ?? null,
      jumps: Math.max(view?.jumps ?? 0, steps),
      corrected: true,
    };
  }

  /** Looks for points of which nothing is heard any more; gives those that are new. */
  checkSilence(nowMs: number): string[] {
    const fallen = [...this.points].flatMap(([name, { intake }]) => {
      const silence = intake.fellSilent(nowMs);
      return silence === null ? [] : [{ name, ...silence }];
    });
    if (fallen.length === 0) return [];
    this.verdicts.health.silence(fallen);
    return fallen.map(({ name }) => name);
  }

  /** Whether its slow values may be judged: temperatures of a machine that stands, or has just been started, say nothing. */
  #hasRun(timeMs: number): boolean {
    const { hz, ratedHz } = this.#speed.shaft;
    if (ratedHz > 0 && hz < RUNNING * ratedHz) this.#state.stoodMs = timeMs;
    return timeMs - (this.#state.stoodMs ?? Number.NEGATIVE_INFINITY) > WARM_UP_MS;
  }

  #hearClock(block: SampleBlock, nowMs: number): void {
    if (block.timeQuality !== 'source') return;
    const stampMs = timesOf(block).endUs / 1000;
    const before = this.#state.clock ?? CLOCK_RIGHT;
    const clock = stepClock(before, stampMs, nowMs, this.#settings.aheadMs);
    this.#state.clock = clock;
    const setBack = this.#clock.observe(stampMs, nowMs);
    if (clock.offsetMs !== 0) correct(block, clock.offsetMs);
    if (!setBack && clock.offsetMs === before.offsetMs) return;
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

function timesOf(block: SampleBlock): { firstUs: number; endUs: number } {
  if (block.kind === 'scalars') return { firstUs: block.timesUs[0], endUs: block.timesUs[block.timesUs.length - 1] };
  return { firstUs: block.startUs, endUs: block.startUs + (block.samples.length * 1e6) / block.sampleRateHz };
}

/** Moves a block to where its device's clock should have placed it; changed in place. */
function correct(block: SampleBlock, offsetMs: number): void {
  block.timeQuality = 'corrected';
  if (block.kind === 'waveform') block.startUs += offsetMs * 1000;
  else for (let i = 0; i < block.timesUs.length; i++) block.timesUs[i] += offsetMs * 1000;
}
