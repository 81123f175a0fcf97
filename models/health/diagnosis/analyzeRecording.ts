import type { Fault } from '#models/contracts/alert.ts';
import { UNKNOWN_DRIVETRAIN } from '#models/machine/drivetrain.ts';
import { zoneLimits } from '#models/machine/iso20816.ts';
import { LEAST_SPECTRUM, LineSpectrum } from '#models/signal/lineSpectrum.ts';
import { refineShaftHz } from '#models/signal/shaftSpeed.ts';
import { bearingObstacle, type Obstacle, type RecordingContext, signalObstacle } from './assessability.ts';
import { type BearingDiagnosis, bearingAnalyzer, CALLED, diagnoseBearing } from './bearingDiagnosis.ts';
import type { BearingFault } from './bearingLines.ts';
import { type MachineCandidate, type MachineFault, type MachineFindings, machineFaults } from './machineFaults.ts';
import type { SensorSpectrum } from './machineLines.ts';
import { isoOf, meanFeatures, type RecordingIso } from './recordingFeatures.ts';

export interface Candidate {
  fault: BearingFault | MachineFault;
  /** 0 to 1: a half where its score is at the limit and no other fault is as likely. */
  confidence: number;
  /**
   * Of a bearing's fault about −ln of the probability of such lines by chance, called above 4.6 if nothing rivals it;
   * of a machine's fault the least of its conditions, called from 1 on.
   */
  score: number;
}

/** What one recording says of a machine, on its own: there is no past to compare it with. */
export interface Analysis {
  verdict: 'healthy' | 'fault' | 'undetermined' | 'not_assessable';
  fault: Fault | null;
  /** Which kind of gear or electrical fault, where that can be told. */
  mode?: MachineCandidate['mode'];
  confidence: number;
  /**
   * All bearing faults, the likeliest first, whatever the verdict; then faults of the machine that are half as clear as
   * a call asks for. A machine's fault that is called stands before all.
   */
  candidates: Candidate[];
  /** What speaks for the verdict and against it, a sentence each. */
  evidence: string[];
  /** Mean over the recording's windows. */
  features: Record<string, number>;
  iso: RecordingIso;
  reason: string;
  /** What would allow a verdict; only where there is none. */
  remedy?: string;
}

/** Of all orders of a recording, one reaches the limit by chance now and then; this, hardly ever. */
const BEYOND_CHANCE = 6.5;
/** Gaussian noise has 3; above this a recording holds impacts, whatever their rhythm. */
const IMPULSIVE = 5;
/** Faults of the machine are told of from this score on. */
const CONSIDERED = 0.5;

const LINE: Record<BearingFault, string> = {
  outer_race: 'outer race (BPFO)',
  inner_race: 'inner race (BPFI)',
  ball: 'rolling element (2×BSF)',
  cage: 'cage (FTF)',
};

/** Diagnoses one recording, in the unit of `context`. */
export function analyzeRecording(samples: Float32Array, context: RecordingContext): Analysis {
  return analyzePieces([samples], context);
}

/** Diagnoses pieces of one signal, taken while the machine ran the same way, each without a gap. */
export function analyzePieces(pieces: readonly Float32Array[], context: RecordingContext): Analysis {
  const features = meanFeatures(pieces, context);
  const iso = isoOf(features, context);
  const base = { features, iso, fault: null, confidence: 0, candidates: [] as Candidate[], evidence: [] as string[] };
  const unclear = ({ reason, remedy }: Obstacle) => ({ verdict: 'not_assessable', reason, remedy }) as const;
  const found = signalObstacle(pieces, context);
  if (found) return { ...base, ...unclear(found) };
  const machine = machineFindings(pieces, features, context);
  const seen = machine.candidates.filter((c) => c.score >= CONSIDERED);
  const called = machine.candidates.find((c) => c.score >= 1);
  const noBearing = bearingObstacle(pieces, context);
  const diagnosis = noBearing?.stopsAll ? null : bearingOf(pieces, context);
  const bearing = diagnosis ? candidatesOf(diagnosis) : [];
  const others = seen.map(machineCandidate);
  const spoken = diagnosis && !noBearing ? evidenceOf(diagnosis, context, features) : [];
  const evidence = [...seen.flatMap(({ fault, reasons }) => reasons.map((r) => `${fault}, ${r}`)), ...spoken];
  const ranked = { ...base, candidates: [...bearing, ...others], evidence };
  if (diagnosis?.called && !noBearing) return { ...ranked, ...bearingVerdict(bearing[0]) };
  if (called) {
    const first = machineCandidate(called);
    const candidates = [first, ...bearing, ...others.filter((c) => c.fault !== first.fault)];
    const reason = `${named(called)}: ${called.reasons.map((r) => r.replace(/^for: /, '')).join('; ')}`;
    const { fault, confidence } = first;
    return { ...ranked, candidates, verdict: 'fault', fault, mode: called.mode, confidence, reason };
  }
  if (noBearing || !diagnosis) return { ...ranked, ...unclear(noBearing ?? UNKNOWN) };
  return { ...ranked, ...verdictOf(diagnosis, bearing, features, iso) };
}

