import { QUIET, stepTrigger, type TriggerSettings } from '#models/alerting/trigger.ts';
import type { Score } from '#models/health/detector.ts';
import type { MemberEvidence } from '#models/health/process/processState.ts';
import { type AlertFamily, PROCESS } from '../alert/alertFamily.ts';
import type { AlertStage } from '../alert/alertStage.ts';
import { processFamily } from '../alert/plainFamilies.ts';
import type { HealthReport } from '../health/healthReport.ts';
import type { MachineState } from '../machineState.ts';
import type { RowVerdict } from './modelSlot.ts';

/** Members that are named. */
const MAX_BY = 5;
const MEMBER_TEXTS: Record<string, string> = {
  sudden: 'a sudden change',
  spread: 'more or less unrest than usual',
  stuck: 'one value, repeated for too long',
  relation: 'not what the other values let expect',
  range: 'beyond all that it ever was',
};

function evidenceText({ member, channel, ratio }: MemberEvidence): string {
  return `${channel}: ${MEMBER_TEXTS[member] ?? member} (${ratio.toFixed(1)} times the limit)`;
}

/** From a model's verdicts on rows of process values to the machine's health and its process alert. */
export class ProcessStage {
  readonly #state: MachineState;
  readonly #trigger: TriggerSettings;
  readonly #health: HealthReport;
  readonly #alerts: AlertStage;
  readonly #family: AlertFamily;

  /** @param state the machine's: its process trigger is changed here. */
  constructor(name: string, state: MachineState, trigger: TriggerSettings, health: HealthReport, alerts: AlertStage) {
    this.#state = state;
    this.#trigger = trigger;
    this.#health = health;
    this.#alerts = alerts;
    this.#family = processFamily(name);
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
    const trigger = stepTrigger(this.#state.processTrigger ?? QUIET, index, this.#trigger);
    this.#state.processTrigger = trigger;
    const score: Score = { assessable: true, index, contributions: [] };
    const moved = `process values are unlike those of its training: ${channels.join(', ')}`;
    const evidence = by.slice(0, MAX_BY).map(evidenceText);
    // An alert is of a point: the one that moved most, which may be another one now.
    this.#alerts.clearFamily(PROCESS);
    const assessment = { point: channels[0] ?? PROCESS, timeMs, score, on: trigger.on };
    this.#alerts.step(this.#family, assessment, index, [moved, ...evidence]);
  }

  /** Ends what a replaced model raised. @param newestMs when its newest row ended. */
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
