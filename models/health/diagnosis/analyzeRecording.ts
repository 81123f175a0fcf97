import type { Fault } from '#models/contracts/alert.ts';
import { UNKNOWN_DRIVETRAIN } from '#models/machine/drivetrain.ts';
import { LEAST_SPECTRUM, LineSpectrum } from '#models/signal/lineSpectrum.ts';
import { MEASURED_SPEED, refineShaftHz, type ShaftEstimate } from '#models/signal/shaftSpeed.ts';
import { bearingObstacle, type Obstacle, type RecordingContext, signalObstacle } from './assessability.ts';
import {
  type BearingDiagnosis,
  bearingAnalyzer,
  DEEP,
  diagnoseBearing,
  SIGNIFICANT,
  STANDS_CLEAR,
} from './bearingDiagnosis.ts';
import { type BearingFault, orderOf, SLIP } from './bearingLines.ts';
import { bearingStage } from './bearingStage.ts';
import { type Hum, levelRemarks, mainsHum } from './levelRemarks.ts';
import { type MachineCandidate, type MachineFault, machineFaults, type Stage } from './machineFaults.ts';
import { MachineLines, type SensorSpectrum } from './machineLines.ts';
import { meanFeatures } from './recordingFeatures.ts';
import { type RecordingIso, type Severity, severityOf } from './severity.ts';

export interface Candidate {
  fault: BearingFault | MachineFault;
  /** 0 to 1: a half where its score is at the limit and no other fault is as likely. */
  confidence: number;
  /**
   * Of a bearing's fault about −ln of the probability of such lines by chance; of a machine's fault the least of its
   * conditions, its pattern is there from 1 on.
   */
  score: number;
}

/** What one recording says of a machine, on its own or beside what was normal for it. */
export interface Analysis {
  /** `watch`: signs of a fault, too weak to be called. Only `fault` is worth an alert by itself. */
  verdict: 'healthy' | 'watch' | 'fault' | 'undetermined' | 'not_assessable';
  /** Of `fault` what it is, of `watch` what it may become. */
  fault: Fault | null;
  /** Which kind of gear or electrical fault, where that can be told. */
  mode?: MachineCandidate['mode'];
  /** 1 early to 4 near failure, as `docs/guides/diagnosis.md` defines them; null where no fault is seen. */
  stage: Stage | null;
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

type Verdict = Pick<Analysis, 'verdict' | 'fault' | 'stage' | 'confidence' | 'reason' | 'mode'>;

/** Of all orders of a recording, one reaches the limit by chance now and then; this, hardly ever. */
const BEYOND_CHANCE = 6.5;
/** Gaussian noise has 3; above this a recording holds impacts, whatever their rhythm. */
const IMPULSIVE = 5;
/** Faults of the machine are listed from this score on. */
const CONSIDERED = 0.5;
/** Of early lines on two rigs, this part belonged to the part that they name: 7 of 16, the rest to sound bearings or other parts. */
const EARLY_IS_RIGHT = 0.4;
/** A comb this near to a defect's order is taken for one that geometry or speed misplace. */
const MISPLACED = 0.05;
/** Where the speed is less certain than this, neighbouring parts of the bearing exchange their lines. */
const SPEED_NAMES_PART = 0.03;

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
  const found = signalObstacle(pieces, context);
  const sensors = found?.unreadable ? [] : sensorsOf(pieces, context);
  const severity = severityOf(sensors[0]?.spectrum ?? null, context);
  const features = found?.unreadable ? {} : meanFeatures(pieces, context);
  // One velocity in a report: the spectrum of the whole recording is the finer one.
  delete features.velocityRmsMmPerS;
  if (severity.velocityMmPerS !== undefined) features.velocityRmsMmPerS = severity.velocityMmPerS;
  const { iso } = severity;
  const base = { features, iso, candidates: [] as Candidate[], evidence: [] as string[] };
  if (found || sensors.length === 0) return { ...base, ...notAssessable(found ?? UNKNOWN) };
  return { ...base, ...judged(pieces, context, sensors, severity, features) };
}

function notAssessable({ reason, remedy }: Obstacle) {
  return { verdict: 'not_assessable', fault: null, stage: null, confidence: 0, reason, remedy } as const;
}

