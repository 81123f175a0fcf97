import type { ShaftEstimate } from '#models/signal/shaftSpeed.ts';
import type { Candidate, Verdict } from './analysis.ts';
import type { RecordingContext } from './assessability.ts';
import { type BearingDiagnosis, DEEP, SIGNIFICANT, STANDS_CLEAR } from './bearingDiagnosis.ts';
import { type BearingFault, orderOf, SLIP } from './bearingLines.ts';
import type { MachineCandidate, Stage } from './faultRule.ts';
import type { ShaftSuspicion } from './machineFaults.ts';
import type { Severity } from './severity.ts';

/** Of all orders of a recording, one occasionally reaches the limit by chance, but hardly ever this value. */
const BEYOND_CHANCE = 6.5;
/** Gaussian noise has 3; above this a recording holds impacts, periodic or not. */
const IMPULSIVE = 5;
/** Share of early lines on two rigs that named the right part: 7 of 16, the rest healthy bearings or other parts. */
const EARLY_IS_RIGHT = 0.4;
/**
 * Calls with a confidence below 0.9 from scores alone, 0.70 on average, were right in 170 of 170 excerpts of CWRU;
 * these are from nine bearings, so 10 of 11 are expected to be right: docs/decisions/0030-calibrated-confidence.md.
 */
const WRONG_OF_OPEN = 0.3;
/**
 * On two rigs each of four recordings whose excerpts were called a cage had a damaged rolling element; none has a
 * damaged cage.
 */
const CAGE_AT_MOST = 0.2;
/** Maximum confidence of a suspicion by elimination: too few public recordings have one to calibrate it. */
const SUSPECTED = 0.3;
/** A comb this near to a defect's order is attributed to wrong geometry or speed. */
const MISPLACED = 0.05;
/** If speed or geometry are less certain than this, lines of neighbouring bearing parts cannot be distinguished. */
const SPEED_NAMES_PART = 0.03;

const LINE: Record<BearingFault, string> = {
  outer_race: 'outer race (BPFO)',
  inner_race: 'inner race (BPFI)',
  ball: 'rolling element (2×BSF)',
  cage: 'cage (FTF)',
};

/**
 * A machine fault as a candidate of a diagnosis: its confidence is s²/(1 + s²) for score s, or, from a score of 1 on,
 * the part of the vibration that it explains if that is higher.
 */
export function machineCandidate({ fault, score, explains }: MachineCandidate): Candidate {
  const clear = score ** 2 / (1 + score ** 2);
  return { fault, confidence: rounded(Math.max(clear, score < 1 ? 0 : explains), 3), score: rounded(score, 2) };
}

/** The verdict that names a machine fault, with the conditions it met. */
export function machineVerdict(candidate: MachineCandidate, verdict: 'fault' | 'watch'): Verdict {
  const { fault, mode, stage, reasons } = candidate;
  const { confidence } = machineCandidate(candidate);
  const reason = `${named(candidate)}: ${reasons.map((r) => r.replace(/^for: /, '')).join('; ')}`;
  return { verdict, fault, mode, stage, confidence, reason };
}

function named({ fault, mode }: MachineCandidate): string {
  return mode ? `${fault} (${mode})`.replaceAll('_', ' ') : fault.replaceAll('_', ' ');
}

/**
 * The verdict that names a bearing fault, or only the bearing if lines, geometry or speed do not determine the part.
 */
export function bearingVerdict(
  { finding, depth, scores: [top] }: BearingDiagnosis,
  { fault, confidence }: Candidate,
  stage: Stage,
  { uncertainty }: ShaftEstimate,
  { factorsTolerance = 0 }: RecordingContext,
): Verdict {
  const line = LINE[fault as BearingFault];
  const deep = `lines of the ${line} stand out and modulate the vibration to ${percent(depth)}`;
  const ofBearing = { verdict: 'fault', fault: 'bearing', stage, confidence: calibrated(confidence) } as const;
  if (finding === 'part_unsure') return { ...ofBearing, reason: `${deep}: a rolling element or the cage` };
  if (factorsTolerance > SPEED_NAMES_PART) {
    const reason = `${deep}, by a derived geometry whose orders are known to ${percent(factorsTolerance)} only: which part is unsure`;
    return { ...ofBearing, reason };
  }
  if (uncertainty > SPEED_NAMES_PART) {
    const reason = `${deep}, at a speed that is known to ${percent(uncertainty)} only: which part is unsure`;
    return { ...ofBearing, reason };
  }
  const odds = (DEEP / depth) * Math.exp(SIGNIFICANT - top.score);
  const share = confidence * (1 + Math.exp(STANDS_CLEAR - top.score));
  const reason = `${deep}, and no other family does as much`;
  const sure = calibrated(Math.min(1, share / (1 + odds)));
  return { verdict: 'fault', fault, stage, confidence: fault === 'cage' ? Math.min(CAGE_AT_MOST, sure) : sure, reason };
}

function calibrated(byScores: number): number {
  return rounded(1 - WRONG_OF_OPEN * (1 - byScores), 3);
}

