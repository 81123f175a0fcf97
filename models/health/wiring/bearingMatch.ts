import { type BearingFactors, factorsOf } from '#models/machine/bearing.ts';
import { BEARINGS } from '#models/machine/bearingTable.ts';
import { bearingObstacle, type RecordingContext, signalObstacle } from '../diagnosis/assessability.ts';
import { bearingAnalyzer, DEEP, diagnoseEvidence, STANDS_CLEAR } from '../diagnosis/bearingDiagnosis.ts';
import { orderOf } from '../diagnosis/bearingLines.ts';
import type { WiringFinding } from './vibrationWiring.ts';

/** Another bearing's lines lie further than this from the configured ones: slip and speed errors are smaller. */
const OTHER = 0.03;
const OWN_MULTIPLES = [1, 2, 3];
/** In bins wider than this many orders neighbouring combs share lines, and only scores far above chance count. */
const COARSE_ORDERS = 0.05;
const FAR_ABOVE_CHANCE = 10;
/** Required margin of its score over any line of the configured bearing. */
const CLEARER = 2;

const LINES = ['outer_race', 'inner_race', 'ball'] as const;

/**
 * The bearing of the table whose defect shows in a signal while the configured one's does not: its lines are deep, far
 * above chance, and coincide with no line of the configured bearing. Null if the configured one explains the signal, or
 * no bearing of the table does.
 */
export function bearingMatch(pieces: readonly Float32Array[], context: RecordingContext): WiringFinding | null {
  const { rpm, factors, sampleRateHz } = context;
  if (!rpm || !factors || signalObstacle(pieces, context) || bearingObstacle(pieces, context)) return null;
  const shaftHz = rpm / 60;
  const longest = Math.max(...pieces.map((p) => p.length));
  const table = BEARINGS.map((bearing) => ({ bearing, factors: factorsOf(bearing) }));
  const widest = [factors, ...table.map((t) => t.factors)].reduce((a, b) =>
    strongestMatch(b) > strongestMatch(a) ? b : a,
  );
  const evidence = bearingAnalyzer(sampleRateHz, longest, shaftHz, widest).evidence(pieces);
  const own = diagnoseEvidence(evidence, shaftHz, factors);
  if (own.finding !== 'none') return null;
  const isCoarse = evidence.stepHz > COARSE_ORDERS * shaftHz;
  const least = Math.max(isCoarse ? FAR_ABOVE_CHANCE : STANDS_CLEAR, own.scores[0].score + CLEARER);
  const matching = table.flatMap(({ bearing, factors: its }) => {
    const { finding, depth, scores } = diagnoseEvidence(evidence, shaftHz, its);
    const [{ fault, score }] = scores;
    if (finding !== 'fault' || score < least || depth < DEEP || fault === 'cage') return [];
    const order = orderOf(fault, its);
    // A comb at twice or three times a rate consists of that rate's own harmonics.
    const isOwn = LINES.some((line) =>
      OWN_MULTIPLES.some((multiple) => Math.abs(order / (multiple * orderOf(line, factors)) - 1) < OTHER),
    );
    return isOwn ? [] : [{ bearing, order, score, fault, its }];
  });
  if (matching.length === 0) return null;
  const best = matching.reduce((a, b) => (b.score > a.score ? b : a));
  const { designation } = best.bearing;
  const lines = `${best.its.bpfo.toFixed(2)} (outer race) and ${best.its.bpfi.toFixed(2)} (inner race)`;
  const configured = `${factors.bpfo.toFixed(2)} and ${factors.bpfi.toFixed(2)}`;
  const remedy = `lines at ${best.order.toFixed(2)} orders match the ${best.fault.replace('_', ' ')} of a ${designation}, whose orders are ${lines}, not those configured, ${configured}: correct the bearing of the point`;
  return { kind: 'wrong_bearing', remedy };
}

const strongestMatch = ({ bpfo, bpfi, bsf }: BearingFactors): number => Math.max(bpfo, bpfi, 2 * bsf);
