import type { AssetAlertSettings } from '#models/alerting/assetAlert.ts';
import type { CoupledAlert } from '#models/alerting/crossTalk.ts';
import type { TriggerSettings } from '#models/alerting/trigger.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { Asset } from '#models/machine/asset.ts';
import type { HostResult } from '../models/modelHost.ts';
import type { AlertBody } from './alert/alertBody.ts';
import { type AlertFamily, type AlertReport, VIBRATION } from './alert/alertFamily.ts';
import { AlertReports } from './alert/alertReports.ts';
import { AlertStage } from './alert/alertStage.ts';
import type { DiagnosisCredit } from './alert/diagnose.ts';
import type { EvidenceBody } from './alert/evidence.ts';
import { EvidenceReports } from './alert/evidenceReports.ts';
import { valueFamily } from './alert/plainFamilies.ts';
import { createValuesDecision } from './alert/valuesDecision.ts';
import { VibrationFamily } from './alert/vibrationFamily.ts';
import type { PointAssessment } from './assessment/pointAssessment.ts';
import { type HealthBody, HealthReport } from './health/healthReport.ts';
import { TrendStage } from './health/trendStage.ts';
import { SLOW_OFF_AFTER_DIVISOR, SLOW_PERSISTENCE_DIVISOR } from './judgement.ts';
import type { MachineState } from './machineState.ts';
import type { VibrationPoint } from './points/vibrationPoint.ts';
import { emptySlotState, ModelSlot, type SlotWork } from './process/modelSlot.ts';
import { ProcessStage } from './process/processStage.ts';
import type { SlotModels } from './process/slotModels.ts';
import { isMiswired, MISWIRED } from './wiring/wiringAlert.ts';
import { reportWiring } from './wiring/wiringReports.ts';
import type { WiringChange } from './wiring/wiringVotes.ts';

export interface VerdictSettings {
  trigger: TriggerSettings;
  alert: AssetAlertSettings;
  /** Shared by all machines. */
  credit: DiagnosisCredit;
  healthIntervalMs: number;
  /** Intervals between the stretches that a machine without a model learns from; 0 for no own model. */
  ownModelPeriod: number;
  /** Millwright's version, for the evidence. */
  version: string;
  /** Active vibration alerts of the machines that are coupled to this one. */
  coupledAlerts: () => CoupledAlert[];
  /** Coupled machines whose vibration is attributed to transmission from this one. */
  transmittedTo: () => string[];
}

/** The verdicts' view of their machine. */
export interface VerdictMachine {
  points: ReadonlyMap<string, unknown>;
  shaftHz: () => number;
  operatingState: () => HealthMessage['operatingState'];
  /** A description of a fault of the clock that stamps its data. */
  clock: () => string | null;
  models?: SlotModels;
}

/** The trigger of slow values and process rows, which count intervals. */
export function slowTrigger({ persistence, offBelow, offAfter }: TriggerSettings): TriggerSettings {
  return {
    persistence: Math.ceil(persistence / SLOW_PERSISTENCE_DIVISOR),
    offBelow,
    offAfter: Math.ceil(offAfter / SLOW_OFF_AFTER_DIVISOR),
  };
}

/** Turns the assessments of one machine's points into health, alerts and evidence for the next commit. */
export class Verdicts {
  readonly health: HealthReport;
  readonly models: ModelSlot;
  readonly #origin: string;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #settings: VerdictSettings;
  readonly #state: MachineState;
  readonly #reports: AlertReports;
  readonly #evidence: EvidenceReports;
  readonly #alerts: AlertStage;
  readonly #trend: TrendStage;
  readonly #process: ProcessStage;
  readonly #vibration: VibrationFamily;
  readonly #values = new Map<string, AlertFamily>();

