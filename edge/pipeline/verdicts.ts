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
import { type AlertDiagnosis, type DiagnosisSignal, diagnoseAlert } from '#models/health/diagnosis/diagnoseAlert.ts';
import { bearingMatch } from '#models/health/wiring/bearingMatch.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { recordingLines } from '#models/machine/recordingLines.ts';
import type { HostResult } from '../models/modelHost.ts';
import { AlertReports } from './alertReports.ts';
import { createDecision } from './decision.ts';
import { type DiagnosisCredit, readDiagnosisSignal } from './diagnose.ts';
import { createEvidence, type EvidenceBody } from './evidence.ts';
import { HealthReport } from './healthReport.ts';
import { type MachineState, PROCESS, TREND, VIBRATION, WIRING } from './machineState.ts';
import { emptySlotState, ModelSlot, type RowVerdict, type SlotModels, type SlotWork } from './modelSlot.ts';
import type { PointAssessment } from './pointAssessment.ts';
import { DIAGNOSIS_S } from './signalBuffer.ts';
import { assessTrend, VelocityHistory } from './velocityHistory.ts';
import { VibrationPoint } from './vibrationPoint.ts';
import { createWiringAlert, createWiringMessage, isMiswired, MISWIRED } from './wiringAlert.ts';
import { type WiringChange, WiringVotes } from './wiringVotes.ts';

export interface VerdictSettings {
  trigger: TriggerSettings;
  alert: AssetAlertSettings;
  /** Shared by all machines. */
  credit: DiagnosisCredit;
  healthIntervalMs: number;
  /** Intervals between the stretches that a machine without a model learns from; 0 for no own model. */
  ownModelPeriod: number;
  /** Of Millwright: evidence names it. */
  version: string;
}

/** Consecutive diagnoses that must show another bearing. */
const BEARING_CONFIRMATIONS = 2;

/** A slow trigger counts intervals, not windows: a third of the persistence is still half a minute and more. */
export function slowTrigger({ persistence, offBelow, offAfter }: TriggerSettings): TriggerSettings {
  return { persistence: Math.ceil(persistence / 3), offBelow, offAfter: Math.ceil(offAfter / 6) };
}

