import { coveredFaults } from '#models/contracts/alert.ts';
import { type Share, shareOf } from '#models/statistics/wilson.ts';
import type { Analysis } from './analysis.ts';

/** The diagnosis of a recording whose fault is known. */
export interface JudgedRecording {
  /** `healthy`, or the name of a fault. */
  truth: string;
  rpm: number;
  analysis: Pick<Analysis, 'verdict' | 'fault' | 'confidence' | 'candidates'>;
}

export interface DiagnosisScore {
  /** A fault, a speed, or all. */
  name: string;
  recordings: number;
  /** Of faulty bearings: the part ranked first is the faulty one, called or not. */
  firstRight: Share;
  /** Of faulty machines: a fault is called. */
  called: Share;
  /** Of calls: the true fault, or a wider name of it. */
  callsRight: Share;
  /** Of faulty bearings: something else is called. */
  calledWrong: Share;
  /** Of machines with healthy bearings: a bearing is called faulty. */
  soundBearingsBlamed: Share;
  /** Of healthy machines: any fault is called. */
  healthyCalledFaulty: Share;
  /** Of faulty machines: the fault is called, or suspected by a `watch`. */
  namedRight: Share;
  /** Of all: `watch`, and of healthy machines alone. */
  watched: Share;
  healthyWatched: Share;
}

/** How often verdicts of similar confidence are right. */
export interface ConfidenceBin {
  verdict: 'fault' | 'watch';
  /** Lower limit of the confidence, and its mean. */
  from: number;
  meanConfidence: number;
  right: Share;
}

export interface DiagnosisEvaluation {
  /** Non-empty bins, the most confident first. */
  calibration: ConfidenceBin[];
  all: DiagnosisScore;
  byFault: DiagnosisScore[];
  bySpeed: DiagnosisScore[];
}

const BEARING_PARTS: ReadonlySet<string> = new Set(['outer_race', 'inner_race', 'ball', 'cage']);

/** How often diagnoses are right, by fault and by speed, each with its confidence interval. */
export function evaluateDiagnosis(judged: readonly JudgedRecording[]): DiagnosisEvaluation {
  const groups = (keyOf: (j: JudgedRecording) => string) =>
    [...new Set(judged.map(keyOf))].map((key) =>
      scoreOf(
        key,
        judged.filter((j) => keyOf(j) === key),
      ),
    );
  return {
    calibration: (['fault', 'watch'] as const).flatMap((verdict) => calibrationOf(judged, verdict)),
    all: scoreOf('all', judged),
    byFault: groups((j) => j.truth),
    bySpeed: groups((j) => `${(100 * Math.round(j.rpm / 100)).toFixed(0)} rpm`),
  };
}

/** Lower limits of the confidence bins. */
const FROM = [0.95, 0.9, 0.85, 0.75, 0.5, 0.25, 0] as const;

function calibrationOf(judged: readonly JudgedRecording[], verdict: ConfidenceBin['verdict']): ConfidenceBin[] {
  return FROM.flatMap((from, i) => {
    const below = FROM[i - 1] ?? Number.POSITIVE_INFINITY;
    const its = judged.filter(
      ({ analysis: a }) => a.verdict === verdict && a.confidence >= from && a.confidence < below,
    );
    if (its.length === 0) return [];
    const meanConfidence = its.reduce((sum, j) => sum + j.analysis.confidence, 0) / its.length;
    return [{ verdict, from, meanConfidence, right: shareOf(its.filter(right).length, its.length) }];
  });
}

function scoreOf(name: string, judged: readonly JudgedRecording[]): DiagnosisScore {
  const faulty = judged.filter((j) => j.truth !== 'healthy');
  const healthy = judged.filter((j) => j.truth === 'healthy');
  const worn = judged.filter((j) => BEARING_PARTS.has(j.truth));
  const faultFree = judged.filter((j) => !BEARING_PARTS.has(j.truth));
  const calls = judged.filter(called);
  const share = (of: readonly JudgedRecording[], so: (j: JudgedRecording) => boolean) =>
    shareOf(of.filter(so).length, of.length);
  return {
    name,
    recordings: judged.length,
    firstRight: share(worn, (j) => likeliestPart(j) === j.truth),
    called: share(faulty, called),
    callsRight: share(calls, right),
    calledWrong: share(worn, (j) => called(j) && !right(j)),
    soundBearingsBlamed: share(faultFree, (j) => called(j) && isBearing(j.analysis.fault)),
    healthyCalledFaulty: share(healthy, called),
    namedRight: share(faulty, (j) => (called(j) || watched(j)) && right(j)),
    watched: share(judged, watched),
    healthyWatched: share(healthy, watched),
  };
}

const called = ({ analysis }: JudgedRecording) => analysis.verdict === 'fault';
const watched = ({ analysis }: JudgedRecording) => analysis.verdict === 'watch';
const isBearing = (fault: string | null) => fault === 'bearing' || BEARING_PARTS.has(fault ?? '');
const likeliestPart = ({ analysis }: JudgedRecording) =>
  analysis.candidates.find((c) => BEARING_PARTS.has(c.fault))?.fault;

function right({ truth, analysis: { fault } }: JudgedRecording): boolean {
  return fault !== null && coveredFaults(fault).includes(truth);
}
