import { type AlertCause, stepCause } from '#models/alerting/alertCause.ts';
import { type AssetAlertSettings, type AssetAlertState, NO_ALERT } from '#models/alerting/assetAlert.ts';
import { type CoupledAlert, crossTalkOrigin, isAttributable } from '#models/alerting/crossTalk.ts';
import type { Diagnosis, Fault } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import { type AlertDiagnosis, type DiagnosisSignal, diagnoseAlert } from '#models/health/diagnosis/diagnoseAlert.ts';
import { bearingMatch } from '#models/health/wiring/bearingMatch.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import type { HealthReport } from '../health/healthReport.ts';
import { BEARING_CONFIRMATIONS } from '../judgement.ts';
import type { MachineState } from '../machineState.ts';
import { VibrationPoint } from '../points/vibrationPoint.ts';
import { type WiringChange, WiringVotes } from '../wiring/wiringVotes.ts';
import { type AlertFamily, type AlertReport, type CauseFound, type ReportedFamily, VIBRATION } from './alertFamily.ts';
import type { AlertReports } from './alertReports.ts';
import { alertText } from './alertText.ts';
import { createDecision } from './decision.ts';
import { type DiagnosisCredit, readDiagnosisSignal } from './diagnose.ts';
import type { EvidenceReports } from './evidenceReports.ts';

export interface VibrationFamilySettings {
  alert: AssetAlertSettings;
  /** Shared by all machines. */
  credit: DiagnosisCredit;
  /** Millwright's version, for the evidence. */
  version: string;
  /** Active vibration alerts of the machines that are coupled to this one. */
  coupledAlerts: () => CoupledAlert[];
  /** Coupled machines whose vibration is attributed to transmission from this one. */
  transmittedTo: () => string[];
}

/** A vibration beyond its limit that is attributed to another machine. */
interface Transmitted {
  /** The machine it originates from. */
  origin: string;
  fault: Fault;
  /** When that was diagnosed, and whether from too little signal. */
  atMs: number;
  isProvisional: boolean;
}

/** What the family needs of its machine. */
export interface VibrationFamilyMachine {
  name: string;
  config: Asset | undefined;
  /** Modified here: the alert's evidence and diagnosis, and the alerts of secondary faults. */
  state: MachineState;
  points: ReadonlyMap<string, unknown>;
  shaftHz: () => number;
  health: HealthReport;
  reports: AlertReports;
  evidence: EvidenceReports;
  reportWiring: (change: WiringChange) => void;
}

/** Vibration: its alerts are diagnosed from the buffered signal, sent with it, and have secondary alerts beside them. */
export class VibrationFamily implements AlertFamily {
  readonly name = VIBRATION;
  readonly hasIsoEvidence = true;
  readonly #settings: VibrationFamilySettings;
  readonly #machine: VibrationFamilyMachine;
  /** The signal of the newest diagnosis; null if it was made from the features alone. */
  #diagnosed: DiagnosisSignal | null = null;
  #transmitted: Transmitted | null = null;
  readonly #bearingVotes = new WiringVotes(BEARING_CONFIRMATIONS);

  constructor(settings: VibrationFamilySettings, machine: VibrationFamilyMachine) {
    this.#settings = settings;
    this.#machine = machine;
  }

  /** The machine to which this one's vibration is attributed; null if there is none. */
  get transmittedFrom(): string | null {
    const isOn = this.#machine.state.on.some((key) => key.startsWith(`${VIBRATION}/`));
    return isOn && this.#transmitted ? this.#transmitted.origin : null;
  }

  /** Not kept across a restart: the next window determines it again. */
  isTransmitted(assessment: PointAssessment, index: number): boolean {
    const { timeMs, on } = assessment;
    const origin = crossTalkOrigin({ raisedAtMs: timeMs, peak: index }, this.#settings.coupledAlerts());
    // The point whose trigger is on decides.
    if (origin === null || on) this.#transmitted = origin && this.#attribute(assessment, origin);
    return this.#transmitted !== null;
  }

  #attribute(assessment: PointAssessment, { machine, fault }: CoupledAlert): Transmitted | null {
    const own = this.#renewed(assessment);
    return own.isProvisional || isAttributable(own.fault, fault) ? { ...own, origin: machine } : null;
  }

