import type { AlertCause } from '#models/alerting/alertCause.ts';
import type { Diagnosis } from '#models/contracts/alert.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import type { HealthReport } from '../health/healthReport.ts';
import type { MachineState } from '../machineState.ts';
import type { AlertBody } from './alertBody.ts';
import type { ActiveAlert, ReportedChange, ReportedFamily } from './alertFamily.ts';
import { type ReportedAlert, worstOf } from './worstMoment.ts';

/**
 * Alert messages of one machine, with evidence as of each alert's worst moment, until the next commit collects them.
 */
export class AlertReports {
  #alerts: AlertBody[] = [];
  readonly #name: string;
  readonly #reported: Map<string, ReportedAlert>;
  readonly #health: HealthReport;
  readonly #clock: () => string | null;

  /** @param state of the machine; modified here. */
  constructor(name: string, state: MachineState, health: HealthReport, clock: () => string | null) {
    this.#name = name;
    // States stored by versions without reported alerts lack this field.
    this.#reported = state.reported ?? new Map();
    state.reported = this.#reported;
    this.#health = health;
    this.#clock = clock;
  }

  /** Whether an alert awaits the next commit. */
  get isPending(): boolean {
    return this.#alerts.length > 0;
  }

  take(): AlertBody[] {
    const alerts = this.#alerts;
    this.#alerts = [];
    return alerts;
  }

  /** What an active alert last reported; a new raise starts without a previous report. */
  previousReport(family: string, change: ReportedChange): ReportedAlert | undefined {
    return change === 'raise' ? undefined : this.#reported.get(family);
  }

  /** Whether the newest diagnosis of an alert is the first to name a different fault. */
  isUnconfirmed(family: string): boolean {
    return this.#reported.get(family)?.cause?.other?.inARow === 1;
  }

  report(
    family: ReportedFamily,
    { id, point, severity, raisedAtMs }: ActiveAlert,
    change: ReportedChange,
    assessment: PointAssessment,
    { index, cause, reasons }: { index: number; cause: AlertCause | null; reasons: string[] },
  ): void {
    const isReturn = change === 'return';
    const diagnosis = cause?.diagnosis ?? { fault: 'undetermined', confidence: 0, reasons };
    const now = { index, ...this.#describe(family, assessment, diagnosis, reasons) };
    const worst = worstOf(this.previousReport(family.name, change)?.worst ?? null, now, isReturn);
    if (isReturn) this.#reported.delete(family.name);
    else this.#reported.set(family.name, { cause, worst });
    const { timeMs } = assessment;
    const base = { timeMs, timeQuality: this.#timeQuality, id, asset: this.#name, point, change, severity, raisedAtMs };
    this.#alerts.push({ ...base, ...worst, index, remainingLife: family.remainingLife() });
  }

  /** A message to the integrator. */
  reportToIntegrator(message: Omit<AlertBody, 'timeQuality'>): void {
    this.#alerts.push({ ...message, timeQuality: this.#timeQuality });
  }

  get #timeQuality(): 'source' | 'corrected' {
    return this.#clock() === null ? 'source' : 'corrected';
  }

  #describe(family: ReportedFamily, assessment: PointAssessment, diagnosis: Diagnosis, reasons: string[]) {
    const contributions = assessment.score.assessable ? assessment.score.contributions : [];
    const clock = this.#clock();
    const text = family.describe(assessment, diagnosis, reasons);
    const evidence = {
      contributions,
      diagnosis,
      ...(family.hasIsoEvidence ? this.#health.iso() : {}),
      ...(assessment.spectrum ? { spectrum: assessment.spectrum() } : {}),
    };
    return { text: clock === null ? text : `${text} (${clock})`, evidence };
  }
}
