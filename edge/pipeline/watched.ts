import type { TriggerSettings, TriggerState } from '#models/alerting/trigger.ts';
import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { PointHealth } from '#models/contracts/health.ts';
import type { Score } from '#models/health/detector.ts';
import type { LevelSettings } from '#models/health/levelDetector.ts';

/** What a window was judged by. */
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

/** What one window of a point came to. */
export interface Watched {
  point: string;
  timeMs: number;
  score: Score;
  /** Whether the point's trigger is on after this window. */
  on: boolean;
  /** Absent: the point does not measure ISO's velocity. */
  velocityMmPerS?: number;
  /** Of a slow value: its mean over an interval, and which one that is; absent where the interval is unfit to be judged. */
  mean?: { value: number; interval: number };
  /** Seconds of signal that are gathered for a diagnosis. */
  gatheredS?: number;
  /** When the oldest of it began. */
  gatheredSinceMs?: number;
  /** What the score came of; absent while no alert may come of it. */
  basis?: DecisionBasis;
  /** The spectrum of this window, made only when asked for. */
  spectrum?: () => Spectrum;
}

export function pointHealth(watched: Watched): PointHealth {
  const { point, score } = watched;
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
