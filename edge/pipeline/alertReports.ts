import type { AlertCause } from '#models/alerting/alertCause.ts';
import { type AlertChange, type AssetAlertState, NO_ALERT } from '#models/alerting/assetAlert.ts';
import type { Diagnosis, Evidence } from '#models/contracts/alert.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import type { AlertBody } from './alertBody.ts';
import { alertText } from './alertText.ts';
import type { HealthReport } from './healthReport.ts';
import { type MachineState, PROCESS, TREND, VIBRATION } from './machineState.ts';
import type { Watched } from './watched.ts';
import { type ReportedAlert, worstOf } from './worstMoment.ts';

type Active = AssetAlertState & { active: true };
type Change = Exclude<AlertChange, null>;

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
  before(family: string, change: Change): ReportedAlert | undefined {
    return change === 'raise' ? undefined : this.#reported.get(family);
  }

  /** Whether the newest diagnosis of an alert was the first to name another fault. */
  isUnconfirmed(family: string): boolean {
    return this.#reported.get(family)?.cause?.other?.inARow === 1;
  }

  report(
    family: string,
    alert: Active,
    change: Change,
    watched: Watched,
    { index, cause, reasons }: { index: number; cause: AlertCause | null; reasons: string[] },
  ): void {
    const isReturn = change === 'return';
    const diagnosis = cause?.diagnosis ?? { fault: 'undetermined', confidence: 0, reasons };
    const now = { index, ...this.#describe(family, watched, diagnosis, reasons) };
    const worst = worstOf(this.before(family, change)?.worst ?? null, now, isReturn);
    if (isReturn) this.#reported.delete(family);
    else this.#reported.set(family, { cause, worst });
    this.#push(family, alert, change, watched.timeMs, { ...worst, index });
  }

  /** A second fault on an alerted machine has an alert of its own, which lasts as long as the first. */
  raiseSecond(diagnosis: Diagnosis, first: Active, watched: Watched, index: number): void {
    const family = `${VIBRATION}.${diagnosis.fault}`;
    if (this.#state.alerts.get(family)?.active) return;
    const { timeMs, point } = watched;
    const id = `${this.#origin}.${this.#name}.${family}.${Math.round(timeMs)}`;
    const alert = { ...first, id, point, raisedAtMs: timeMs, lastSaidMs: timeMs };
    const worst = { index, ...this.#describe(VIBRATION, watched, diagnosis, []) };
    const cause = { diagnosis, isProvisional: false, other: null };
    this.#state.alerts.set(family, alert);
    this.#reported.set(family, { cause, worst });
    this.#push(family, alert, 'raise', timeMs, worst);
  }

  returnSeconds(timeMs: number): void {
    for (const [family, alert] of this.#state.alerts) {
      const worst = this.#reported.get(family)?.worst;
      if (!family.startsWith(`${VIBRATION}.`) || !alert.active || !worst) continue;
      this.#state.alerts.set(family, NO_ALERT);
      this.#reported.delete(family);
      this.#push(family, alert, 'return', timeMs, { ...worst, index: 0 });
    }
  }

  #push(
    family: string,
    { id, point, severity, raisedAtMs }: Active,
    change: Change,
    timeMs: number,
    what: { index: number; text: string; evidence: Evidence },
  ): void {
    const timeQuality = this.#clock() === null ? 'source' : 'corrected';
    const base = { timeMs, timeQuality, id, asset: this.#name, point, change, severity, raisedAtMs } as const;
    this.alerts.push({ ...base, ...what, remainingLife: this.#lifeOf(family) });
  }

  #describe(family: string, watched: Watched, diagnosis: Diagnosis, reasons: string[]) {
    const contributions = watched.score.assessable ? watched.score.contributions : [];
    const unit = configuredPoint(this.#config, watched.point)?.unit ?? '';
    const clock = this.#clock();
    const text =
      family === TREND || family === PROCESS
        ? `${this.#name} ${watched.point}: ${reasons[0]}`
        : alertText(this.#name, watched.point, unit, diagnosis, contributions);
    const evidence = {
      contributions,
      diagnosis,
      ...(family === VIBRATION || family === TREND ? this.#health.iso() : {}),
      ...(watched.spectrum ? { spectrum: watched.spectrum() } : {}),
    };
    return { text: clock === null ? text : `${text} (${clock})`, evidence };
  }

  #lifeOf(family: string): RemainingLife {
    if (family === TREND) return LIMIT_AHEAD;
    return family.startsWith(VIBRATION) ? this.#health.remainingLife() : NO_END;
  }
}
