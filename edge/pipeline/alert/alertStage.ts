import {
  type AlertChange,
  type AssetAlertSettings,
  type AssetAlertState,
  NO_ALERT,
  stepAssetAlert,
} from '#models/alerting/assetAlert.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import type { MachineState } from '../machineState.ts';
import type { ActiveAlert, AlertFamily, AlertReport, ReportedChange } from './alertFamily.ts';
import type { AlertReports } from './alertReports.ts';

/**
 * Turns an assessment into the alert of its family: one alert for all points of a machine. The state is the machine's.
 */
export class AlertStage {
  /** `<site>.<edge>.<asset>`, the beginning of each alert's id. */
  readonly #origin: string;
  readonly #state: MachineState;
  readonly #settings: AssetAlertSettings;
  readonly #reports: AlertReports;

  constructor(origin: string, state: MachineState, settings: AssetAlertSettings, reports: AlertReports) {
    this.#origin = origin;
    this.#state = state;
    this.#settings = settings;
    this.#reports = reports;
  }

  /** The state of a family's alert. */
  of(family: string): AssetAlertState {
    return this.#state.alerts.get(family) ?? NO_ALERT;
  }

  clearPoint(point: string): void {
    this.#state.on = this.#state.on.filter((key) => !key.endsWith(`/${point}`));
  }

  clearFamily(family: string): void {
    this.#state.on = this.#state.on.filter((key) => !key.startsWith(`${family}/`));
  }

  step(family: AlertFamily, assessment: PointAssessment, index: number, reasons: string[] = []): AlertChange {
    const { timeMs, point } = assessment;
    this.#setTrigger(`${family.name}/${point}`, assessment.on);
    family.observe?.(assessment, index);
    const before = this.of(family.name);
    const seen = {
      timeMs,
      point,
      on: this.#state.on.some((key) => key.startsWith(`${family.name}/`)),
      news: family.hasNews?.(before, assessment) ?? false,
      name: `${this.#origin}.${family.name}`,
    };
    if (!before.active && seen.on && family.isTransmitted?.(assessment, index)) return null;
    const { state, change } = stepAssetAlert(before, { ...seen, index }, this.#settings);
    this.#state.alerts.set(family.name, state);
    const alert = state.active ? state : before;
    if (change && alert.active)
      this.#report(family, alert, change, reasons, { assessment, index, step: { before, seen } });
    return change;
  }

  #setTrigger(key: string, isOn: boolean): void {
    const others = this.#state.on.filter((k) => k !== key);
    this.#state.on = isOn ? [...others, key] : others;
  }

  #report(
    family: AlertFamily,
    alert: ActiveAlert,
    change: ReportedChange,
    reasons: string[],
    cause: Pick<AlertReport, 'assessment' | 'index' | 'step'>,
  ): void {
    const { assessment, index } = cause;
    const before = this.#reports.previousReport(family.name, change)?.cause ?? null;
    const found = change === 'return' ? null : family.findCause(assessment, reasons, before);
    this.#reports.report(family, alert, change, assessment, { index, cause: found?.cause ?? before, reasons });
    family.onReported?.({ ...cause, alert, change, found });
  }
}
