import { stepTrigger, type TriggerSettings } from '#models/alerting/trigger.ts';
import type { Flaw } from '#models/contracts/ledger.ts';
import type { Score } from '#models/health/detector.ts';
import type { LevelSettings } from '#models/health/levelDetector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import { unfit } from '#models/health/quality/unfit.ts';
import { type Extremes, waveformFlaw } from '#models/health/quality/waveformFlaw.ts';
import { withVelocity } from '#models/health/velocityAlarm.ts';
import type { IsoClass } from '#models/machine/iso20816.ts';
import type { Window } from '#models/signal/windows.ts';
import type { RateChain } from '../points/rateChain.ts';
import type { DecisionBasis } from './pointAssessment.ts';

/** A window with its features, and the machine's operation meanwhile. */
export interface WindowInContext {
  window: Window;
  row: number[];
  timeMs: number;
  /** Null at standstill. */
  assignment: StateAssignment | null;
  /** Present if already known. */
  extremes?: Extremes;
  /** Whether the stated sample rate, and so every frequency, is wrong. */
  isRateWrong: boolean;
  /** Whether an alert may follow: replaying its verdict needs the state before the window. */
  isSuspicious: boolean;
}

export interface WindowAssessmentSettings {
  level: LevelSettings;
  trigger: TriggerSettings;
  /** Without it, velocity is shown but raises no alert. */
  iso: IsoClass | undefined;
}

/** The score of a window, and whether the point's trigger is on after it. */
export interface WindowScore {
  score: Score;
  on: boolean;
  basis?: DecisionBasis;
  /** A flaw of the window, for the ledger. */
  flaw?: Flaw;
}

const STANDSTILL: Score = {
  assessable: false,
  reason: 'the machine stands still',
  remedy: 'assessed when it runs',
};

/** Scores a window from its features; the chain's detectors learn from it, and its trigger steps. */
export function assessWindow(chain: RateChain, of: WindowInContext, settings: WindowAssessmentSettings): WindowScore {
  const { on } = chain.trigger;
  if (of.isRateWrong) return { score: unfit('overlap'), on };
  const flaw = waveformFlaw(of.window.samples, of.row[chain.crestColumn], of.extremes);
  if (flaw === 'clipped' || flaw === 'stuck' || flaw === 'spikes') return { score: unfit(flaw), on, flaw };
  if (of.assignment === null) return { score: STANDSTILL, on };
  return scoreRow(chain, of, of.assignment, settings);
}

function scoreRow(
  chain: RateChain,
  { row, timeMs, isSuspicious }: WindowInContext,
  assignment: StateAssignment,
  { level, trigger, iso }: WindowAssessmentSettings,
): WindowScore {
  const before = chain.trigger;
  const snapshot = before.on || isSuspicious ? chain.detectors.snapshot(assignment) : null;
  const judged = chain.detectors.judge(row, assignment, timeMs, before.on);
  const score = withVelocity(judged, iso, 1 / level.ratioLimit);
  if (!score.assessable) return { score, on: before.on };
  chain.trigger = stepTrigger(before, score.index, trigger);
  const { on } = chain.trigger;
  if (snapshot === null) return { score, on };
  const basis = {
    features: { names: chain.features.names, row },
    baseline: { ...chain.followed, settings: level, snapshot, limitTimes: score.limit?.times ?? 1 },
    trigger: { settings: trigger, before },
  };
  return { score, on, basis };
}
