import type { BearingFactors } from '#models/machine/bearing.ts';
import { medianOf, select } from '#models/signal/localMedian.ts';
import { type EnvelopeEvidence, withNeighbours } from './envelopeEvidence.ts';

export type BearingFault = 'outer_race' | 'inner_race' | 'ball' | 'cage';

export interface BearingScore {
  fault: BearingFault;
  /** About −ln of the probability of such a comb of lines by chance in this recording; 0 and below: nothing. */
  score: number;
}

export interface BearingEvidence {
  /** All four faults, the likeliest first. */
  scores: BearingScore[];
  /** Strongest comb that the likeliest fault does not explain. */
  rival: { order: number; score: number };
  /** Strongest comb at a half, a third, twice or three times the likeliest fault's order. */
  multiple: number;
  /** Score of the rolling element's own comb, without the cage's lines. */
  ballAlone: number;
}

export const HARMONICS = 4;
/** Rolling elements slip: lines may lie this far from their kinematic order. */
export const SLIP = 0.015;
/** Orders at which combs without a cause are measured, to calibrate the scores that occur by chance. */
export const SCAN_ORDERS = [1.3, 9.2] as const;
const SCAN_STEP = 1 + SLIP / 3;
/** Margin around each fault's family and around integer orders that the scan leaves out. */
const NEAR_FAULT = 0.03;
const NEAR_INTEGER = 0.05;
/** Combs within this part of a related order share its lines. */
const RELATED = 0.035;
const MULTIPLE = 0.02;
const CAGE_CAP = 6;
/** Above this score of the ball's own lines, a cage line is the ball's: it passes the load zone once per cage turn. */
const BALL_PROMINENT = 1;

/**
 * Combs of equal envelope harmonics at a bearing's defect orders, calibrated against combs elsewhere in the recording.
 * @param evidence with the shaft's lines notched. @param shaftHz as refined. @param tolerance of the factors, in
 * addition to slip.
 */
export function bearingEvidence(
  evidence: EnvelopeEvidence,
  shaftHz: number,
  factors: BearingFactors,
  tolerance = 0,
): BearingEvidence {
  const step = evidence.stepHz / shaftHz;
  const combs = new Combs(evidence.excess, step, SLIP + tolerance);
  const scanned = scan(combs);
  const calibrate = calibration(scanned, factors, NEAR_FAULT + tolerance);
  const scoreAt = (order: number) => calibrate(combs.slipped(order));
  const scores = scoresOf(scoreAt, factors);
  const top = scores[0].fault;
  const [order] = orders(top, factors);
  const others = scanned.map(({ order, comb }) => ({ order, score: calibrate(comb) }));
  const related = relatives(top, factors);
  const rivals = others.filter((o) => !related.some((r) => Math.abs(o.order - r) < (RELATED + tolerance) * r + step));
  // A ball strikes both races: its lines are at BSF and twice BSF.
  const multiples = (top === 'ball' ? [1 / 3, 2, 3] : [1 / 2, 1 / 3, 2, 3]).map((m) => m * order);
  const shared = others.filter((o) => multiples.some((m) => Math.abs(o.order / m - 1) < MULTIPLE));
  return {
    scores,
    rival: rivals.reduce((a, b) => (b.score > a.score ? b : a), { order: 0, score: Number.NEGATIVE_INFINITY }),
    multiple: Math.max(Number.NEGATIVE_INFINITY, ...shared.map((o) => o.score)),
    ballAlone: scoreAt(2 * factors.bsf),
  };
}

/** The order of a fault's own line. */
export function orderOf(fault: BearingFault, factors: BearingFactors): number {
  return orders(fault, factors)[0];
}

/** Orders of a fault's line and of the family that it belongs to. */
function orders(fault: BearingFault, { bpfo, bpfi, bsf, ftf }: BearingFactors): number[] {
  return { outer_race: [bpfo], inner_race: [bpfi], ball: [2 * bsf, bsf], cage: [ftf] }[fault];
}

/** Orders whose combs share lines with a fault's: its multiples and its sidebands. */
function relatives(fault: BearingFault, factors: BearingFactors): number[] {
  const [order] = orders(fault, factors);
  const multiples = [order / 3, order / 2, order, 2 * order, 3 * order];
  const { bsf, ftf } = factors;
  if (fault === 'inner_race') return [...multiples, order - 2, order - 1, order + 1, order + 2];
  if (fault === 'ball') return [...multiples, order - ftf, order + ftf, bsf - ftf, bsf + ftf];
  return multiples;
}

function scoresOf(at: (order: number) => number, { bpfo, bpfi, bsf, ftf }: BearingFactors): BearingScore[] {
  const cage = at(ftf);
  const ballAlone = at(2 * bsf);
  const ball = ballAlone > 0 ? fisher(ballAlone, Math.min(CAGE_CAP, Math.max(0, cage))) : ballAlone;
  const scores: BearingScore[] = [
    { fault: 'outer_race', score: at(bpfo) },
    { fault: 'inner_race', score: at(bpfi) },
    { fault: 'ball', score: ball },
    { fault: 'cage', score: ball > BALL_PROMINENT ? Math.min(cage, ball - 1e-6) : cage },
  ];
  return scores.sort((a, b) => b.score - a.score);
}

/** Combines two values of −ln p: −ln of Fisher's combined probability. */
function fisher(a: number, b: number): number {
  const x = a + b;
  return Math.max(a, x - Math.log1p(x));
}

/** Combs of equally weighted harmonics, each line the largest within one bin. */
class Combs {
  readonly #widened: Float64Array;
  readonly #step: number;
  readonly #slip: number;

  constructor(excess: Float64Array, step: number, slip: number) {
    this.#step = step;
    this.#slip = slip;
    this.#widened = withNeighbours(excess);
  }

  /** The largest comb within the slip of an order, with one slip for all harmonics. */
  slipped(order: number): number {
    const fine = this.#step / HARMONICS;
    const reach = Math.ceil((this.#slip * order) / fine);
    let largest = 0;
    for (let i = -reach; i <= reach; i++) largest = Math.max(largest, this.#at(order + i * fine));
    return largest;
  }

  #at(order: number): number {
    let sum = 0;
    for (let h = 1; h <= HARMONICS; h++) sum += this.#widened[Math.round((h * order) / this.#step)] ?? 0;
    return sum;
  }
}

interface Scanned {
  order: number;
  comb: number;
}

function scan(combs: Combs): Scanned[] {
  const [from, to] = SCAN_ORDERS;
  const scanned: Scanned[] = [];
  for (let order = from; order <= to; order *= SCAN_STEP) {
    if (Math.abs(order - Math.round(order)) >= NEAR_INTEGER) scanned.push({ order, comb: combs.slipped(order) });
  }
  return scanned;
}

/** Gumbel's law of the largest, by the 16 % and 50 % quantiles of combs at orders without an expected fault. */
function calibration(
  scanned: readonly Scanned[],
  { bpfo, bpfi, bsf, ftf }: BearingFactors,
  near: number,
): (comb: number) => number {
  const families = [bpfo, bpfi, 2 * bsf, bsf, ftf].flatMap((f) => [f, 2 * f, 3 * f]);
  const free = scanned.filter(({ order }) => families.every((f) => Math.abs(order / f - 1) >= near));
  const heights = Float64Array.from(free, (s) => s.comb);
  const q50 = medianOf(heights);
  const q16 = select(heights, Math.floor(0.16 * heights.length));
  const beta = Math.max(1e-9, (q50 - q16) / 0.972);
  const mu = q50 - 0.3665 * beta;
  return (comb) => (comb - mu) / beta;
}
