import {
  type AlertChange,
  type AssetAlertSettings,
  type AssetAlertState,
  NO_ALERT,
  stepAssetAlert,
} from '#models/alerting/assetAlert.ts';
import { QUIET, stepTrigger, type TriggerState } from '#models/alerting/trigger.ts';
import type { AlertMessage, Diagnosis } from '#models/contracts/alert.ts';
import type {
  Contribution,
  HealthMessage,
  IsoVerdict,
  Namur,
  PointHealth,
  RemainingLife,
} from '#models/contracts/health.ts';
import type { Clock, Flaw, PointLedger, Rejection } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import type { Score } from '#models/health/detector.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import { ClockEstimate } from '#models/health/quality/clockEstimate.ts';
import { trendLife } from '#models/health/trendLife.ts';
import { type Asset, configuredPoint, type Point } from '#models/machine/asset.ts';
import { isoVerdict } from '#models/machine/iso20816.ts';
import { alertText } from './alertText.ts';
import { type DiagnosisCredit, diagnose, gatheredSignal } from './diagnose.ts';
import { type EvidenceBody, evidenceOf } from './evidence.ts';
import { ENOUGH_S } from './gatherer.ts';
import { IndexHistory, type IndexHistoryState } from './indexHistory.ts';
import { MachineSpeed } from './machineSpeed.ts';
import { ProcessSlot, type ProcessSlotState } from './processSlot.ts';
import { SlowPoint, type SlowSettings } from './slowPoint.ts';
import { TachometerPoint } from './tachometerPoint.ts';
import { judgeTrend, VelocityHistory, type VelocityHistoryState } from './velocityHistory.ts';
import { RUNNING, VibrationPoint, type VibrationSettings } from './vibrationPoint.ts';
import { pointHealth, type Watched } from './watched.ts';

export interface MachineSettings extends VibrationSettings, Omit<SlowSettings, 'trigger'> {
  alert: AssetAlertSettings;
  /** Shared by all machines. */
  credit: DiagnosisCredit;
  healthIntervalMs: number;
}

type Body<M> = Omit<M, 'v' | 'site' | 'edge' | 'outbox' | 'sequence' | 'oldest'>;
export type HealthBody = Pick<
  HealthMessage,
  'asset' | 'kind' | 'status' | 'index' | 'points' | 'iso' | 'remainingLife' | 'timeMs' | 'timeQuality'
>;
export type AlertBody = Pick<AlertMessage, Exclude<keyof Body<AlertMessage>, number | symbol>>;

interface MachineState {
  rpm: number | null;
  healthMs: number;
  /** By family: `vibration`, `trend`, or `value.<point>`. */
  alerts: Map<string, AssetAlertState>;
  on: string[];
  history: IndexHistoryState;
  /** Whether the active alert was said without a diagnosis of enough signal. */
  undiagnosed: boolean;
  /** The alert whose signal was sent already. */
  evidenceOf?: string;
  /** Newest velocity of each vibration point, mm/s. */
  velocities: Map<string, number>;
  velocityDays: VelocityHistoryState;
  processTrigger?: TriggerState;
  /** When it was last seen to stand still. */
  stoodMs?: number;
}

type AnyPoint = VibrationPoint | SlowPoint | TachometerPoint;

/** After a start slow values settle so long. */
const WARM_UP_MS = 30 * 60_000;
const VIBRATION = 'vibration';
const TREND = 'trend';
const PROCESS = 'process';
const NOT_DEGRADING: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'no sign of degradation',
  remedy: 'nothing: it is assessed when the index rises',
};

const LIMIT_AHEAD: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a trend tells when a limit is reached, not when life ends',
  remedy: 'see the days that are left',
};

const NO_END: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a process value has no end of life',
  remedy: 'see its limit',
};