const UNKNOWN: Obstacle = { reason: 'bearing geometry unknown', remedy: 'give it', stopsAll: true };

function bearingOf(pieces: readonly Float32Array[], context: RecordingContext): BearingDiagnosis | null {
  if (!context.rpm || !context.factors) return null;
  const shaftHz = context.rpm / 60;
  const longest = Math.max(...pieces.map((p) => p.length));
  const analyzer = bearingAnalyzer(context.sampleRateHz, longest, shaftHz, context.factors);
  return diagnoseBearing(pieces, analyzer, shaftHz, context.factors);
}

function machineFindings(
  pieces: readonly Float32Array[],
  features: Record<string, number>,
  { sampleRateHz, rpm, unit, iso, drivetrain = UNKNOWN_DRIVETRAIN, direction = 'radial', axial = [] }: RecordingContext,
): MachineFindings {
  const { kurtosis } = features;
  const sensors: SensorSpectrum[] = [{ direction, spectrum: new LineSpectrum(pieces, sampleRateHz), unit, kurtosis }];
  if (axial.some((p) => p.length >= LEAST_SPECTRUM)) {
    const spectrum = new LineSpectrum(axial, sampleRateHz);
    sensors.push({ direction: 'axial', spectrum, unit, kurtosis: 0 });
  }
  const spectra = sensors.map((s) => s.spectrum);
  const shaftHz = refineShaftHz(spectra, (rpm ?? 0) / 60);
  return machineFaults(sensors, { shaftHz, drivetrain, limitMmPerS: zoneLimits(iso)[1] });
}

function machineCandidate({ fault, score }: MachineCandidate): Candidate {
  return { fault, confidence: rounded(score ** 2 / (1 + score ** 2), 3), score: rounded(score, 2) };
}

function named({ fault, mode }: MachineCandidate): string {
  return mode ? `${fault} (${mode})`.replaceAll('_', ' ') : fault.replaceAll('_', ' ');
}

function bearingVerdict({
  fault,
  confidence,
}: Candidate): Pick<Analysis, 'verdict' | 'fault' | 'confidence' | 'reason'> {
  const line = LINE[fault as BearingFault];
  const reason = `lines of the ${line} stand out, and no other family does as much`;
  return { verdict: 'fault', fault, confidence, reason };
}

/** Where nothing is called. */
function verdictOf(
  diagnosis: BearingDiagnosis,
  candidates: readonly Candidate[],
  features: Record<string, number>,
  iso: Analysis['iso'],
): Pick<Analysis, 'verdict' | 'fault' | 'confidence' | 'reason'> {
  const [top] = candidates;
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
  { rpm = 0 }: RecordingContext,
  features: Record<string, number>,
): string[] {
  const lines = scores.map(({ fault, score }) => {
    const word = score > CALLED ? 'stand out' : score > 2.5 ? 'may stand out' : 'do not stand out';
    return `four harmonics of the ${LINE[fault]} ${word}: score ${score.toFixed(1)}, ${CALLED} is the limit`;
  });
  const shaft = `shaft at ${(shaftHz * 60).toFixed(1)} rpm on the envelope, ${rpm.toFixed(1)} given`;
  const other = `strongest other family at ${rival.order.toFixed(2)} orders: score ${rival.score.toFixed(1)}`;
  const impacts = `kurtosis ${features.kurtosis.toFixed(1)} (3 without impacts)`;
  return [...lines, other, shaft, impacts];
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
