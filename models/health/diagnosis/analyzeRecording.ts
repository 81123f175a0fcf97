import type { Fault } from '#models/contracts/alert.ts';
import type { IsoVerdict } from '#models/contracts/health.ts';
import { isoVerdict } from '#models/machine/iso20816.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { type Obstacle, obstacle, type RecordingContext } from './assessability.ts';
import { type BearingDiagnosis, bearingAnalyzer, CALLED, diagnoseBearing } from './bearingDiagnosis.ts';
import type { BearingFault } from './bearingLines.ts';

export interface Candidate {
  fault: BearingFault;
  /** 0 to 1: a half where its score is at the limit and no other fault is as likely. */
  confidence: number;
  /** About −ln of the probability of such lines by chance; above 4.6 a fault is called if nothing rivals it. */
  score: number;
}

/** What one recording says of a machine, on its own: there is no past to compare it with. */
export interface Analysis {
  verdict: 'healthy' | 'fault' | 'undetermined' | 'not_assessable';
  fault: Fault | null;
  confidence: number;
  /** All bearing faults, the likeliest first, whatever the verdict. */
  candidates: Candidate[];
  /** What speaks for the verdict and against it, a sentence each. */
  evidence: string[];
  /** Mean over the recording's windows. */
  features: Record<string, number>;
  iso: (IsoVerdict & { assessment: 'assessed' }) | { assessment: 'not_assessable'; reason: string };
  reason: string;
  /** What would allow a verdict; only where there is none. */
  remedy?: string;
}

/** Windows of features: this long, or as long as a shorter recording allows. */
const WINDOW = 4096;
const SHORTEST_WINDOW = 256;
/** Of all orders of a recording, one reaches the limit by chance now and then; this, hardly ever. */
const BEYOND_CHANCE = 6.5;
/** Gaussian noise has 3; above this a recording holds impacts, whatever their rhythm. */
const IMPULSIVE = 5;

const LINE: Record<BearingFault, string> = {
  outer_race: 'outer race (BPFO)',
  inner_race: 'inner race (BPFI)',
  ball: 'rolling element (2×BSF)',
  cage: 'cage (FTF)',
};

/** Diagnoses one recording, in the unit of `context`. */
export function analyzeRecording(samples: Float32Array, context: RecordingContext): Analysis {
  const features = meanFeatures(samples, context);
  const iso = isoOf(features, context);
  const base = { features, iso, fault: null, confidence: 0, candidates: [] as Candidate[] };
  const found = obstacle(samples, context);
  if (found?.stopsAll || !context.rpm || !context.factors) return { ...base, ...notAssessable(found) };
  const shaftHz = context.rpm / 60;
  const analyzer = bearingAnalyzer(context.sampleRateHz, samples.length, shaftHz, context.factors);
  const diagnosis = diagnoseBearing([samples], analyzer, shaftHz, context.factors);
  const candidates = candidatesOf(diagnosis);
  if (found) return { ...base, candidates, ...notAssessable(found) };
  const evidence = evidenceOf(diagnosis, shaftHz, features);
  return { ...base, candidates, evidence, ...verdictOf(diagnosis, candidates, features, iso) };
}

function notAssessable(found: Obstacle | null): Pick<Analysis, 'verdict' | 'evidence' | 'reason' | 'remedy'> {
  const { reason, remedy } = found ?? { reason: 'speed or bearing geometry unknown', remedy: 'give both' };
  return { verdict: 'not_assessable', evidence: [], reason, remedy };
}

