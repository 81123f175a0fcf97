import { NO_BUDGET, withBudget } from '#models/alerting/alarmBudget.ts';
import { stepAssetAlert } from '#models/alerting/assetAlert.ts';
import { stepTrigger } from '#models/alerting/trigger.ts';
import type { Decision, Verdict } from '#models/contracts/decision.ts';
import { assetSchema } from '#models/machine/asset.ts';
import type { RecordingContext } from './diagnosis/assessability.ts';
import { diagnoseAlert } from './diagnosis/diagnoseAlert.ts';
import { LevelDetector } from './levelDetector.ts';
import { withVelocity } from './velocityAlarm.ts';

/**
 * Recomputes the verdict from a decision's inputs, by the code that edges run. Pure.
 * @param signal pieces of the point's signal as diagnosed. @param axial those of an axial sensor beside it.
 * @throws Error if the inputs allow no verdict, so were not written by an edge.
 */
export function replayDecision(
  { configuration, features, baseline, trigger, alert, context }: Decision,
  signal: readonly Float32Array[],
  axial: readonly Float32Array[],
): Verdict {
  const { indexed, evidence, settings, snapshot, limitTimes } = baseline;
  const detector = new LevelDetector(features.names, indexed, evidence, settings, Float64Array.from(snapshot));
  const level = withBudget(detector.score(features.row), { ...NO_BUDGET, times: limitTimes });
  const iso = configuration === null ? undefined : assetSchema.parse(configuration).iso;
  const score = withVelocity(level, iso, 1 / settings.ratioLimit);
  if (!score.assessable) throw new Error(`its features allow no verdict: ${score.reason}`);
  const { index, contributions } = score;
  const { on } = stepTrigger(trigger.before, index, trigger.settings);
  const { state, change } = stepAssetAlert(alert.before, { ...alert.seen, index }, alert.settings);
  const reported = state.active ? state : alert.before;
  const gathered =
    context === null ? null : { pieces: [...signal], context: { ...context, axial } as unknown as RecordingContext };
  return {
    index,
    contributions,
    on,
    change,
    severity: reported.active ? reported.severity : null,
    diagnosis: diagnoseAlert(contributions, gathered).diagnosis,
  };
}

/** Paths of the values in which two verdicts differ; empty: bit-identical. Pure. */
export function verdictDifferences(recorded: unknown, replayed: unknown, path = 'verdict'): string[] {
  if (Object.is(recorded, replayed)) return [];
  if (typeof recorded !== 'object' || typeof replayed !== 'object' || recorded === null || replayed === null)
    return [`${path}: recorded ${JSON.stringify(recorded)}, replayed ${JSON.stringify(replayed)}`];
  const keys = new Set([...Object.keys(recorded), ...Object.keys(replayed)]);
  return [...keys].flatMap((key) =>
    verdictDifferences(
      (recorded as Record<string, unknown>)[key],
      (replayed as Record<string, unknown>)[key],
      `${path}.${key}`,
    ),
  );
}
