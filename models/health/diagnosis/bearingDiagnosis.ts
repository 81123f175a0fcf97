import type { BearingFactors } from '#models/machine/bearing.ts';
import { type BearingEvidence, bearingEvidence, HARMONICS, SCAN_ORDERS } from './bearingLines.ts';
import { EnvelopeAnalyzer, type EnvelopeEvidence } from './envelopeEvidence.ts';
import { modulationDepth } from './modulationDepth.ts';
import { notchShaft, refineShaftRate } from './shaftRate.ts';

/** Lines that modulate deeply are a fault's above this score: about 5 % of combs without a cause reach it. */
export const SIGNIFICANT = 3;
/** Lines that do not are early ones above this: about 1 % reach it. */
export const STANDS_CLEAR = 4.6;
/** A cage's line is one of few harmonics at a low rate, where chance reaches further. */
const CAGE_SIGNIFICANT = 6.5;
/** A defect modulates the vibration at least this deeply; sound bearings show significant lines that do not. */
export const DEEP = 0.3;
/** Less than this an envelope moves at any rate by chance: not even early. */
const SHALLOW = 0.06;
/** Called only where no comb that it does not explain comes this near. */
const CLEAR_OF_RIVAL = 0.5;
const BELOW_MULTIPLE = 2;
const FLOOR_ORDERS = 1.5;
/** Speed may be refined by 3 %, lines may slip by 1.5 %. */
const ROOM = 1.05;

export interface BearingDiagnosis extends BearingEvidence {
  /** The shaft's rate as refined on the envelope. */
  shaftHz: number;
  /** Depth of modulation at the likeliest fault's lines and at the strongest other comb's. */
  depth: number;
  rivalDepth: number;
  /** `fault`: significant and deep. `part_unsure`: so, at a rate that parts share. `early`: significant, not deep. */
  finding: 'fault' | 'part_unsure' | 'early' | 'none';
}

/** The analyzer that a bearing at a speed asks for; recordings of one rate, speed and length may share it. */
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

/** @param pieces samples of one machine at one speed, in any unit: only their shape matters. @param tolerance of the factors. */
export function diagnoseBearing(
  pieces: readonly Float32Array[],
  analyzer: EnvelopeAnalyzer,
  givenShaftHz: number,
  factors: BearingFactors,
  tolerance = 0,
): BearingDiagnosis {
  return diagnoseEvidence(analyzer.evidence(pieces), givenShaftHz, factors, tolerance);
}

/** The same of evidence that several bearings are held against. */
export function diagnoseEvidence(
  evidence: EnvelopeEvidence,
  givenShaftHz: number,
  factors: BearingFactors,
  tolerance = 0,
): BearingDiagnosis {
  const shaftHz = refineShaftRate(evidence, givenShaftHz);
  const found = bearingEvidence(notchShaft(evidence, shaftHz), shaftHz, factors, tolerance);
  const depth = depthOf(found, evidence, shaftHz, factors, tolerance);
  const rivalDepth = modulationDepth(evidence, found.rival.order * shaftHz, tolerance);
  return { ...found, shaftHz, depth, rivalDepth, finding: findingOf(found, depth, rivalDepth, tolerance) };
}

function findingOf(
  { scores: [top], rival, multiple }: BearingEvidence,
  depth: number,
  rivalDepth: number,
  tolerance: number,
) {
  // A line at the cage's rate is as often a rolling element's: one recording cannot tell the two apart.
  if (top.fault === 'cage') return top.score > CAGE_SIGNIFICANT && depth >= DEEP ? 'part_unsure' : 'none';
  const clear = top.score > rival.score + CLEAR_OF_RIVAL && top.score > multiple - BELOW_MULTIPLE;
  if (!clear) return 'none';
  // Orders that are not exact meet lines of something else more often: they must be clearer.
  if (top.score > (tolerance > 0 ? STANDS_CLEAR : SIGNIFICANT) && depth >= DEEP && depth >= rivalDepth) return 'fault';
  return top.score > STANDS_CLEAR && depth >= SHALLOW ? 'early' : 'none';
}

/** Of a rolling element together with the cage's lines, as its score is: it passes the load zone once a cage turn. */
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