/** The verdict if nothing is called. */
export function verdictWithoutCall(
  diagnosis: BearingDiagnosis,
  candidates: readonly Candidate[],
  machineCandidates: readonly MachineCandidate[],
  suspect: ShaftSuspicion | null,
  features: Record<string, number>,
  severity: Severity,
  { factors }: RecordingContext,
  { uncertainty }: ShaftEstimate,
): Verdict {
  const [top] = candidates;
  const { finding, depth, rival, rivalDepth } = diagnosis;
  const undetermined = (reason: string) =>
    ({ verdict: 'undetermined', fault: 'undetermined', stage: null, confidence: 0, reason }) as const;
  if (finding === 'early') {
    const line = LINE[top.fault as BearingFault];
    const reason = `early lines of the ${line}: score ${top.score.toFixed(1)}, but they modulate the vibration to ${percent(depth)} only; a fault does from ${percent(DEEP)} on`;
    const confidence = rounded(EARLY_IS_RIGHT * top.confidence, 3);
    return { verdict: 'watch', fault: top.fault, stage: 1, confidence, reason };
  }
  const watched = watchedPattern(machineCandidates, severity);
  if (watched) return watched;
  if (top.score > BEYOND_CHANCE && top.fault === 'cage')
    return undetermined('a line at the cage’s rate stands out: a defect of the cage or of a rolling element');
  if (rival.score > STANDS_CLEAR && rivalDepth >= DEEP && factors) {
    const near = misplacedFault(rival.order, factors);
    if (near) return undetermined(near);
  }
  if (rival.score > BEYOND_CHANCE && (top.score > STANDS_CLEAR || rivalDepth >= DEEP))
    return undetermined(`lines at ${rival.order.toFixed(2)} orders, not of this bearing, stand out`);
  if (top.score > BEYOND_CHANCE)
    return undetermined(`lines at ${rival.order.toFixed(2)} orders, not of this bearing, stand out as much`);
  if (features.kurtosis > IMPULSIVE) return undetermined('impacts, but not in the rhythm of a bearing defect');
  if (suspect) return suspectVerdict(suspect, severity);
  if (uncertainty > SPEED_NAMES_PART)
    return undetermined(
      `no line of the shaft stands out, and its speed is known to ${percent(uncertainty)} only: where a bearing's lines would lie is open`,
    );
  if (severity.zone >= 2) return undetermined(`${levelText(severity)}, without a line that names its cause`);
  const confidence = rounded(1 - top.confidence, 3);
  return { verdict: 'healthy', fault: null, stage: null, confidence, reason: 'no line of the bearing stands out' };
}

/** A complete machine pattern at a level that does not support a call; null if there is none. */
export function watchedPattern(machineCandidates: readonly MachineCandidate[], { zone }: Severity): Verdict | null {
  const pattern = machineCandidates.find((c) => c.score >= 1);
  return pattern && zone >= 2 ? machineVerdict(pattern, 'watch') : null;
}

/** The verdict on a suspected misalignment or bent shaft: `watch`, never a call. */
export function suspectVerdict({ explains, reason }: ShaftSuspicion, severity: Severity): Verdict {
  const next = 'suspect misalignment or a bent shaft, measure axially and compare the phase across the coupling';
  return {
    verdict: 'watch',
    fault: 'misalignment_or_bent_shaft',
    stage: 1,
    confidence: rounded(SUSPECTED * explains, 3),
    reason: `${levelText(severity)}; ${reason}: ${next}`,
  };
}

function levelText({ iso }: Severity): string {
  return iso.assessment === 'assessed' ? `vibration in zone ${iso.zone}` : iso.reason;
}

/** The defect whose lines these may be if the given geometry or speed is wrong. */
function misplacedFault(order: number, factors: NonNullable<RecordingContext['factors']>): string | null {
  for (const fault of ['outer_race', 'inner_race', 'ball'] as const) {
    const off = order / orderOf(fault, factors) - 1;
    if (Math.abs(off) <= SLIP || Math.abs(off) > MISPLACED) continue;
    const where = `${Math.abs(100 * off).toFixed(0)} % ${off < 0 ? 'low' : 'high'}`;
    return `${fault.replace('_', '-')}-like lines, ${where} (${order.toFixed(2)} orders): check geometry or speed`;
  }
  return null;
}

/** Each candidate's share of e^score, times a logistic function of the score about the limit. */
export function candidatesOf({ scores }: BearingDiagnosis): Candidate[] {
  const odds = scores.map((s) => Math.exp(s.score - scores[0].score));
  const total = odds.reduce((a, b) => a + b, 0);
  return scores.map(({ fault, score }, i) => ({
    fault,
    confidence: rounded(odds[i] / total / (1 + Math.exp(STANDS_CLEAR - score)), 3),
    score: rounded(score, 2),
  }));
}

/** The evidence for and against a bearing fault, a sentence each: combs, modulation, speed, impacts. */
export function evidenceOf(
  { scores, rival, rivalDepth, depth, shaftHz }: BearingDiagnosis,
  { rpm = 0 }: RecordingContext,
  features: Record<string, number>,
): string[] {
  const lines = scores.map(({ fault, score }) => {
    const word = score > STANDS_CLEAR ? 'stand out' : score > SIGNIFICANT ? 'may stand out' : 'do not stand out';
    return `four harmonics of the ${LINE[fault]} ${word}: score ${score.toFixed(1)}, ${STANDS_CLEAR} is the limit`;
  });
  const modulation = `depth of modulation at the ${LINE[scores[0].fault]}: ${percent(depth)}, ${percent(DEEP)} is the limit`;
  const shaft = `shaft at ${(shaftHz * 60).toFixed(1)} rpm as refined, ${rpm.toFixed(1)} given`;
  const other = `strongest other family at ${rival.order.toFixed(2)} orders: score ${rival.score.toFixed(1)}, depth ${percent(rivalDepth)}`;
  const impacts = `kurtosis ${features.kurtosis.toFixed(1)} (3 without impacts)`;
  return [...lines, modulation, other, shaft, impacts];
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
