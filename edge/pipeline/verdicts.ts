import { type AlertCause, stepCause } from '#models/alerting/alertCause.ts';
import {
  type AlertChange,
  type AssetAlertSettings,
  type AssetAlertState,
  NO_ALERT,
  stepAssetAlert,
} from '#models/alerting/assetAlert.ts';
import { QUIET, stepTrigger, type TriggerSettings } from '#models/alerting/trigger.ts';
import type { Diagnosis } from '#models/contracts/alert.ts';
import type { Decision, Verdict } from '#models/contracts/decision.ts';
import type { Contribution, HealthMessage } from '#models/contracts/health.ts';
import type { Score } from '#models/health/detector.ts';
import { type AlertDiagnosis, diagnoseAlert, type GatheredSignal } from '#models/health/diagnosis/diagnoseAlert.ts';
import { bearingMatch } from '#models/health/wiring/bearingMatch.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { recordingLines } from '#models/machine/recordingLines.ts';
import type { HostResult } from '../models/modelHost.ts';
import { AlertReports } from './alertReports.ts';
import { decisionOf } from './decision.ts';
import { type DiagnosisCredit, gatheredSignal } from './diagnose.ts';
import { type EvidenceBody, evidenceOf } from './evidence.ts';
import { ENOUGH_S } from './gatherer.ts';
import { HealthReport } from './healthReport.ts';
import { type MachineState, PROCESS, TREND, VIBRATION, WIRING } from './machineState.ts';
import { emptySlotState, ProcessSlot, type RowVerdict, type SlotModels, type SlotWork } from './processSlot.ts';
import { judgeTrend, VelocityHistory } from './velocityHistory.ts';
import { VibrationPoint } from './vibrationPoint.ts';
import type { Watched } from './watched.ts';
import { isMiswired, MISWIRED, wiringAlert, wiringBody } from './wiringAlert.ts';
import { type WiringChange, WiringVotes } from './wiringVotes.ts';

export interface VerdictSettings {
  trigger: TriggerSettings;
  alert: AssetAlertSettings;
  /** Shared by all machines. */
  credit: DiagnosisCredit;
  healthIntervalMs: number;
  /** Intervals from one stretch that a machine without a model learns its own of to the next; 0: it learns none. */
  ownModelPeriod: number;
  /** Of Millwright: evidence names it. */
  version: string;
}

/** Diagnoses in a row that have to show another bearing. */
const BEARING_LOOKS = 2;

/** A slow trigger counts intervals, not windows: a third of the persistence is still half a minute and more. */
export function slowTrigger({ persistence, offBelow, offAfter }: TriggerSettings): TriggerSettings {
  return { persistence: Math.ceil(persistence / 3), offBelow, offAfter: Math.ceil(offAfter / 6) };
}

/** What is said of one machine: its health and its alerts, with their evidence. It waits here until it is taken. */
export class Verdicts {
  evidences: EvidenceBody[] = [];
  readonly #origin: string;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #settings: VerdictSettings;
  readonly #state: MachineState;
  readonly #points: ReadonlyMap<string, unknown>;
  readonly #shaftHz: () => number;
  /** What is wrong with the clock that stamps what it sends, in words. */
  readonly #clock: () => string | null;
  readonly health: HealthReport;
  readonly #velocityHistory: VelocityHistory;
  readonly models: ProcessSlot;
  /** The signal of the newest diagnosis; null: it was made by the features alone. */
  #diagnosed: GatheredSignal | null = null;
  readonly reports: AlertReports;
  readonly #bearingVotes = new WiringVotes(BEARING_LOOKS);

  /** `origin` is `<site>.<edge>`, the beginning of each alert's id; `state` is the machine's, and changed here. */
  constructor(
    origin: string,
    name: string,
    config: Asset | undefined,
    settings: VerdictSettings,
    state: MachineState,
    machine: {
      points: ReadonlyMap<string, unknown>;
      shaftHz: () => number;
      operatingState: () => HealthMessage['operatingState'];
      clock: () => string | null;
      models?: SlotModels;
    },
  ) {
    this.#origin = origin;
    this.#name = name;
    this.#config = config;
    this.#settings = settings;
    this.#state = state;
    this.#points = machine.points;
    this.#shaftHz = machine.shaftHz;
    this.#clock = machine.clock;
    this.health = new HealthReport(name, config, state, machine.operatingState, machine.clock);
    state.slot ??= emptySlotState();
    this.models = new ProcessSlot(state.slot, settings.ownModelPeriod, machine.models);
    this.#velocityHistory = new VelocityHistory(state.velocityDays);
    this.reports = new AlertReports(origin, name, config, state, this.health, machine.clock);
  }

  /** A point learns anew: what its trigger said is over. */
  forget(point: string): void {
    this.#state.on = this.#state.on.filter((key) => !key.endsWith(`/${point}`));
  }