function judged(
  pieces: readonly Float32Array[],
  context: RecordingContext,
  sensors: readonly SensorSpectrum[],
  severity: Severity,
  features: Record<string, number>,
): Verdict & Pick<Analysis, 'candidates' | 'evidence' | 'remedy'> {
  const { drivetrain = UNKNOWN_DRIVETRAIN, rpm = 0, speedTolerance = MEASURED_SPEED } = context;
  const shaft = refineShaftHz(
    sensors.map((s) => s.spectrum),
    rpm / 60,
    speedTolerance,
  );
  const machine = machineFaults(
    sensors.map((s) => ({ ...s, kurtosis: s.direction === 'axial' ? 0 : features.kurtosis })),
    { shaftHz: shaft.hz, drivetrain, severity },
  );
  const seen = machine.candidates.filter((c) => c.score >= CONSIDERED);
  const called = machine.candidates.find((c) => c.called);
  const hum = mainsHum(sensors[0], shaft.hz, severity);
  const noBearing = bearingObstacle(pieces, context);
  const diagnosis = noBearing?.stopsAll ? null : bearingOf(pieces, context, shaft, sensors[0].spectrum);
  const bearing = diagnosis ? candidatesOf(diagnosis) : [];
  const others = seen.map(machineCandidate);
  const lines = diagnosis && !noBearing ? evidenceOf(diagnosis, context, features) : [];
  const evidence = [
    ...seen.flatMap(({ fault, reasons }) => reasons.map((r) => `${fault}, ${r}`)),
    ...lines,
    ...levelRemarks(sensors[0], hum),
  ];
  const ranked = { candidates: [...bearing, ...others], evidence };
  if (diagnosis && !noBearing && (diagnosis.finding === 'fault' || diagnosis.finding === 'part_unsure')) {
    const stage = stageOf(diagnosis, context, sensors, severity, hum);
    return { ...ranked, ...bearingVerdict(diagnosis, bearing[0], stage, shaft) };
  }
  if (called) {
    const first = machineCandidate(called);
    const candidates = [first, ...bearing, ...others.filter((c) => c.fault !== first.fault)];
    return { ...ranked, candidates, ...machineVerdict(called, 'fault') };
  }
  if (noBearing || !diagnosis) return { ...ranked, ...notAssessable(noBearing ?? UNKNOWN) };
  return { ...ranked, ...uncalled(diagnosis, bearing, seen, features, severity, context) };
}

const UNKNOWN: Obstacle = { reason: 'bearing geometry unknown', remedy: 'give it', stopsAll: true };
/** In bins wider than this part of the rate, other lines pass for those of the shaft. */
const COARSE = 0.015;

function bearingOf(
  pieces: readonly Float32Array[],
  context: RecordingContext,
  shaft: ShaftEstimate,
  { stepHz }: LineSpectrum,
): BearingDiagnosis | null {
  if (!context.rpm || !context.factors) return null;
  const givenHz = context.rpm / 60;
  const shaftHz = stepHz > COARSE * givenHz ? givenHz : shaft.hz;
  const longest = Math.max(...pieces.map((p) => p.length));
  const analyzer = bearingAnalyzer(context.sampleRateHz, longest, shaftHz, context.factors);
  return diagnoseBearing(pieces, analyzer, shaftHz, context.factors);
}

function sensorsOf(
  pieces: readonly Float32Array[],
  { sampleRateHz, unit, direction = 'radial', axial = [] }: RecordingContext,
): SensorSpectrum[] {
  const long = (ps: readonly Float32Array[]) => ps.some((p) => p.length >= LEAST_SPECTRUM);
  const sensor = (ps: readonly Float32Array[], its: 'radial' | 'axial'): SensorSpectrum[] =>
    long(ps) ? [{ direction: its, spectrum: new LineSpectrum(ps, sampleRateHz), unit, kurtosis: 0 }] : [];
  const first = sensor(pieces, direction);
  return first.length > 0 ? [...first, ...sensor(axial, 'axial')] : [];
}

function stageOf(
  diagnosis: BearingDiagnosis,
  { factors }: RecordingContext,
  sensors: readonly SensorSpectrum[],
  severity: Severity,
  hum: Hum | null,
): Stage {
  if (!factors) return 1;
  const lines = new MachineLines(
    sensors.slice(0, 1).map((s) => ({ ...s, direction: 'radial' })),
    diagnosis.shaftHz,
  );
  return bearingStage(diagnosis, orderOf(diagnosis.scores[0].fault, factors), lines, severity, hum);
}

function machineCandidate({ fault, score, explains }: MachineCandidate): Candidate {
  const clear = score ** 2 / (1 + score ** 2);
  return { fault, confidence: rounded(Math.max(clear, score < 1 ? 0 : explains), 3), score: rounded(score, 2) };
}

