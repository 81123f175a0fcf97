import { coveredFaults } from '#models/contracts/alert.ts';
import { UNKNOWN_DRIVETRAIN } from '#models/machine/drivetrain.ts';
import { LineSpectrum, MIN_SPECTRUM } from '#models/signal/lineSpectrum.ts';
import { MEASURED_SPEED, refineShaftHz, type ShaftEstimate } from '#models/signal/shaftSpeed.ts';
import { impurityOf } from '#models/signal/tonePurity.ts';
import type { Analysis, Candidate, Verdict } from './analysis.ts';
import { bearingObstacle, type Obstacle, type RecordingContext, signalObstacle } from './assessability.ts';
import { type BearingDiagnosis, bearingAnalyzer, diagnoseBearing } from './bearingDiagnosis.ts';
import { orderOf } from './bearingLines.ts';
import { bearingStage } from './bearingStage.ts';
import type { MachineCandidate, MachineFindings, Stage } from './faultRule.ts';
import { type Hum, levelRemarks, mainsHum } from './levelRemarks.ts';
import { machineFaults, suspectShaft } from './machineFaults.ts';
import { MachineLines, type SensorSpectrum } from './machineLines.ts';
import { meanFeatures } from './recordingFeatures.ts';
import { type Severity, severityOf } from './severity.ts';
import {
  bearingVerdict,
  candidatesOf,
  evidenceOf,
  machineCandidate,
  machineVerdict,
  suspectVerdict,
  verdictWithoutCall,
  watchedPattern,
} from './verdict.ts';

/** Faults of the machine are listed from this score on. */
const CONSIDERED = 0.5;

/**
 * Diagnoses one recording: bearing and machine faults, ISO zone, evidence; or, without throwing, what prevents a
 * verdict, with a remedy.
 * @param samples in the unit of `context`, without a gap; at least 1024, and 12 turns of the shaft.
 */
export function analyzeRecording(samples: Float32Array, context: RecordingContext): Analysis {
  return analyzePieces([samples], context);
}

/** Diagnoses pieces of one signal, recorded in one operating state, each without a gap. */
export function analyzePieces(pieces: readonly Float32Array[], context: RecordingContext): Analysis {
  const found = signalObstacle(pieces, context);
  const sensors = found?.unreadable ? [] : sensorsOf(pieces, context);
  const severity = severityOf(sensors[0]?.spectrum ?? null, context);
  const features = found?.unreadable ? {} : meanFeatures(pieces, context);
  // Report one velocity only: the spectrum of the whole recording is finer.
  delete features.velocityRmsMmPerS;
  if (severity.velocityMmPerS !== undefined) features.velocityRmsMmPerS = severity.velocityMmPerS;
  const { iso } = severity;
  const base = { features, iso, candidates: [] as Candidate[], evidence: [] as string[] };
  if (found || sensors.length === 0) return { ...base, ...notAssessable(found ?? UNKNOWN) };
  return { ...base, ...judged(pieces, context, sensors, severity, features) };
}

/** Impurity of the tone above which 1× is not unbalance alone: docs/decisions/0023-short-frames-and-names.md. */
const PURE = 0.25;

/**
 * Where the sidebands of a broken rotor bar cannot be placed, or pieces are too short for them, and 1× is not a pure
 * tone, the cause may be either.
 */