  /** Diagnosis of its own signal: repeated as often as an alert is updated, and once there is enough signal. */
  #renewed(assessment: PointAssessment): Omit<Transmitted, 'origin'> {
    const [before, { timeMs, isSignalComplete = false }] = [this.#transmitted, assessment];
    const isRecent = before && timeMs - before.atMs < this.#settings.alert.repeatMs;
    if (isRecent && !(before.isProvisional && isSignalComplete)) return before;
    const { fault } = this.#diagnose(assessment).diagnosis;
    return { fault, atMs: timeMs, isProvisional: this.#machine.state.undiagnosed };
  }

  observe(assessment: PointAssessment, index: number): void {
    this.#machine.health.recordIndex(assessment, index);
  }

  /** Whether an alert waits for its diagnosis, or for a second one, from new signal, that confirms another fault. */
  hasNews(alert: AssetAlertState, { point, isSignalComplete, bufferedSinceMs = 0 }: PointAssessment): boolean {
    const { state, reports } = this.#machine;
    if (!alert.active || alert.point !== point) return false;
    if (!isSignalComplete || !this.#settings.credit.available) return false;
    return state.undiagnosed || (reports.isUnconfirmed(VIBRATION) && bufferedSinceMs >= alert.lastSaidMs);
  }

  findCause(assessment: PointAssessment, _reasons: string[], before: AlertCause | null): CauseFound {
    const { diagnosis, beside } = this.#diagnose(assessment);
    return { diagnosis, ...stepCause(before, diagnosis, this.#machine.state.undiagnosed, beside) };
  }

  describe({ point, score }: PointAssessment, diagnosis: Diagnosis): string {
    const { name, config, state } = this.#machine;
    const contributions = score.assessable ? score.contributions : [];
    const text = alertText(name, point, configuredPoint(config, point)?.unit ?? '', diagnosis, contributions);
    const own = state.alerts.get(VIBRATION);
    const origin = own?.active ? crossTalkOrigin(own, this.#settings.coupledAlerts()) : null;
    const followers = this.#settings.transmittedTo();
    return [
      text,
      ...(origin && isAttributable(diagnosis.fault, origin.fault)
        ? [`may be transmitted from ${origin.machine}, which was alerted first and more strongly`]
        : []),
      ...(followers.length > 0 ? [`transmitted to ${followers.join(', ')}`] : []),
    ].join('; ');
  }

  remainingLife(): RemainingLife {
    return this.#machine.health.remainingLife();
  }

  onReported(report: AlertReport): void {
    if (report.found === null) {
      this.#returnSecondaries(report.assessment);
      return;
    }
    this.#sendEvidenceOnce(report, report.found.diagnosis);
    if (report.found.second) this.#raiseSecondary(report.found.second, report);
  }

  #diagnose(assessment: PointAssessment): AlertDiagnosis {
    const { bufferedS = 0, isSignalComplete = false, point, timeMs, score } = assessment;
    const { state, points, config, name, shaftHz, reportWiring } = this.#machine;
    const { credit } = this.#settings;
    const isSpeedKnown = shaftHz() > 0;
    const hasCredit = isSpeedKnown && bufferedS > 0 && credit.spend();
    state.undiagnosed = isSpeedKnown && (!hasCredit || !isSignalComplete);
    this.#diagnosed = hasCredit ? readDiagnosisSignal(point, points, config, shaftHz() * 60) : null;
    const alertDiagnosis = diagnoseAlert(score.assessable ? score.contributions : [], this.#diagnosed);
    if (this.#diagnosed && isSignalComplete && credit.spend()) {
      const match = bearingMatch(this.#diagnosed.pieces, this.#diagnosed.context);
      const findings = match ? [match] : [];
      this.#bearingVotes.count({ asset: name, point, timeMs }, ['wrong_bearing'], findings).forEach(reportWiring);
    }
    return alertDiagnosis;
  }

  /** Sends the signal behind an alert with it, and once more when there is enough of it. */
  #sendEvidenceOnce({ alert, change, assessment, index, step }: AlertReport, diagnosis: Diagnosis): void {
    const { point, bufferedS = 0, isSignalComplete, basis, on, score } = assessment;
    const { state, points, config, evidence } = this.#machine;
    const vibrationPoint = points.get(point);
    const { id, severity } = alert;
    if (!(vibrationPoint instanceof VibrationPoint) || bufferedS === 0 || state.evidenceOf === id) return;
    if (isSignalComplete) state.evidenceOf = id;
    else if (state.firstEvidenceOf !== id) state.firstEvidenceOf = id;
    else return;
    const { version, alert: settings } = this.#settings;
    const contributions = score.assessable ? score.contributions : [];
    const verdict = { index, contributions, on, change, severity, diagnosis };
    const outcome = { version, configuration: config ?? null, alert: { settings, ...step }, verdict };
    evidence.add(id, vibrationPoint, point, basis && createDecision(basis, this.#diagnosed, outcome));
  }

  /** A second fault on an alerted machine has its own alert, which lasts as long as the first. */
  #raiseSecondary(diagnosis: Diagnosis, { alert: first, assessment, index, step }: AlertReport): void {
    const { state, reports } = this.#machine;
    const name = `${VIBRATION}.${diagnosis.fault}`;
    if (state.alerts.get(name)?.active) return;
    const { timeMs, point } = assessment;
    // A vibration that a coupled machine had before is not this one's second fault, however much the first fault adds
    // to the index.
    const other = crossTalkOrigin({ raisedAtMs: timeMs, peak: 0 }, this.#settings.coupledAlerts());
    if (other && isAttributable(diagnosis.fault, other.fault)) return;
    const origin = step.seen.name.slice(0, -VIBRATION.length);
    const id = `${origin}${name}.${Math.round(timeMs)}`;
    const alert = { ...first, id, point, raisedAtMs: timeMs, lastSaidMs: timeMs };
    state.alerts.set(name, alert);
    const cause = { diagnosis, isProvisional: false, other: null };
    reports.report(this.#secondary(name), alert, 'raise', assessment, { index, cause, reasons: [] });
  }

  #returnSecondaries(assessment: PointAssessment): void {
    const { state, reports } = this.#machine;
    for (const [name, alert] of state.alerts) {
      const before = reports.previousReport(name, 'return');
      if (!name.startsWith(`${VIBRATION}.`) || !alert.active || !before?.worst) continue;
      state.alerts.set(name, NO_ALERT);
      reports.report(this.#secondary(name), alert, 'return', assessment, {
        index: 0,
        cause: before.cause,
        reasons: [],
      });
    }
  }

  /** The family of a secondary fault, reported like this one. */
  #secondary(name: string): ReportedFamily {
    return {
      name,
      hasIsoEvidence: this.hasIsoEvidence,
      describe: (assessment, diagnosis) => this.describe(assessment, diagnosis),
      remainingLife: () => this.remainingLife(),
    };
  }
}
