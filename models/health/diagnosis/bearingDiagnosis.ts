import type { BearingFactors } from '#models/machine/bearing.ts';
import { medianOf } from '#models/signal/localMedian.ts';
import {
  type BearingEvidence,
  type BearingFault,
  type BearingScore,
  bearingEvidence,
  HARMONICS,
  orderOf,
  SCAN_ORDERS,
  SLIP,
} from './bearingLines.ts';
import { EnvelopeAnalyzer, type EnvelopeEvidence } from './envelopeEvidence.ts';
import { modulationDepth } from './modulationDepth.ts';
import { notchShaft, refineShaftRate } from './shaftRate.ts';

/** Deeply modulating lines indicate a fault above this score: about 5 % of combs without a cause reach it. */
export const SIGNIFICANT = 3;
/** Other lines count as early ones above this: about 1 % reach it. */
export const STANDS_CLEAR = 4.6;
/** A cage line has few harmonics at a low rate, where chance scores are higher. */
const CAGE_SIGNIFICANT = 6.5;
/** A defect modulates the vibration at least this deeply; healthy bearings show significant lines that do not. */
export const DEEP = 0.3;
/** Depth that an envelope reaches at any rate by chance: not even an early line. */
const SHALLOW = 0.06;
/** Called only if no unexplained comb comes this near. */
const CLEAR_OF_RIVAL = 0.5;
const BELOW_MULTIPLE = 2;
const FLOOR_ORDERS = 1.5;
/** Speed may be refined by 3 %, lines may slip by 1.5 %. */
const ROOM = 1.05;

/**
 * A striking cage does so once per cage turn: its first harmonics modulate alike. A rolling element's decay at once.
 */
const CAGE_HARMONICS = 6;
/** Least score of a striking cage's comb in coarse bins, where harmonics merge: simulated ones had 1.5 or more. */
const COARSE_CAGE_SCORE = 1.4;
const ALIKE = 0.3;
const ABOVE_FLOOR = 2;
/** Lines this many bins apart are resolved. */
const APART_BINS = 2.8;
const HALF = 0.5;
/** Segments of fewer than twelve turns. */
const COARSE_ORDERS = 1 / 12;

export interface BearingDiagnosis extends BearingEvidence {
  /** The shaft's rate as refined on the envelope. */
  shaftHz: number;
  /** Depth of modulation at the lines of the likeliest fault and of the strongest other comb. */
  depth: number;
  rivalDepth: number;
  /** Parts whose line is lower than the neighbouring shaft line: growth there may be the shaft's. */
  masked: BearingFault[];
  /** Parts whose line may be a shaft line: it lies within the slip and a bin of one. */
  near: BearingFault[];
  /**
   * Whether the likeliest fault's line may be a shaft line: within half a bin of one, or below its skirt in coarse
   * bins.
   */
  isShafts: boolean;
  /**
   * `fault`: significant and deep. `part_unsure`: the same, at a rate that parts share. `early`: significant, not deep.
   */
  finding: 'fault' | 'part_unsure' | 'early' | 'none';
}

/** The analyzer for a bearing at a speed; recordings of one rate, speed and length may share it. */
export function bearingAnalyzer(
  sampleRateHz: number,
  longest: number,
  shaftHz: number,
  { bpfo, bpfi, bsf }: BearingFactors,
): EnvelopeAnalyzer {
  const highestOrder = Math.max(SCAN_ORDERS[1], bpfo, bpfi, 2 * bsf);
  const highestHz = Math.min(sampleRateHz / 4, HARMONICS * highestOrder * ROOM * shaftHz);
  return new EnvelopeAnalyzer({ sampleRateHz, longest, highestHz, floorHz: FLOOR_ORDERS * shaftHz });
}

/**
 * Determines which part of a bearing is damaged from its envelope spectrum: `docs/decisions/0006-bearing-diagnosis.md`.
 * @param pieces samples of one machine at one speed, in any unit: only their shape matters.
 * @param givenShaftHz above 0.
 * @param tolerance relative tolerance of the factors.
 * @param speedUncertainty relative to the rate, if it was estimated from the shaft's lines.
 */
export function diagnoseBearing(
  pieces: readonly Float32Array[],
  analyzer: EnvelopeAnalyzer,
  givenShaftHz: number,
  factors: BearingFactors,
  tolerance = 0,
  speedUncertainty?: number,
): BearingDiagnosis {
  return diagnoseEvidence(analyzer.evidence(pieces), givenShaftHz, factors, tolerance, speedUncertainty);
}

/** The same from evidence that is compared with several bearings. */
export function diagnoseEvidence(
  evidence: EnvelopeEvidence,
  givenShaftHz: number,
  factors: BearingFactors,
  tolerance = 0,
  speedUncertainty?: number,
): BearingDiagnosis {
  const shaftHz = refineShaftRate(evidence, givenShaftHz, speedUncertainty);
  const ranked = bearingEvidence(notchShaft(evidence, shaftHz), shaftHz, factors, tolerance);
  const isCoarse = evidence.stepHz > COARSE_ORDERS * shaftHz;
  const strikes = hasCageComb(ranked, isCoarse) && cageStrikes(evidence, shaftHz, factors);
  const found = strikes ? { ...ranked, scores: cageFirst(ranked.scores) } : ranked;
  const depth = depthOf(found, evidence, shaftHz, factors, tolerance);
  const rivalDepth = modulationDepth(evidence, found.rival.order * shaftHz, tolerance);
  const masked = maskedParts(evidence, shaftHz, factors);
  const top = orderOf(found.scores[0].fault, factors);
  // Within half a bin of a shaft line it may be that line.
  const isShafts = top > HALF && Math.abs(top - Math.round(top)) * shaftHz < HALF * evidence.stepHz;
  const isSkirt = isCoarse && masked.includes(found.scores[0].fault);
  const finding = strikes ? cageFinding(ranked) : findingOf(found, depth, rivalDepth, tolerance);
  return {
    ...found,
    shaftHz,
    depth,
    rivalDepth,
    masked,
    near: nearParts(evidence, shaftHz, factors),
    isShafts: (isShafts || isSkirt) && !strikes,
    finding,
  };
}