  watch(family: string, seen: Watched): void {
    const watched = isMiswired(this.#state.alerts, seen.point) ? { ...seen, score: MISWIRED, on: false } : seen;
    if (watched !== seen && this.#state.alerts.get(family)?.active) this.#step(family, watched, 0);
    this.health.note(watched);
    this.#watchTrend(watched);
    const change = watched.score.assessable ? this.#step(family, watched, watched.score.index) : null;
    if (change || Math.abs(watched.timeMs - this.#state.healthMs) >= this.#settings.healthIntervalMs)
      this.health.say(watched.timeMs);
  }

  /** Has the machine's models of its process values judge it, where it has any: the verdict comes with `judged`. */
  watchProcess({ point, mean, timeMs }: Watched): void {
    if (!mean) return;
    // A machine that is alerted is not what it learns its normal from.
    if (this.#state.on.length > 0) this.models.startOver();
    this.models.add(point, mean.interval, timeMs, mean.value);
  }

  /** Takes what its models said of rows. */
  judged(work: SlotWork, results: readonly HostResult[], nowMs: number): void {
    const model = this.models.activeName;
    const { verdicts, undone } = this.models.done(work, results, nowMs);
    for (const verdict of verdicts) this.#judgedRow(model, verdict);
    if (undone !== null) this.modelChanged();
  }

  /** What the model before said ends with it. */
  modelChanged(): void {
    this.#state.processTrigger = QUIET;
    this.health.process = undefined;
    this.#quietProcess();
    const alert = this.#state.alerts.get(PROCESS);
    if (!alert?.active) return;
    const score: Score = { assessable: true, index: 0, contributions: [] };
    const timeMs = this.models.newestMs ?? alert.raisedAtMs;
    this.#step(PROCESS, { point: alert.point, timeMs, score, on: false }, 0, ['its model was changed']);
  }

  /** Reports a wiring fault to the integrator once, also across restarts, and that it is gone. @returns whether it is news. */
  sayWiring(change: WiringChange): boolean {
    const { asset, point, timeMs, kind, isThere } = change;
    const family = `${WIRING}${kind}.${point}`;
    const before = this.#state.alerts.get(family);
    if (isThere === (before?.active ?? false)) return false;
    const alert = before?.active ? before : wiringAlert(`${this.#origin}.${asset}.${family}`, point, timeMs);
    this.#state.alerts.set(family, isThere ? alert : NO_ALERT);
    const timeQuality = this.#clock() === null ? 'source' : 'corrected';
    this.reports.alerts.push({ ...wiringBody(change, alert), timeQuality });
    return true;
  }

  #judgedRow(model: string, verdict: RowVerdict): void {
    if ('failed' in verdict) {
      const remedy = 'see the log; after three failures in a row the model before judges again';
      this.health.process = { assessment: 'not_assessable', model, reason: verdict.failed, remedy };
      this.health.say(verdict.timeMs);
      return;
    }
    const { index, channels, timeMs } = verdict;
    this.health.process = { assessment: 'assessed', model, index, channels };
    const trigger = stepTrigger(this.#state.processTrigger ?? QUIET, index, slowTrigger(this.#settings.trigger));
    this.#state.processTrigger = trigger;
    const score: Score = { assessable: true, index, contributions: [] };
    const moved = `process values are unlike those of its training: ${channels.join(', ')}`;
    // An alert is of a point: the one that moved most, which may be another one now.
    this.#quietProcess();
    this.#step(PROCESS, { point: channels[0] ?? PROCESS, timeMs, score, on: trigger.on }, index, [moved]);
  }

  #quietProcess(): void {
    this.#state.on = this.#state.on.filter((key) => !key.startsWith(`${PROCESS}/`));
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
    if (family === VIBRATION) this.health.noteIndex(watched, index);
    const before = this.#state.alerts.get(family) ?? NO_ALERT;
    const seen = {
      timeMs: watched.timeMs,
      point: watched.point,
      on: this.#state.on.some((k) => k.startsWith(`${family}/`)),
      news: family === VIBRATION && this.#enoughOf(before, watched) && this.#isOpen(before, watched),
      name: `${this.#origin}.${this.#name}.${family}`,
    };
    const { state, change } = stepAssetAlert(before, { ...seen, index }, this.#settings.alert);
    this.#state.alerts.set(family, state);
    const said = state.active ? state : before;
    if (change && said.active) this.#sayAlert(family, said, change, watched, index, reasons, { before, seen });
    return change;
  }

  #sayAlert(
    family: string,
    alert: AssetAlertState & { active: true },
    change: Exclude<AlertChange, null>,
    watched: Watched,
    index: number,
    reasons: string[],
    step: Pick<Decision['alert'], 'before' | 'seen'>,
  ): void {
    const contributions = watched.score.assessable ? watched.score.contributions : [];
    const { reports } = this;
    const before = reports.before(family, change);
    if (change === 'return') {
      reports.report(family, alert, change, watched, { index, cause: before?.cause ?? null, reasons });
      if (family === VIBRATION) reports.returnSeconds(watched.timeMs);
      return;
    }
    const { diagnosis, cause, second } = this.#causeOf(family, watched, contributions, reasons, before?.cause ?? null);
    reports.report(family, alert, change, watched, { index, cause, reasons });
    if (family !== VIBRATION) return;
    const verdict = { index, contributions, on: watched.on, change, severity: alert.severity, diagnosis };
    this.#sendEvidenceOnce(alert.id, watched, step, verdict);
    if (second) reports.raiseSecond(second, alert, watched, index);
  }

  /** The signal behind an alert goes with it, and once more when there is enough of it. */
  #sendEvidenceOnce(
    id: string,
    { point, gatheredS = 0, basis }: Watched,
    step: Pick<Decision['alert'], 'before' | 'seen'>,
    verdict: Verdict,
  ): void {
    const its = this.#points.get(point);
    const { evidenceOf: sent, firstEvidenceOf: begun } = this.#state;
    if (!(its instanceof VibrationPoint) || gatheredS === 0 || sent === id) return;
    if (gatheredS >= ENOUGH_S) this.#state.evidenceOf = id;
    else if (begun !== id) this.#state.firstEvidenceOf = id;
    else return;
    const { version, alert } = this.#settings;
    const of = { version, configuration: this.#config ?? null, alert: { settings: alert, ...step } };
    this.sendEvidence(id, its, point, basis && decisionOf(basis, this.#diagnosed, { ...of, verdict }));
  }

  sendEvidence(id: string, point: VibrationPoint, name: string, decision?: Decision): void {
    const bearing = configuredPoint(this.#config, name)?.bearing;
    const lines = recordingLines(this.#shaftHz(), bearing, this.#config?.drivetrain);
    const evidence = evidenceOf(id, this.#name, name, point.unit, point.gatherer, lines);
    this.evidences.push(decision === undefined ? evidence : { ...evidence, decision });
  }

  /** The newest diagnosis, and what it makes of the alert's cause. */
  #causeOf(
    family: string,
    watched: Watched,
    contributions: readonly Contribution[],
    reasons: string[],
    before: AlertCause | null,
  ): { diagnosis: Diagnosis; cause: AlertCause; second: Diagnosis | null } {
    if (family !== VIBRATION) {
      const diagnosis = this.#diagnosisOf(family, reasons);
      return { diagnosis, cause: { diagnosis, isProvisional: false, other: null }, second: null };
    }
    const { diagnosis, beside } = this.#diagnosis(watched, contributions);
    return { diagnosis, ...stepCause(before, diagnosis, this.#state.undiagnosed, beside) };
  }

  #diagnosisOf(family: string, reasons: string[]): Diagnosis {
    if (family === TREND) return { fault: 'undetermined', confidence: 0, reasons };
    if (family === PROCESS) return { fault: 'process_drift', confidence: 1, reasons };
    return { fault: 'process_drift', confidence: 1, reasons: ['it left the range that it kept while it was learned'] };
  }

  /** Whether an alert waits for its diagnosis, or for a second one, of other signal, that confirms another fault. */
  #isOpen(alert: AssetAlertState, { gatheredSinceMs = 0 }: Watched): boolean {
    if (this.#state.undiagnosed || !alert.active) return this.#state.undiagnosed;
    return this.reports.isUnconfirmed(VIBRATION) && gatheredSinceMs >= alert.lastSaidMs;
  }

  #enoughOf(alert: AssetAlertState, { point, gatheredS = 0 }: Watched): boolean {
    return alert.active && alert.point === point && gatheredS >= ENOUGH_S && this.#settings.credit.available;
  }

  #diagnosis(watched: Watched, contributions: readonly Contribution[]): AlertDiagnosis {
    const { gatheredS = 0, point, timeMs } = watched;
    const placed = this.#shaftHz() > 0;
    const paid = placed && gatheredS > 0 && this.#settings.credit.spend();
    this.#state.undiagnosed = placed && (!paid || gatheredS < ENOUGH_S);
    this.#diagnosed = paid ? gatheredSignal(point, this.#points, this.#config, this.#shaftHz() * 60) : null;
    const named = diagnoseAlert(contributions, this.#diagnosed);
    if (this.#diagnosed && gatheredS >= ENOUGH_S && this.#settings.credit.spend()) {
      const match = bearingMatch(this.#diagnosed.pieces, this.#diagnosed.context);
      const at = { asset: this.#name, point, timeMs };
      for (const change of this.#bearingVotes.count(at, ['wrong_bearing'], match ? [match] : []))
        this.sayWiring(change);
    }
    return named;
  }
}
