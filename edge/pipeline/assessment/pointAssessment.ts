import type { TriggerSettings, TriggerState } from '#models/alerting/trigger.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { PointHealth } from '#models/contracts/health.ts';
import type { Score } from '#models/health/detector.ts';
import type { LevelSettings } from '#models/health/levelDetector.ts';
import type { ValuesBasis } from '#models/health/valuesDecision.ts';

/** The inputs of a window's score. */
export interface DecisionBasis {
  features: { names: readonly string[]; row: readonly number[] };
  baseline: {
    indexed: readonly string[];
    evidence: readonly string[];
    settings: LevelSettings;
    /** Before the window. */
    snapshot: Float64Array;
    limitTimes: number;
  };
  trigger: { settings: TriggerSettings; before: TriggerState };
}

/** The inputs of a verdict on values. */
export interface ValuesInputs {
  basis: ValuesBasis;
  /** Null: the verdict is on while its index reaches the limit. */
  trigger: { settings: TriggerSettings; before: TriggerState } | null;
}

/** The assessment of one window of a point. */
export interface PointAssessment {
  point: string;
  timeMs: number;
  score: Score;
  /** Whether the point's trigger is on after this window. */
  on: boolean;
  /** Absent: the point does not measure ISO's velocity. */
  velocityMmPerS?: number;
  /** Of a slow value: its mean over an interval, and the interval's number; absent if the interval cannot be judged. */
  mean?: { value: number; interval: number };
  /** Seconds of signal buffered for a diagnosis. */
  bufferedS?: number;
  /** Whether they suffice. */
  isSignalComplete?: boolean;
  /** Start of the oldest buffered signal. */
  bufferedSinceMs?: number;
  /** The basis of the score; absent while no alert can follow. */
  basis?: DecisionBasis;
  /** The basis of a verdict on values. */
  values?: ValuesInputs;
  /** The spectrum of this window, computed on demand. */
  spectrum?: () => Spectrum;
}

export function toPointHealth(assessment: PointAssessment): PointHealth {
  const { point, score } = assessment;
  if (score.assessable)
    return {
      assessment: 'assessed',
      point,
      index: score.index,
      ...(score.limit ? { limit: score.limit } : {}),
      contributions: score.contributions,
    };
  return { assessment: 'not_assessable', point, reason: score.reason, remedy: score.remedy };
}