const scoreOf = ({ scores }: BearingEvidence, fault: BearingFault) =>
  scores.find((s) => s.fault === fault)?.score ?? Number.NEGATIVE_INFINITY;

/** Depth of modulation at one rate, in its deepest band. */
function depthAt({ stepHz, modulation }: EnvelopeEvidence, hz: number, reachHz = 0): number {
  const [from, to] = [Math.round((hz - reachHz) / stepHz) - 1, Math.round((hz + reachHz) / stepHz) + 1];
  return Math.sqrt(Math.max(0, ...modulation.map((band) => Math.max(0, ...band.subarray(Math.max(1, from), to + 1)))));
}

/**
 * Random impacts modulate equally at every rate, and so do the smeared lines of an inner race in coarse bins: the
 * cage's lines must stand out, and more than those of the inner race.
 */
function hasCageComb(ranked: BearingEvidence, isCoarse: boolean): boolean {
  const least = isCoarse ? COARSE_CAGE_SCORE : SIGNIFICANT;
  return scoreOf(ranked, 'cage') > Math.max(least, scoreOf(ranked, 'inner_race'));
}

function cageStrikes(evidence: EnvelopeEvidence, shaftHz: number, { ftf }: BearingFactors): boolean {
  const cageHz = ftf * shaftHz;
  if (cageHz < APART_BINS * evidence.stepHz) return false;
  if (modulationDepth(evidence, cageHz) < DEEP) return false;
  return evidence.modulation.some((band) => {
    const one = { ...evidence, modulation: [band] };
    const depths = Array.from({ length: CAGE_HARMONICS }, (_, i) => depthAt(one, (i + 1) * cageHz));
    const floor = Math.sqrt(medianOf(band.slice(1)));
    const isDeep = modulationDepth(one, cageHz) >= DEEP;
    return isDeep && Math.min(...depths) >= Math.max(ALIKE * Math.max(...depths), ABOVE_FLOOR * floor);
  });
}

/** A rolling element passes the load zone once per cage turn: if its own comb stands out too, either may be damaged. */
function cageFinding({ ballAlone }: BearingEvidence): BearingDiagnosis['finding'] {
  return ballAlone > STANDS_CLEAR ? 'part_unsure' : 'fault';
}

function cageFirst(scores: readonly BearingScore[]): BearingScore[] {
  const score = Math.max(...scores.map((s) => s.score));
  return [{ fault: 'cage', score }, ...scores.filter((s) => s.fault !== 'cage')];
}

function nearParts({ stepHz }: EnvelopeEvidence, shaftHz: number, factors: BearingFactors): BearingFault[] {
  return (['outer_race', 'inner_race', 'ball'] as const).filter((fault) => {
    const order = orderOf(fault, factors);
    return Math.abs(order - Math.round(order)) * shaftHz < SLIP * order * shaftHz + stepHz;
  });
}

function maskedParts(evidence: EnvelopeEvidence, shaftHz: number, factors: BearingFactors): BearingFault[] {
  return (['outer_race', 'inner_race', 'ball', 'cage'] as const).filter((fault) => {
    const order = orderOf(fault, factors);
    const own = depthAt(evidence, order * shaftHz, SLIP * order * shaftHz);
    const beside = [Math.floor(order), Math.ceil(order)].filter((k) => k > 0);
    return beside.some((k) => depthAt(evidence, k * shaftHz) > own);
  });
}

function findingOf(
  { scores: [top], rival, multiple }: BearingEvidence,
  depth: number,
  rivalDepth: number,
  tolerance: number,
) {
  // A line at the cage's rate is as often a rolling element's: one recording cannot distinguish the two.
  if (top.fault === 'cage') return top.score > CAGE_SIGNIFICANT && depth >= DEEP ? 'part_unsure' : 'none';
  const clear = top.score > rival.score + CLEAR_OF_RIVAL && top.score > multiple - BELOW_MULTIPLE;
  if (!clear) return 'none';
  // Inexact orders coincide with unrelated lines more often: they must be clearer.
  if (top.score > (tolerance > 0 ? STANDS_CLEAR : SIGNIFICANT) && depth >= DEEP && depth >= rivalDepth) return 'fault';
  return top.score > STANDS_CLEAR && depth >= SHALLOW ? 'early' : 'none';
}

/** For a rolling element the cage's lines are included, as in its score: it passes the load zone once per cage turn. */
function depthOf(
  { scores }: BearingEvidence,
  evidence: EnvelopeEvidence,
  shaftHz: number,
  { bpfo, bpfi, bsf, ftf }: BearingFactors,
  tolerance: number,
): number {
  const at = (order: number) => modulationDepth(evidence, order * shaftHz, tolerance);
  switch (scores[0].fault) {
    case 'outer_race':
      return at(bpfo);
    case 'inner_race':
      return at(bpfi);
    case 'ball':
      return Math.hypot(at(2 * bsf), at(ftf));
    case 'cage':
      return at(ftf);
  }
}