/** One machine: its points, its health, its alerts. What it has to say waits in `alerts` and `health` until taken. */
export class Machine {
  readonly points = new Map<string, AnyPoint>();
  alerts: AlertBody[] = [];
  healths: HealthBody[] = [];
  evidences: EvidenceBody[] = [];
  readonly #origin: string;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #settings: MachineSettings;
  readonly #state: MachineState;
  readonly #history: IndexHistory;
  readonly #velocityHistory: VelocityHistory;
  readonly #speed: MachineSpeed;
  readonly #process: ProcessSlot;
  /** Not kept across a restart: half a minute tells it again. */
  readonly #clock = new ClockEstimate();
  /** The newest verdict on each point; not kept across a restart, since the next window brings it again. */
  #health: PointHealth[] = [];

  /** `origin` is `<site>.<edge>`, the beginning of each alert's id. */
  constructor(
    origin: string,
    name: string,
    config: Asset | undefined,
    settings: MachineSettings,
    state?: unknown,
    models?: ProcessSlotState,
  ) {
    this.#origin = origin;
    this.#name = name;
    this.#config = config;
    this.#settings = settings;
    this.#state = (state as MachineState | undefined) ?? {
      rpm: null,
      healthMs: Number.NEGATIVE_INFINITY,
      alerts: new Map(),
      on: [],
      history: IndexHistory.empty(),
      undiagnosed: false,
      velocities: new Map(),
      velocityDays: new Map(),
    };
    // A state of before there were trends has none.
    this.#state.velocityDays ??= new Map();
    this.#process = new ProcessSlot(models);
    this.#speed = new MachineSpeed(config, this.#state);
    this.#history = new IndexHistory(this.#state.history);
    this.#velocityHistory = new VelocityHistory(this.#state.velocityDays);
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
      return new SlowPoint(this.#name, point, config, { ...this.#settings, trigger: this.#slowTrigger() }, state);
    }
    return config?.role === 'tachometer'
      ? new TachometerPoint(this.#name, point, config, state)
      : new VibrationPoint(this.#name, point, config, this.#config, this.#settings, state);
  }

  /** `nowMs` is the time of its arrival. */
  accept(block: SampleBlock, nowMs: number): void {
    this.#hearClock(block, nowMs);
    const point = this.points.get(block.point) ?? this.addPoint(block.point, block.kind);
    point.intake.heard(nowMs);
    if (point instanceof TachometerPoint && block.kind === 'waveform') {
      const rpm = point.accept(block);
      if (rpm !== undefined) this.#speed.told(rpm);
    } else if (point instanceof VibrationPoint && block.kind === 'waveform') {
      const before = point.intake.ledger.delivered;
      point.accept(block, this.#speed.shaft, (watched) => this.#watch(VIBRATION, watched));
      if (point.intake.ledger.delivered > before) this.#speed.listen(block);
      const asked = point.answered();
      if (asked !== null) this.#sendEvidence(asked, point, block.point);
    } else if (point instanceof SlowPoint && block.kind === 'scalars') {
      const last = point.accept(block, this.#hasRun(timesOf(block).endUs / 1000), (watched) => {
        this.#watchProcess(watched);
        if (point.role === 'condition') this.#watch(`value.${block.point}`, watched);
      });
      // A speed that comes late says how fast the machine was, not how fast it is.
      if (point.role === 'speed' && last !== undefined) this.#speed.told(Math.abs(last));
    } else point.intake.reject('wrong_type');
  }

  reject(point: string, reason: Rejection): void {
    this.points.get(point)?.intake.reject(reason);
  }

  /** Forgets what is normal for a point, not what it counted. False where there is no such point. */
  relearn(name: string): boolean {
    const point = this.points.get(name);
    if (!point) return false;
    if (point instanceof VibrationPoint) point.gatherer.clear();
    const { kind, intake } = point.state();
    const config = configuredPoint(this.#config, name);
    this.points.set(name, this.#make(name, kind === 'slow' ? 'scalars' : 'waveform', config, { kind, intake }));
    this.#state.on = this.#state.on.filter((key) => !key.endsWith(`/${name}`));
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
    return view && { asset: this.#name, ...view };
  }

  /** Points of which nothing is heard any more have no verdict; they are said once. True where there are new ones. */
  checkSilence(nowMs: number): string[] {
    const fallen = [...this.points].flatMap(([name, { intake }]) => {
      const silentMs = intake.fellSilent(nowMs);
      return silentMs === null ? [] : [{ name, silentMs }];
    });
    if (fallen.length === 0) return [];
    for (const { name, silentMs } of fallen) {
      const reason = `nothing was heard of it for ${Math.round(silentMs / 1000)} s`;
      const remedy = 'see to the sensor, its device and the network between';
      const verdict: PointHealth = { assessment: 'not_assessable', point: name, reason, remedy };
      this.#health = [...this.#health.filter((p) => p.point !== name), verdict];
    }
    // By the machine's own clock, which may be another than ours.
    const timeMs = Math.max(this.#state.healthMs, 0) + 1;
    this.#sayHealth({ timeMs });
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
    const { firstUs, endUs } = timesOf(block);
    if (!this.#clock.observe(endUs / 1000, nowMs)) return;
    for (const { intake } of this.points.values()) intake.rewind(firstUs);
  }

  ledgers(): PointLedger[] {
    return [...this.points.values()].map((p) => p.intake.ledger);
  }

  state(): MachineState {
    return this.#state;
  }

  /** Its models, where they changed since this was last asked: they are kept by themselves, for they are large. */
  changedModels(): ProcessSlotState | null {
    return this.#process.changed();
  }

  /** A slow trigger counts intervals, not windows: a third of the persistence is still half a minute and more. */
  #slowTrigger() {
    const { persistence, offBelow, offAfter } = this.#settings.trigger;
    return { persistence: Math.ceil(persistence / 3), offBelow, offAfter: Math.ceil(offAfter / 6) };
  }

  #watch(family: string, watched: Watched): void {
    this.#noteHealth(watched);
    this.#watchTrend(watched);
    const change = watched.score.assessable ? this.#step(family, watched, watched.score.index) : null;
    if (change || Math.abs(watched.timeMs - this.#state.healthMs) >= this.#settings.healthIntervalMs)
      this.#sayHealth(watched);
  }

  /** By the machine's model of its process values, where it has one. */
  #watchProcess({ point, mean, timeMs }: Watched): void {
    if (!mean) return;
    const judged = this.#process.add(point, mean.interval, timeMs, mean.value);
    if (!judged) return;
    const { index, channels } = judged;
    const trigger = stepTrigger(this.#state.processTrigger ?? QUIET, index, this.#slowTrigger());
    this.#state.processTrigger = trigger;
    const score: Score = { assessable: true, index, contributions: [] };
    const moved = `process values are unlike those of its training: ${channels.join(', ')}`;
    // An alert is of a point: the one that moved most, which may be another one now.
    this.#state.on = this.#state.on.filter((key) => !key.startsWith(`${PROCESS}/`));
    this.#step(PROCESS, { point: channels[0] ?? point, timeMs: judged.timeMs, score, on: trigger.on }, index, [moved]);
  }

  /** Changes the model of its process values. @throws Error with why it does not fit. */
  changeModel(model: ProcessModel): string {
    const said = this.#process.change(model);
    this.#endProcessAlert();
    return said;
  }

  /** @throws Error where there is nothing to take back. */
  rollBackModel(): string {
    const said = this.#process.rollBack();
    this.#endProcessAlert();
    return said;
  }

  /** What the model before said ends with it. */
  #endProcessAlert(): void {
    this.#state.processTrigger = QUIET;
    this.#state.on = this.#state.on.filter((key) => !key.startsWith(`${PROCESS}/`));
    const alert = this.#state.alerts.get(PROCESS);
    if (!alert?.active) return;
    const score: Score = { assessable: true, index: 0, contributions: [] };
    const timeMs = this.#process.newestMs ?? alert.raisedAtMs;
    this.#step(PROCESS, { point: alert.point, timeMs, score, on: false }, 0, ['its model was changed']);
  }

  /** Once a day: where the velocity is going, beside where it is. */
  #watchTrend({ point, timeMs, score, velocityMmPerS }: Watched): void {
    if (!this.#config?.iso) {
      // Its class was taken away while it was on.
      if (this.#state.alerts.get(TREND)?.active) this.#step(TREND, { point, timeMs, score, on: false }, 0);
      return;
    }
    if (!score.assessable || velocityMmPerS === undefined) return;
    const ended = this.#velocityHistory.add(point, timeMs, velocityMmPerS);
    if (!ended) return;
    const { index, contribution, reasons } = judgeTrend(ended, this.#config.iso);
    const judged: Score = { assessable: true, index, contributions: [contribution] };
    this.#step(TREND, { point, timeMs, score: judged, on: index >= 1 }, index, reasons);
  }

  #step(family: string, watched: Watched, index: number, reasons: string[] = []): AlertChange {
    const key = `${family}/${watched.point}`;
    const others = this.#state.on.filter((k) => k !== key);
    this.#state.on = watched.on ? [...others, key] : others;
    if (family === VIBRATION) this.#history.add(watched.point, watched.timeMs / 1000, index);
    const before = this.#state.alerts.get(family) ?? NO_ALERT;
    const { state, change } = stepAssetAlert(
      before,
      {
        timeMs: watched.timeMs,
        point: watched.point,
        index,
        on: this.#state.on.some((k) => k.startsWith(`${family}/`)),
        news: family === VIBRATION && this.#state.undiagnosed && this.#enoughOf(before, watched),
        name: `${this.#origin}.${this.#name}.${family}`,
      },
      this.#settings.alert,
    );
    this.#state.alerts.set(family, state);
    const said = state.active ? state : before;
    if (change && said.active) this.#sayAlert(family, said, change, watched, index, reasons);
    return change;
  }

  #sayAlert(
    family: string,
    alert: AssetAlertState & { active: true },
    change: Exclude<AlertChange, null>,
    watched: Watched,
    index: number,
    reasons: string[],
  ): void {
    const contributions = watched.score.assessable ? watched.score.contributions : [];
    const diagnosis = this.#diagnosisOf(family, watched, contributions, reasons);
    const unit = configuredPoint(this.#config, watched.point)?.unit ?? '';
    this.alerts.push({
      timeMs: watched.timeMs,
      timeQuality: 'source',
      id: alert.id,
      asset: this.#name,
      point: alert.point,
      change,
      severity: alert.severity,
      raisedAtMs: alert.raisedAtMs,
      text:
        family === TREND || family === PROCESS
          ? `${this.#name} ${watched.point}: ${reasons[0]}`
          : alertText(this.#name, watched.point, unit, diagnosis, contributions),
      index,
      evidence: {
        contributions,
        diagnosis,
        ...(family === VIBRATION || family === TREND ? this.#iso() : {}),
        ...(watched.spectrum ? { spectrum: watched.spectrum() } : {}),
      },
      remainingLife: this.#lifeOf(family),
    });
    if (family === VIBRATION) this.#sendEvidenceOnce(alert.id, watched);
  }

  /** The signal behind an alert follows it, once, when there is enough of it. */
  #sendEvidenceOnce(id: string, { point, gatheredS = 0 }: Watched): void {
    const its = this.points.get(point);
    if (!(its instanceof VibrationPoint) || gatheredS < ENOUGH_S || this.#state.evidenceOf === id) return;
    this.#state.evidenceOf = id;
    this.#sendEvidence(id, its, point);
  }

  #sendEvidence(id: string, point: VibrationPoint, name: string): void {
    this.evidences.push(evidenceOf(id, this.#name, name, point.unit, point.gatherer));
  }

  #lifeOf(family: string): RemainingLife {
    if (family === TREND) return LIMIT_AHEAD;
    return family === VIBRATION ? this.#remainingLife() : NO_END;
  }

  #diagnosisOf(family: string, watched: Watched, contributions: readonly Contribution[], reasons: string[]): Diagnosis {
    if (family === VIBRATION) return this.#diagnosis(watched, contributions);
    if (family === TREND) return { fault: 'undetermined', confidence: 0, reasons };
    if (family === PROCESS) return { fault: 'process_drift', confidence: 1, reasons };
    return { fault: 'process_drift', confidence: 1, reasons: ['it left the range that it kept while it was learned'] };
  }

  #enoughOf(alert: AssetAlertState, { point, gatheredS = 0 }: Watched): boolean {
    return alert.active && alert.point === point && gatheredS >= ENOUGH_S && this.#settings.credit.available;
  }

  #diagnosis(watched: Watched, contributions: readonly Contribution[]): Diagnosis {
    const { gatheredS = 0 } = watched;
    const placed = this.#speed.shaft.hz > 0;
    const paid = placed && gatheredS > 0 && this.#settings.credit.spend();
    this.#state.undiagnosed = placed && (!paid || gatheredS < ENOUGH_S);
    return diagnose(
      contributions,
      paid ? gatheredSignal(watched.point, this.points, this.#config, this.#speed.shaft.hz * 60) : null,
    );
  }

  /** The shortest of the vibration points that degrade. */
  #remainingLife(): RemainingLife {
    const lives = this.#history.all().map(({ timesS, indices }) => trendLife(timesS, indices));
    const assessed = lives.filter((life) => life.assessment === 'assessed');
    if (assessed.length === 0) return lives[0] ?? NOT_DEGRADING;
    return assessed.reduce((a, b) => (a.medianS <= b.medianS ? a : b));
  }

  /** ISO judges a machine by the largest velocity of its points. */
  #iso(): { iso?: IsoVerdict } {
    const { velocities } = this.#state;
    if (!this.#config?.iso || velocities.size === 0) return {};
    return { iso: isoVerdict(this.#config.iso, Math.max(...velocities.values())) };
  }

  #noteHealth(watched: Watched): void {
    const state = this.#state;
    this.#health = [...this.#health.filter((p) => p.point !== watched.point), pointHealth(watched)];
    if (watched.velocityMmPerS !== undefined) state.velocities.set(watched.point, watched.velocityMmPerS);
  }

  #sayHealth({ timeMs }: Pick<Watched, 'timeMs'>): void {
    const state = this.#state;
    state.healthMs = timeMs;
    const assessed = this.#health.flatMap((p) => (p.assessment === 'assessed' ? [p] : []));
    const worst = assessed.reduce<(typeof assessed)[number] | null>((a, b) => (a && a.index >= b.index ? a : b), null);
    this.healths.push({
      timeMs,
      timeQuality: 'source',
      asset: this.#name,
      kind: this.#config?.kind ?? 'machine',
      status: this.#status(assessed.length > 0),
      ...(worst ? { index: worst.index } : {}),
      points: this.#health,
      ...this.#iso(),
      remainingLife: this.#remainingLife(),
    });
  }

  #status(assessed: boolean): Namur {
    const active = [...this.#state.alerts].filter(([, alert]) => alert.active);
    if (active.some(([, alert]) => alert.active && alert.severity === 'critical')) return 'FAILURE';
    if (active.some(([family]) => family === VIBRATION || family === TREND)) return 'MAINTENANCE_REQUIRED';
    if (active.length > 0) return 'OFF_SPEC';
    return assessed ? 'NORMAL' : 'CHECK_FUNCTION';
  }
}

function timesOf(block: SampleBlock): { firstUs: number; endUs: number } {
  if (block.kind === 'scalars') return { firstUs: block.timesUs[0], endUs: block.timesUs[block.timesUs.length - 1] };
  return { firstUs: block.startUs, endUs: block.startUs + (block.samples.length * 1e6) / block.sampleRateHz };
}
