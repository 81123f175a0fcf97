import type { BearingFactors } from '#models/machine/bearing.ts';
import { type BearingEvidence, bearingEvidence, HARMONICS, SCAN_ORDERS } from './bearingLines.ts';
import { EnvelopeAnalyzer } from './envelopeEvidence.ts';
import { notchShaft, refineShaftRate } from './shaftRate.ts';

/** A fault is called above this score: about 1 % of combs without a cause reach it. */
export const CALLED = 4.6;
/** And only where no comb that it does not explain comes this near. */
const CLEAR_OF_RIVAL = 0.5;
const BELOW_MULTIPLE = 2;
const FLOOR_ORDERS = 1.5;
/** Speed may be refined by 3 %, lines may slip by 1.5 %. */
const ROOM = 1.05;

export interface BearingDiagnosis extends BearingEvidence {
  /** The shaft's rate as refined on the envelope. */
  shaftHz: number;
  /** Whether the likeliest fault is clear enough to be called. */
  called: boolean;
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

/** @param pieces samples of one machine at one speed, in any unit: only their shape matters. */
export function diagnoseBearing(
  pieces: readonly Float32Array[],
  analyzer: EnvelopeAnalyzer,
  givenShaftHz: number,
  factors: BearingFactors,
): BearingDiagnosis {
  const evidence = analyzer.evidence(pieces);
  const shaftHz = refineShaftRate(evidence, givenShaftHz);
  const found = bearingEvidence(notchShaft(evidence, shaftHz), shaftHz, factors);
  const [top] = found.scores;
  const clear = top.score > found.rival.score + CLEAR_OF_RIVAL && top.score > found.multiple - BELOW_MULTIPLE;
  // A line at the cage's rate is as often a rolling element's: one recording cannot tell, so that it is not called.
  return { ...found, shaftHz, called: top.fault !== 'cage' && top.score > CALLED && clear };
}
