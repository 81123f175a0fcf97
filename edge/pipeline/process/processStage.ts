import { QUIET, stepTrigger, type TriggerSettings } from '#models/alerting/trigger.ts';
import type { Score } from '#models/health/detector.ts';
import { MAX_BY, processReasons } from '#models/health/process/processReasons.ts';
import { type AlertFamily, type AlertReport, PROCESS } from '../alert/alertFamily.ts';
import type { AlertStage } from '../alert/alertStage.ts';
import { processFamily } from '../alert/plainFamilies.ts';
import type { HealthReport } from '../health/healthReport.ts';
import type { MachineState } from '../machineState.ts';
import type { RowVerdict } from './modelSlot.ts';

/** Turns a model's verdicts on process rows into the machine's health and its process alert. */
export class ProcessStage {
  readonly #state: MachineState;
  readonly #trigger: TriggerSettings;
  readonly #health: HealthReport;
  readonly #alerts: AlertStage;
  readonly #family: AlertFamily;

  /**
   * @param state of the machine, whose process trigger is modified here. @param onReported sends the evidence of an
   * alert.
   */
  constructor(
    name: string,
    state: MachineState,
    trigger: TriggerSettings,
    health: HealthReport,
    alerts: AlertStage,
    onReported: (report: AlertReport) => void,
  ) {
    this.#state = state;
    this.#trigger = trigger;
    this.#health = health;
    this.#alerts = alerts;
    this.#family = processFamily(name, onReported);
  }

  apply(model: string, verdict: RowVerdict): void {
    if ('failed' in verdict) {
      const remedy = 'see the log; after three consecutive failures the previous model takes over';
      this.#health.process = { assessment: 'not_assessable', model, reason: verdict.failed, remedy };
      this.#health.report(verdict.timeMs);
      return;
    }
    const { index, channels, by = [], timeMs } = verdict;
    this.#health.process = {
      assessment: 'assessed',
      model,
      index,
      channels,
      ...(by.length > 0 ? { by: by.slice(0, MAX_BY) } : {}),
    };
    const before = this.#state.processTrigger ?? QUIET;
    const trigger = stepTrigger(before, index, this.#trigger);
    this.#state.processTrigger = trigger;
    const score: Score = { assessable: true, index, contributions: [] };
    // An alert belongs to the point that deviates most, which may have changed.
    this.#alerts.clearFamily(PROCESS);
    const values = { basis: verdict.basis, trigger: { settings: this.#trigger, before } };
    const assessment = { point: channels[0] ?? PROCESS, timeMs, score, on: trigger.on, values };
    this.#alerts.step(this.#family, assessment, index, processReasons(verdict));
  }

  /** Ends the alert of a replaced model. @param newestMs end of its newest row. */
  reset(newestMs: number | null): void {
    this.#state.processTrigger = QUIET;
    this.#health.process = undefined;
    this.#alerts.clearFamily(PROCESS);
    const alert = this.#alerts.of(PROCESS);
    if (!alert.active) return;
    const score: Score = { assessable: true, index: 0, contributions: [] };
    const timeMs = newestMs ?? alert.raisedAtMs;
    this.#alerts.step(this.#family, { point: alert.point, timeMs, score, on: false }, 0, ['its model was replaced']);
  }
}