/** Health and alerts of one machine, with their evidence, which wait here for the next commit. */
export class Verdicts {
  pendingEvidence: EvidenceBody[] = [];
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
  readonly models: ModelSlot;
  /** The signal of the newest diagnosis; null: it was made by the features alone. */
  #diagnosed: DiagnosisSignal | null = null;
  readonly reports: AlertReports;
  readonly #bearingVotes = new WiringVotes(BEARING_CONFIRMATIONS);

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
    this.models = new ModelSlot(state.slot, settings.ownModelPeriod, machine.models);
    this.#velocityHistory = new VelocityHistory(state.velocityDays);
    this.reports = new AlertReports(origin, name, config, state, this.health, machine.clock);
  }

  /** Clears the trigger of a point that relearns. */
  resetPoint(point: string): void {
    this.#state.on = this.#state.on.filter((key) => !key.endsWith(`/${point}`));
  }

  assess(family: string, reported: PointAssessment): void {
    const assessment = isMiswired(this.#state.alerts, reported.point)
      ? { ...reported, score: MISWIRED, on: false }
      : reported;
    if (assessment !== reported && this.#state.alerts.get(family)?.active) this.#stepAlert(family, assessment, 0);
    this.health.record(assessment);
    this.#assessTrend(assessment);
    const change = assessment.score.assessable ? this.#stepAlert(family, assessment, assessment.score.index) : null;
    if (change || Math.abs(assessment.timeMs - this.#state.healthMs) >= this.#settings.healthIntervalMs)
      this.health.report(assessment.timeMs);
  }

  /** Passes a process value to the machine's models, if it has any; `applyModelResults` receives the verdict. */
  addProcessValue({ point, mean, timeMs }: PointAssessment): void {
    if (!mean) return;
    // A machine with an alert is not healthy enough to learn from.
    if (this.#state.on.length > 0) this.models.discardTrainingRows();
    this.models.add(point, mean.interval, timeMs, mean.value);
  }

  /** Applies the models' results. */
  applyModelResults(work: SlotWork, results: readonly HostResult[], nowMs: number): void {
    const model = this.models.activeName;
    const { verdicts, undone } = this.models.applyResults(work, results, nowMs);
    for (const verdict of verdicts) this.#applyRowVerdict(model, verdict);
    if (undone !== null) this.resetProcess();
  }

  /** Ends what the replaced model raised. */
  resetProcess(): void {
    this.#state.processTrigger = QUIET;
    this.health.process = undefined;
    this.#clearProcessTrigger();
    const alert = this.#state.alerts.get(PROCESS);
    if (!alert?.active) return;
    const score: Score = { assessable: true, index: 0, contributions: [] };
    const timeMs = this.models.newestMs ?? alert.raisedAtMs;
    this.#stepAlert(PROCESS, { point: alert.point, timeMs, score, on: false }, 0, ['its model was replaced']);
  }

  /**
   * Reports a new wiring fault to the integrator, and later its end; once each, also across restarts.
   * @returns whether the report was new.
   */
  reportWiring(change: WiringChange): boolean {
    const { asset, point, timeMs, kind, isPresent } = change;
    const family = `${WIRING}${kind}.${point}`;
    const before = this.#state.alerts.get(family);
    if (isPresent === (before?.active ?? false)) return false;
    const alert = before?.active ? before : createWiringAlert(`${this.#origin}.${asset}.${family}`, point, timeMs);
    this.#state.alerts.set(family, isPresent ? alert : NO_ALERT);
    const timeQuality = this.#clock() === null ? 'source' : 'corrected';
    this.reports.alerts.push({ ...createWiringMessage(change, alert), timeQuality });
    return true;
  }

  #applyRowVerdict(model: string, verdict: RowVerdict): void {
    if ('failed' in verdict) {
      const remedy = 'see the log; after three consecutive failures the previous model takes over';
      this.health.process = { assessment: 'not_assessable', model, reason: verdict.failed, remedy };
      this.health.report(verdict.timeMs);
      return;
    }
    const { index, channels, timeMs } = verdict;
    this.health.process = { assessment: 'assessed', model, index, channels };
    const trigger = stepTrigger(this.#state.processTrigger ?? QUIET, index, slowTrigger(this.#settings.trigger));
    this.#state.processTrigger = trigger;
    const score: Score = { assessable: true, index, contributions: [] };
    const moved = `process values are unlike those of its training: ${channels.join(', ')}`;
    // An alert is of a point: the one that moved most, which may be another one now.
    this.#clearProcessTrigger();
    this.#stepAlert(PROCESS, { point: channels[0] ?? PROCESS, timeMs, score, on: trigger.on }, index, [moved]);
  }

  #clearProcessTrigger(): void {
    this.#state.on = this.#state.on.filter((key) => !key.startsWith(`${PROCESS}/`));
  }

  /** Assesses the velocity trend, once a day. */
  #assessTrend({ point, timeMs, score, velocityMmPerS }: PointAssessment): void {
    if (!this.#config?.iso) {
      // Its class was taken away while it was on.
      if (this.#state.alerts.get(TREND)?.active) this.#stepAlert(TREND, { point, timeMs, score, on: false }, 0);
      return;
    }
    if (!score.assessable || velocityMmPerS === undefined) return;
    const completedDays = this.#velocityHistory.add(point, timeMs, velocityMmPerS);
    if (!completedDays) return;
    const { index, contribution, reasons } = assessTrend(completedDays, this.#config.iso);
    const trendScore: Score = { assessable: true, index, contributions: [contribution] };
    this.#stepAlert(TREND, { point, timeMs, score: trendScore, on: index >= 1 }, index, reasons);
  }

  #stepAlert(family: string, assessment: PointAssessment, index: number, reasons: string[] = []): AlertChange {
    const key = `${family}/${assessment.point}`;
    const others = this.#state.on.filter((k) => k !== key);
    this.#state.on = assessment.on ? [...others, key] : others;
    if (family === VIBRATION) this.health.recordIndex(assessment, index);
    const before = this.#state.alerts.get(family) ?? NO_ALERT;
    const observation = {
      timeMs: assessment.timeMs,
      point: assessment.point,
      on: this.#state.on.some((k) => k.startsWith(`${family}/`)),
      news:
        family === VIBRATION && this.#hasEnoughSignal(before, assessment) && this.#awaitsDiagnosis(before, assessment),
      name: `${this.#origin}.${this.#name}.${family}`,
    };
    const { state, change } = stepAssetAlert(before, { ...observation, index }, this.#settings.alert);
    this.#state.alerts.set(family, state);
    const reported = state.active ? state : before;
    if (change && reported.active)
      this.#reportAlert(family, reported, change, assessment, index, reasons, { before, seen: observation });
    return change;
  }

  #reportAlert(
    family: string,
    alert: AssetAlertState & { active: true },
    change: Exclude<AlertChange, null>,
    assessment: PointAssessment,
    index: number,
    reasons: string[],
    step: Pick<Decision['alert'], 'before' | 'seen'>,
  ): void {
    const contributions = assessment.score.assessable ? assessment.score.contributions : [];
    const { reports } = this;
    const before = reports.previousReport(family, change);
    if (change === 'return') {
      reports.report(family, alert, change, assessment, { index, cause: before?.cause ?? null, reasons });
      if (family === VIBRATION) reports.returnSecondaries(assessment.timeMs);
      return;
    }
    const { diagnosis, cause, second } = this.#determineCause(
      family,
      assessment,
      contributions,
      reasons,
      before?.cause ?? null,
    );
    reports.report(family, alert, change, assessment, { index, cause, reasons });
    if (family !== VIBRATION) return;
    const verdict = { index, contributions, on: assessment.on, change, severity: alert.severity, diagnosis };
    this.#sendEvidenceOnce(alert.id, assessment, step, verdict);
    if (second) reports.raiseSecondary(second, alert, assessment, index);
  }

  /** The signal behind an alert goes with it, and once more when there is enough of it. */
  #sendEvidenceOnce(
    id: string,
    { point, bufferedS = 0, basis }: PointAssessment,
    step: Pick<Decision['alert'], 'before' | 'seen'>,
    verdict: Verdict,
  ): void {
    const vibrationPoint = this.#points.get(point);
    const { evidenceOf: sent, firstEvidenceOf: begun } = this.#state;
    if (!(vibrationPoint instanceof VibrationPoint) || bufferedS === 0 || sent === id) return;
    if (bufferedS >= DIAGNOSIS_S) this.#state.evidenceOf = id;
    else if (begun !== id) this.#state.firstEvidenceOf = id;
    else return;
    const { version, alert } = this.#settings;
    const of = { version, configuration: this.#config ?? null, alert: { settings: alert, ...step } };
    this.sendEvidence(id, vibrationPoint, point, basis && createDecision(basis, this.#diagnosed, { ...of, verdict }));
  }

  sendEvidence(id: string, point: VibrationPoint, name: string, decision?: Decision): void {
    const bearing = configuredPoint(this.#config, name)?.bearing;
    const lines = recordingLines(this.#shaftHz(), bearing, this.#config?.drivetrain);
    const evidence = createEvidence(id, this.#name, name, point.unit, point.buffer, lines);
    this.pendingEvidence.push(decision === undefined ? evidence : { ...evidence, decision });
  }

  /** The newest diagnosis, and what it makes of the alert's cause. */
  #determineCause(
    family: string,
    assessment: PointAssessment,
    contributions: readonly Contribution[],
    reasons: string[],
    before: AlertCause | null,
  ): { diagnosis: Diagnosis; cause: AlertCause; second: Diagnosis | null } {
    if (family !== VIBRATION) {
      const diagnosis = this.#diagnosisOf(family, reasons);
      return { diagnosis, cause: { diagnosis, isProvisional: false, other: null }, second: null };
    }
    const { diagnosis, beside } = this.#diagnose(assessment, contributions);
    return { diagnosis, ...stepCause(before, diagnosis, this.#state.undiagnosed, beside) };
  }

  #diagnosisOf(family: string, reasons: string[]): Diagnosis {
    if (family === TREND) return { fault: 'undetermined', confidence: 0, reasons };
    if (family === PROCESS) return { fault: 'process_drift', confidence: 1, reasons };
    return { fault: 'process_drift', confidence: 1, reasons: ['it left the range of its baseline'] };
  }

  /** Whether an alert waits for its diagnosis, or for a second one, of other signal, that confirms another fault. */
  #awaitsDiagnosis(alert: AssetAlertState, { bufferedSinceMs = 0 }: PointAssessment): boolean {
    if (this.#state.undiagnosed || !alert.active) return this.#state.undiagnosed;
    return this.reports.isUnconfirmed(VIBRATION) && bufferedSinceMs >= alert.lastSaidMs;
  }

  #hasEnoughSignal(alert: AssetAlertState, { point, bufferedS = 0 }: PointAssessment): boolean {
    return alert.active && alert.point === point && bufferedS >= DIAGNOSIS_S && this.#settings.credit.available;
  }

  #diagnose(assessment: PointAssessment, contributions: readonly Contribution[]): AlertDiagnosis {
    const { bufferedS = 0, point, timeMs } = assessment;
    const isSpeedKnown = this.#shaftHz() > 0;
    const hasCredit = isSpeedKnown && bufferedS > 0 && this.#settings.credit.spend();
    this.#state.undiagnosed = isSpeedKnown && (!hasCredit || bufferedS < DIAGNOSIS_S);
    this.#diagnosed = hasCredit ? readDiagnosisSignal(point, this.#points, this.#config, this.#shaftHz() * 60) : null;
    const alertDiagnosis = diagnoseAlert(contributions, this.#diagnosed);
    if (this.#diagnosed && bufferedS >= DIAGNOSIS_S && this.#settings.credit.spend()) {
      const match = bearingMatch(this.#diagnosed.pieces, this.#diagnosed.context);
      const at = { asset: this.#name, point, timeMs };
      for (const change of this.#bearingVotes.count(at, ['wrong_bearing'], match ? [match] : []))
        this.reportWiring(change);
    }
    return alertDiagnosis;
  }
}