function unbalanceOrRotorBar(
  { fault, velocityMmPerS }: MachineCandidate,
  { notAssessable: unassessable }: MachineFindings,
  pieces: readonly Float32Array[],
  { spectrum }: SensorSpectrum,
  { sampleRateHz, shaftHz }: { sampleRateHz: number; shaftHz: number },
): (Verdict & Pick<Analysis, 'remedy'>) | null {
  const untested = coveredFaults(fault).includes('unbalance') && unassessable.find(({ mode }) => mode === 'rotor_bar');
  if (!untested) return null;
  // Weaker harmonics may put the refined speed half a bin off, too far for a fit: it starts at the line itself.
  const beside = impurityOf(pieces, sampleRateHz, spectrum.line(shaftHz).hz);
  if (beside === null) return null;
  const impurity = Math.hypot(beside, (untested.sharedMmPerS ?? 0) / velocityMmPerS);
  if (impurity <= PURE) return null;
  const reason = `unbalance, or a rotor bar: 1× varies by ${(100 * impurity).toFixed(0)} % within a piece; ${untested.reason}: ${untested.remedy} to decide`;
  return {
    verdict: 'undetermined',
    fault: 'undetermined',
    stage: null,
    confidence: 0,
    reason,
    remedy: untested.remedy,
  };
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
): Verdict & Pick<Analysis, 'candidates' | 'evidence' | 'remedy' | 'machine' | 'masked'> {
  const { drivetrain = UNKNOWN_DRIVETRAIN, rpm = 0, speedTolerance = MEASURED_SPEED } = context;
  const shaft = refineShaftHz(
    sensors.map((s) => s.spectrum),
    rpm / 60,
    speedTolerance,
    drivetrain.poles === undefined ? [] : [2 * drivetrain.lineHz],
  );
  const machine = machineFaults(
    sensors.map((s) => ({ ...s, kurtosis: s.direction === 'axial' ? 0 : features.kurtosis })),
    { shaftHz: shaft.hz, drivetrain, severity, normalMmPerS: context.normalVelocityMmPerS },
  );
  const machineCandidates = machine.candidates.filter((c) => c.score >= CONSIDERED);
  const likeliest = machine.candidates.find((c) => c.called);
  const place = { sampleRateHz: context.sampleRateHz, shaftHz: shaft.hz };
  const open = likeliest && unbalanceOrRotorBar(likeliest, machine, pieces, sensors[0], place);
  const called = open ? undefined : likeliest;
  const hum = mainsHum(sensors[0], shaft.hz, severity);
  const noBearing = bearingObstacle(pieces, context);
  const diagnosis = noBearing?.stopsAll ? null : bearingOf(pieces, context, shaft, sensors[0].spectrum);
  const bearing = diagnosis ? candidatesOf(diagnosis) : [];
  const others = machineCandidates.map(machineCandidate);
  const lines = diagnosis && !noBearing ? evidenceOf(diagnosis, context, features) : [];
  const evidence = [
    ...machineCandidates.flatMap(({ fault, reasons }) => reasons.map((r) => `${fault}, ${r}`)),
    ...lines,
    ...levelRemarks(sensors[0], hum),
  ];
  const named = called && { ...machineVerdict(called, 'fault'), velocityMmPerS: called.velocityMmPerS };
  const ranked = {
    candidates: [...bearing, ...others],
    evidence,
    ...(named ? { machine: named } : {}),
    masked: diagnosis ? [...diagnosis.masked, ...(called ? diagnosis.near : [])] : [],
  };
  if (
    diagnosis &&
    !noBearing &&
    !(called && (diagnosis.isShafts || isDoubtful(diagnosis, bearing[0], called))) &&
    (diagnosis.finding === 'fault' || diagnosis.finding === 'part_unsure')
  ) {
    const stage = stageOf(diagnosis, context, sensors, severity, hum);
    return { ...ranked, ...bearingVerdict(diagnosis, bearing[0], stage, shaft, context) };
  }
  if (open) return { ...ranked, ...open };
  if (called) {
    const first = machineCandidate(called);
    const candidates = [first, ...bearing, ...others.filter((c) => c.fault !== first.fault)];
    return { ...ranked, candidates, ...machineVerdict(called, 'fault') };
  }
  const suspect = suspectShaft(sensors, shaft.hz, severity);
  if (noBearing || !diagnosis) {
    const obstacle = noBearing ?? UNKNOWN;
    const watched = watchedPattern(machineCandidates, severity) ?? (suspect && suspectVerdict(suspect, severity));
    return { ...ranked, ...(watched && obstacle.stopsAll ? watched : notAssessable(obstacle)) };
  }
  const verdict = verdictWithoutCall(
    diagnosis,
    bearing,
    machineCandidates,
    suspect,
    features,
    severity,
    context,
    shaft,
  );
  const limits = verdict.verdict === 'healthy' ? limitsOfHealthy(sensors, context) : [];
  return { ...ranked, ...verdict, evidence: [...evidence, ...limits] };
}

/**
 * Limits of a healthy verdict: on a motor rig the healthy level of one machine is that of another with a bent shaft.
 */
function limitsOfHealthy(sensors: readonly SensorSpectrum[], { normalVelocityMmPerS }: RecordingContext): string[] {
  const isDetermined = normalVelocityMmPerS !== undefined || sensors.some(({ direction }) => direction === 'axial');
  return isDetermined
    ? []
    : ['a radial sensor alone does not exclude misalignment or a bent shaft: add an axial one, or the normal velocity'];
}

/** Whether the likeliest part's lines may be neighbouring shaft lines, and are less certain than the machine fault. */
function isDoubtful(
  { near, scores: [top] }: BearingDiagnosis,
  { confidence }: Candidate,
  machine: MachineCandidate,
): boolean {
  return near.includes(top.fault) && confidence < machineCandidate(machine).confidence;
}

const UNKNOWN: Obstacle = { reason: 'bearing geometry unknown', remedy: 'give it', stopsAll: true };
/** In bins wider than this part of the rate, other lines are mistaken for shaft lines. */
const COARSE = 0.015;

function bearingOf(
  pieces: readonly Float32Array[],
  context: RecordingContext,
  shaft: ShaftEstimate,
  { stepHz }: LineSpectrum,
): BearingDiagnosis | null {
  if (!context.rpm || !context.factors) return null;
  const givenHz = context.rpm / 60;
  const isDetermined = shaft.uncertainty < (context.speedTolerance ?? MEASURED_SPEED);
  const shaftHz = stepHz > COARSE * givenHz && !isDetermined ? givenHz : shaft.hz;
  const longest = Math.max(...pieces.map((p) => p.length));
  const analyzer = bearingAnalyzer(context.sampleRateHz, longest, shaftHz, context.factors);
  return diagnoseBearing(
    pieces,
    analyzer,
    shaftHz,
    context.factors,
    context.factorsTolerance,
    isDetermined ? shaft.uncertainty : undefined,
  );
}

function sensorsOf(
  pieces: readonly Float32Array[],
  { sampleRateHz, unit, direction = 'radial', axial = [] }: RecordingContext,
): SensorSpectrum[] {
  const long = (ps: readonly Float32Array[]) => ps.some((p) => p.length >= MIN_SPECTRUM);
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