function machineVerdict(candidate: MachineCandidate, verdict: 'fault' | 'watch'): Verdict {
  const { fault, mode, stage, reasons } = candidate;
  const { confidence } = machineCandidate(candidate);
  const reason = `${named(candidate)}: ${reasons.map((r) => r.replace(/^for: /, '')).join('; ')}`;
  return { verdict, fault, mode, stage, confidence, reason };
}

function named({ fault, mode }: MachineCandidate): string {
  return mode ? `${fault} (${mode})`.replaceAll('_', ' ') : fault.replaceAll('_', ' ');
}

function bearingVerdict(
  { finding, depth, scores: [top] }: BearingDiagnosis,
  { fault, confidence }: Candidate,
  stage: Stage,
  { uncertainty }: ShaftEstimate,
): Verdict {
  const line = LINE[fault as BearingFault];
  const deep = `lines of the ${line} stand out and modulate the vibration to ${percent(depth)}`;
  if (finding === 'part_unsure')
    return { verdict: 'fault', fault: 'bearing', stage, confidence, reason: `${deep}: a rolling element or the cage` };
  if (uncertainty > SPEED_NAMES_PART) {
    const reason = `${deep}, at a speed that is known to ${percent(uncertainty)} only: which part is unsure`;
    return { verdict: 'fault', fault: 'bearing', stage, confidence, reason };
  }
  const odds = (DEEP / depth) * Math.exp(SIGNIFICANT - top.score);
  const share = confidence * (1 + Math.exp(STANDS_CLEAR - top.score));
  const reason = `${deep}, and no other family does as much`;
  return { verdict: 'fault', fault, stage, confidence: rounded(Math.min(1, share / (1 + odds)), 3), reason };
}

/** Where nothing is called. */
function uncalled(
  diagnosis: BearingDiagnosis,
  candidates: readonly Candidate[],
  seen: readonly MachineCandidate[],
  features: Record<string, number>,
  { zone, iso }: Severity,
  { factors }: RecordingContext,
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
  const pattern = seen.find((c) => c.score >= 1);
  if (pattern && zone >= 2) return machineVerdict(pattern, 'watch');
  if (top.score > BEYOND_CHANCE && top.fault === 'cage')
    return undetermined('a line at the cage’s rate stands out: a defect of the cage or of a rolling element');
  if (rival.score > STANDS_CLEAR && rivalDepth >= DEEP && factors) {
    const near = misplaced(rival.order, factors);
    if (near) return undetermined(near);
  }
  if (rival.score > BEYOND_CHANCE && (top.score > STANDS_CLEAR || rivalDepth >= DEEP))
    return undetermined(`lines at ${rival.order.toFixed(2)} orders, not of this bearing, stand out`);
  if (top.score > BEYOND_CHANCE)
    return undetermined(`lines at ${rival.order.toFixed(2)} orders, not of this bearing, stand out as much`);
  if (features.kurtosis > IMPULSIVE) return undetermined('impacts, but not in the rhythm of a bearing defect');
  if (zone >= 2) {
    const level = iso.assessment === 'assessed' ? `vibration in zone ${iso.zone}` : iso.reason;
    return undetermined(`${level}, without a line that names its cause`);
  }
  const confidence = rounded(1 - top.confidence, 3);
  return { verdict: 'healthy', fault: null, stage: null, confidence, reason: 'no line of the bearing stands out' };
}

/** Which defect's lines these may be, if geometry or speed are not what they were said to be. */
function misplaced(order: number, factors: NonNullable<RecordingContext['factors']>): string | null {
  for (const fault of ['outer_race', 'inner_race', 'ball'] as const) {
    const off = order / orderOf(fault, factors) - 1;
    if (Math.abs(off) <= SLIP || Math.abs(off) > MISPLACED) continue;
    const where = `${Math.abs(100 * off).toFixed(0)} % ${off < 0 ? 'low' : 'high'}`;
    return `${fault.replace('_', '-')}-like lines, ${where} (${order.toFixed(2)} orders): check geometry or speed`;
  }
  return null;
}

/** Each one's share of e^score, times a logistic of the score about the limit. */
function candidatesOf({ scores }: BearingDiagnosis): Candidate[] {
  const odds = scores.map((s) => Math.exp(s.score - scores[0].score));
  const total = odds.reduce((a, b) => a + b, 0);
  return scores.map(({ fault, score }, i) => ({
    fault,
    confidence: rounded(odds[i] / total / (1 + Math.exp(STANDS_CLEAR - score)), 3),
    score: rounded(score, 2),
  }));
}

function evidenceOf(
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
