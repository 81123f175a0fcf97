import { NO_BUDGET, withBudget } from '#models/alerting/alarmBudget.ts';
import { stepAssetAlert } from '#models/alerting/assetAlert.ts';
import { stepTrigger } from '#models/alerting/trigger.ts';
import type { Diagnosis } from '#models/contracts/alert.ts';
import type { ValuesDecision, Verdict } from '#models/contracts/decision.ts';
import type { Contribution } from '#models/contracts/health.ts';
import { fromExactJson } from '#models/exactJson.ts';
import type { LoadedModel, ModelFile } from '#models/inference/modelRuntime.ts';
import { assetSchema } from '#models/machine/asset.ts';
import { assessTrend, type DailyVelocities } from './assessTrend.ts';
import { DriftDetector, type DriftPoint, type DriftSettings } from './driftDetector.ts';
import { loadProcessModel } from './process/judgeRows.ts';
import { type OwnMembers, withMembers } from './process/ownMembers.ts';
import type { ProcessModel } from './process/processModel.ts';
import { processReasons } from './process/processReasons.ts';
import type { ProcessState } from './process/processState.ts';

/** Daily velocities of a point that a trend was computed from. */
export interface TrendBasis extends DailyVelocities {
  kind: 'trend';
}

/** An interval of a slow value, and its detector's state before it. */
export interface ValueBasis {
  kind: 'value';
  /** `SLOW_FEATURES` of the interval, in the point's unit, and the machine's mean load if known. */
  row: readonly number[];
  timeMs: number;
  settings: DriftSettings;
  point: DriftPoint;
  snapshot: Float64Array;
  /** The limit by the false-alarm budget, as a multiple of the configured one. */
  limitTimes: number;
}

/** Rows of process values, the judged one last, and the model's state before them. */
export interface ProcessBasis {
  kind: 'process';
  /** SHA-256 of the model's package, or of a machine's own model. */
  modelId: string;
  model: ProcessModel;
  members?: OwnMembers;
  rows: readonly (readonly number[])[];
  state: ProcessState;
}

export type ValuesBasis = TrendBasis | ValueBasis | ProcessBasis;

/** The diagnosis of an alert that is based on values. Pure. */
export function valuesDiagnosis(kind: ValuesBasis['kind'], reasons: string[]): Diagnosis {
  switch (kind) {
    case 'trend':
      return { fault: 'undetermined', confidence: 0, reasons };
    case 'process':
      return { fault: 'process_drift', confidence: 1, reasons };
    case 'value':
      return { fault: 'process_drift', confidence: 1, reasons: ['it left the range of its baseline'] };
  }
}

type LoadModel = (file: ModelFile) => Promise<{ model: LoadedModel; runtime: string }>;
interface Scored {
  index: number;
  contributions: Contribution[];
  reasons: string[];
}

/**
 * Recomputes the verdict from a decision's values, by the code that edges run.
 * @param load finds a runtime for a network.
 * @throws Error if the values allow no verdict, so were not written by an edge.
 */
export async function replayValues(decision: ValuesDecision, load: LoadModel): Promise<Verdict> {
  const { configuration, trigger, alert } = decision;
  const basis = fromExactJson(decision.basis) as ValuesBasis;
  const { index, contributions, reasons } = await scoreOf(basis, configuration, load);
  const on = trigger === null ? index >= 1 : stepTrigger(trigger.before, index, trigger.settings).on;
  const { state, change } = stepAssetAlert(alert.before, { ...alert.seen, index }, alert.settings);
  const reported = state.active ? state : alert.before;
  const severity = reported.active ? reported.severity : null;
  return { index, contributions, on, change, severity, diagnosis: valuesDiagnosis(basis.kind, reasons) };
}

async function scoreOf(
  basis: ValuesBasis,
  configuration: ValuesDecision['configuration'],
  load: LoadModel,
): Promise<Scored> {
  switch (basis.kind) {
    case 'trend': {
      const { iso } = assetSchema.parse(configuration);
      if (iso === undefined) throw new Error('its machine has no ISO class, and so no alarm limit');
      const { index, contribution, reasons } = assessTrend(basis, iso);
      return { index, contributions: [contribution], reasons };
    }
    case 'value': {
      const detector = new DriftDetector(basis.settings, basis.point, basis.snapshot);
      const score = withBudget(detector.score(basis.row, basis.timeMs), { ...NO_BUDGET, times: basis.limitTimes });
      if (!score.assessable) throw new Error(`its values allow no verdict: ${score.reason}`);
      return { index: score.index, contributions: score.contributions, reasons: [] };
    }
    case 'process': {
      const { model, members, rows, state } = basis;
      const ready = await loadProcessModel(model, load);
      const whole = members ? withMembers(ready, model.channels, members) : ready;
      const score = (await whole.judge(rows as number[][], state)).scores.at(-1);
      if (!score) throw new Error('its rows allow no verdict: there are too few');
      return { index: score.index, contributions: [], reasons: processReasons(score) };
    }
  }
}