function verdictOf(
  diagnosis: BearingDiagnosis,
  candidates: readonly Candidate[],
  features: Record<string, number>,
  iso: Analysis['iso'],
): Pick<Analysis, 'verdict' | 'fault' | 'confidence' | 'reason'> {
  const [top] = candidates;
  if (diagnosis.called) {
    const reason = `lines of the ${LINE[top.fault]} stand out, and no other family does as much`;
    return { verdict: 'fault', fault: top.fault, confidence: top.confidence, reason };
  }
  const undetermined = (reason: string) =>
    ({ verdict: 'undetermined', fault: 'undetermined', confidence: 0, reason }) as const;
  if (top.score > BEYOND_CHANCE && top.fault === 'cage')
    return undetermined('a line at the cage’s rate stands out: a defect of the cage or of a rolling element');
  if (top.score > CALLED && Math.max(top.score, diagnosis.rival.score) > BEYOND_CHANCE)
    return undetermined(`lines at ${diagnosis.rival.order.toFixed(2)} orders, not of this bearing, stand out as much`);
  if (features.kurtosis > IMPULSIVE) return undetermined('impacts, but not in the rhythm of a bearing defect');
  if (iso.assessment === 'assessed' && iso.zone === 'D')
    return undetermined('vibration in zone D, without a line that names its cause');
  return {
    verdict: 'healthy',
    fault: null,
    confidence: rounded(1 - top.confidence, 3),
    reason: 'no line of the bearing stands out',
  };
}

/** Each one's share of e^score, times a logistic of the score about the limit. */
function candidatesOf({ scores }: BearingDiagnosis): Candidate[] {
  const odds = scores.map((s) => Math.exp(s.score - scores[0].score));
  const total = odds.reduce((a, b) => a + b, 0);
  return scores.map(({ fault, score }, i) => ({
    fault,
    confidence: rounded(odds[i] / total / (1 + Math.exp(CALLED - score)), 3),
    score: rounded(score, 2),
  }));
}

function evidenceOf(
  { scores, rival, shaftHz }: BearingDiagnosis,
  givenHz: number,
  features: Record<string, number>,
): string[] {
  const lines = scores.map(({ fault, score }) => {
    const word = score > CALLED ? 'stand out' : score > 2.5 ? 'may stand out' : 'do not stand out';
    return `four harmonics of the ${LINE[fault]} ${word}: score ${score.toFixed(1)}, ${CALLED} is the limit`;
  });
  const shaft = `shaft at ${(shaftHz * 60).toFixed(1)} rpm on the envelope, ${(givenHz * 60).toFixed(1)} given`;
  const other = `strongest other family at ${rival.order.toFixed(2)} orders: score ${rival.score.toFixed(1)}`;
  const impacts = `kurtosis ${features.kurtosis.toFixed(1)} (3 without impacts)`;
  return [...lines, other, shaft, impacts];
}

function meanFeatures(samples: Float32Array, { sampleRateHz, unit, rpm, factors }: RecordingContext) {
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, samples.length)));
  const length = Math.min(WINDOW, fitting);
  if (length < SHORTEST_WINDOW || !samples.every(Number.isFinite)) return {};
  // A velocity from 10 Hz on needs bins that are narrow enough: longer windows where the recording has them.
  const long = Math.min(65_536, Math.max(length, 2 ** Math.ceil(Math.log2(sampleRateHz / 4))), fitting);
  const extractor = new VibrationFeatures({ length: long, sampleRateHz, unit, bearing: factors });
  const sums = new Array<number>(extractor.names.length).fill(0);
  let windows = 0;
  for (let from = 0; from + long <= samples.length; from += long, windows++) {
    extractor.extract(samples.subarray(from, from + long), (rpm ?? 0) / 60).forEach((v, i) => {
      sums[i] += v;
    });
  }
  return Object.fromEntries(extractor.names.map((name, i) => [name, Number((sums[i] / windows).toPrecision(6))]));
}

function isoOf(features: Record<string, number>, { iso }: RecordingContext): Analysis['iso'] {
  const velocity = features.velocityRmsMmPerS;
  if (velocity !== undefined) return { assessment: 'assessed', ...isoVerdict(iso, velocity) };
  const reason = 'needs an acceleration (--unit g or m/s2) over 10–1000 Hz in bins of 4 Hz or less';
  return { assessment: 'not_assessable', reason };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