  /** @param origin `<site>.<edge>`, the beginning of each alert's id. @param state of the machine; modified here. */
  constructor(
    origin: string,
    name: string,
    config: Asset | undefined,
    settings: VerdictSettings,
    state: MachineState,
    { points, shaftHz, operatingState, clock, models }: VerdictMachine,
  ) {
    this.#origin = origin;
    this.#name = name;
    this.#config = config;
    this.#settings = settings;
    this.#state = state;
    this.health = new HealthReport(name, config, state, operatingState, clock, () => this.transmittedFrom);
    state.slot ??= emptySlotState();
    this.models = new ModelSlot(state.slot, settings.ownModelPeriod, models);
    this.#reports = new AlertReports(name, state, this.health, clock);
    this.#evidence = new EvidenceReports(name, config, shaftHz);
    this.#alerts = new AlertStage(`${origin}.${name}`, state, settings.alert, this.#reports);
    const slow = slowTrigger(settings.trigger);
    this.#trend = new TrendStage(name, config?.iso, state.velocityDays, this.#alerts, this.#sendValues);
    this.#process = new ProcessStage(name, state, slow, this.health, this.#alerts, this.#sendValues);
    const [reports, evidence, health] = [this.#reports, this.#evidence, this.health];
    const report = (change: WiringChange) => this.reportWiring(change);
    const machine = { name, config, state, points, shaftHz, health, reports, evidence, reportWiring: report };
    this.#vibration = new VibrationFamily(settings, machine);
  }

  /** Whether an alert awaits the next commit. */
  get hasPendingAlerts(): boolean {
    return this.#reports.isPending;
  }

  /** The active alert of its vibration; null if there is none. */
  get vibrationAlert(): CoupledAlert | null {
    const alert = this.#alerts.of(VIBRATION);
    if (!alert.active) return null;
    const fault = this.#reports.previousReport(VIBRATION, 'update')?.cause?.diagnosis.fault ?? 'undetermined';
    return { machine: this.#name, raisedAtMs: alert.raisedAtMs, peak: alert.peak, fault };
  }

  /** The coupled machine to which this one's vibration is attributed; null if there is none. */
  get transmittedFrom(): string | null {
    return this.#vibration.transmittedFrom;
  }

  /** Messages for the next commit; each is returned once. */
  take(): { alerts: AlertBody[]; health: HealthBody[]; evidence: EvidenceBody[] } {
    return { alerts: this.#reports.take(), health: this.health.take(), evidence: this.#evidence.take() };
  }

  /** Clears the trigger of a point whose baseline was reset. */
  resetPoint(point: string): void {
    this.#alerts.clearPoint(point);
  }

  assessVibration(assessment: PointAssessment): void {
    this.#assess(this.#vibration, assessment);
  }

  assessValue(assessment: PointAssessment): void {
    const { point } = assessment;
    const family = this.#values.get(point) ?? valueFamily(this.#name, this.#config, point, this.#sendValues);
    this.#values.set(point, family);
    this.#assess(family, assessment);
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
    for (const verdict of verdicts) this.#process.apply(model, verdict);
    if (undone !== null) this.resetProcess();
  }

  /** Ends the alert of the replaced model. */
  resetProcess(): void {
    this.#process.reset(this.models.newestMs);
  }

  /** Reports a new wiring fault to the integrator, and later its end. @returns whether the report was new. */
  reportWiring(change: WiringChange): boolean {
    return reportWiring(change, this.#origin, this.#state, this.#reports);
  }

  /** Sends a point's buffered signal, for a command. */
  sendEvidence(id: string, point: VibrationPoint, name: string): void {
    this.#evidence.add(id, point, name);
  }

  /** Sends the values behind an alert: when it is raised, and again when it becomes critical. */
  readonly #sendValues = (report: AlertReport): void => {
    const { version, alert } = this.#settings;
    const decision = createValuesDecision(report, { version, configuration: this.#config ?? null, settings: alert });
    if (decision) this.#evidence.addValues(report.alert.id, report.assessment, decision);
  };

  #assess(family: AlertFamily, reported: PointAssessment): void {
    const isWrong = isMiswired(this.#state.alerts, reported.point);
    const assessment = isWrong ? { ...reported, score: MISWIRED, on: false } : reported;
    if (isWrong && this.#alerts.of(family.name).active) this.#alerts.step(family, assessment, 0);
    this.health.record(assessment);
    this.#trend.assess(assessment);
    const { score, timeMs } = assessment;
    const change = score.assessable ? this.#alerts.step(family, assessment, score.index) : null;
    if (change || Math.abs(timeMs - this.#state.healthMs) >= this.#settings.healthIntervalMs)
      this.health.report(timeMs);
  }
}
