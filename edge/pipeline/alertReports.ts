import type { AlertCause } from '#models/alerting/alertCause.ts';
import { type AlertChange, type AssetAlertState, NO_ALERT } from '#models/alerting/assetAlert.ts';
import type { Diagnosis, Evidence } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import type { AlertBody } from './alertBody.ts';
import { alertText } from './alertText.ts';
import type { HealthReport } from './healthReport.ts';
import { type MachineState, PROCESS, TREND, VIBRATION } from './machineState.ts';
import type { PointAssessment } from './pointAssessment.ts';
import { type ReportedAlert, worstOf } from './worstMoment.ts';

type ActiveAlert = AssetAlertState & { active: true };
type ReportedChange = Exclude<AlertChange, null>;

const LIMIT_AHEAD: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a trend predicts when a limit is reached, not when life ends',
  remedy: 'see the days left',
};

const NO_END_OF_LIFE: RemainingLife = {
  assessment: 'not_assessable',
  reason: 'a process value has no end of life',
  remedy: 'see its limit',
};

/** The alert messages of one machine, with their evidence, as they were at each alert's worst. They wait here to be taken. */
export class AlertReports {
  alerts: AlertBody[] = [];
  readonly #origin: string;
  readonly #name: string;
  readonly #config: Asset | undefined;
  readonly #state: MachineState;
  readonly #reported: Map<string, ReportedAlert>;
  readonly #health: HealthReport;
  readonly #clock: () => string | null;

  /** @param state the machine's, and changed here. */
  constructor(
    origin: string,
    name: string,
    config: Asset | undefined,
    state: MachineState,
    health: HealthReport,
    clock: () => string | null,
  ) {
    this.#origin = origin;
    this.#name = name;
    this.#config = config;
    this.#state = state;
    // A state of before there were any has none.
    this.#reported = state.reported ?? new Map();
    state.reported = this.#reported;
    this.#health = health;
    this.#clock = clock;
  }

  /** What an active alert has reported: what an earlier one of its family did is over. */
  previousReport(family: string, change: ReportedChange): ReportedAlert | undefined {
    return change === 'raise' ? undefined : this.#reported.get(family);
  }

  /** Whether the newest diagnosis of an alert was the first to name another fault. */
  isUnconfirmed(family: string): boolean {
    return this.#reported.get(family)?.cause?.other?.inARow === 1;
  }

  report(
    family: string,
    alert: ActiveAlert,
    change: ReportedChange,
    assessment: PointAssessment,
    { index, cause, reasons }: { index: number; cause: AlertCause | null; reasons: string[] },
  ): void {
    const isReturn = change === 'return';
    const diagnosis = cause?.diagnosis ?? { fault: 'undetermined', confidence: 0, reasons };
    const now = { index, ...this.#describe(family, assessment, diagnosis, reasons) };
    const worst = worstOf(this.previousReport(family, change)?.worst ?? null, now, isReturn);
    if (isReturn) this.#reported.delete(family);
    else this.#reported.set(family, { cause, worst });
    this.#enqueue(family, alert, change, assessment.timeMs, { ...worst, index });
  }

  /** A second fault on an alerted machine has an alert of its own, which lasts as long as the first. */
  raiseSecondary(diagnosis: Diagnosis, first: ActiveAlert, assessment: PointAssessment, index: number): void {
    const family = `${VIBRATION}.${diagnosis.fault}`;
    if (this.#state.alerts.get(family)?.active) return;
    const { timeMs, point } = assessment;
    const id = `${this.#origin}.${this.#name}.${family}.${Math.round(timeMs)}`;
    const alert = { ...first, id, point, raisedAtMs: timeMs, lastSaidMs: timeMs };
    const worst = { index, ...this.#describe(VIBRATION, assessment, diagnosis, []) };
    const cause = { diagnosis, isProvisional: false, other: null };
    this.#state.alerts.set(family, alert);
    this.#reported.set(family, { cause, worst });
    this.#enqueue(family, alert, 'raise', timeMs, worst);
  }

  returnSecondaries(timeMs: number): void {
    for (const [family, alert] of this.#state.alerts) {
      const worst = this.#reported.get(family)?.worst;
      if (!family.startsWith(`${VIBRATION}.`) || !alert.active || !worst) continue;
      this.#state.alerts.set(family, NO_ALERT);
      this.#reported.delete(family);
      this.#enqueue(family, alert, 'return', timeMs, { ...worst, index: 0 });
    }
  }

  #enqueue(
    family: string,
    { id, point, severity, raisedAtMs }: ActiveAlert,
    change: ReportedChange,
    timeMs: number,
    content: { index: number; text: string; evidence: Evidence },
  ): void {
    const timeQuality = this.#clock() === null ? 'source' : 'corrected';
    const base = { timeMs, timeQuality, id, asset: this.#name, point, change, severity, raisedAtMs } as const;
    this.alerts.push({ ...base, ...content, remainingLife: this.#remainingLifeFor(family) });
  }

  #describe(family: string, assessment: PointAssessment, diagnosis: Diagnosis, reasons: string[]) {
    const contributions = assessment.score.assessable ? assessment.score.contributions : [];
    const unit = configuredPoint(this.#config, assessment.point)?.unit ?? '';
    const clock = this.#clock();
    const text =
      family === TREND || family === PROCESS
        ? `${this.#name} ${assessment.point}: ${reasons[0]}`
        : alertText(this.#name, assessment.point, unit, diagnosis, contributions);
    const evidence = {
      contributions,
      diagnosis,
      ...(family === VIBRATION || family === TREND ? this.#health.iso() : {}),
      ...(assessment.spectrum ? { spectrum: assessment.spectrum() } : {}),
    };
    return { text: clock === null ? text : `${text} (${clock})`, evidence };
  }

  #remainingLifeFor(family: string): RemainingLife {
    if (family === TREND) return LIMIT_AHEAD;
    return family.startsWith(VIBRATION) ? this.#health.remainingLife() : NO_END_OF_LIFE;
  }
}
