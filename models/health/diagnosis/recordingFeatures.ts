import type { IsoVerdict } from '#models/contracts/health.ts';
import { isoVerdict } from '#models/machine/iso20816.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import type { RecordingContext } from './assessability.ts';

/** Windows of features: this long, or as long as a shorter recording allows. */
const WINDOW = 4096;
const SHORTEST_WINDOW = 256;

export type RecordingIso = (IsoVerdict & { assessment: 'assessed' }) | { assessment: 'not_assessable'; reason: string };

/** Mean features over the windows of pieces of one signal; none where they are too short or hold no numbers. */
export function meanFeatures(
  pieces: readonly Float32Array[],
  { sampleRateHz, unit, rpm, factors }: RecordingContext,
): Record<string, number> {
  const longest = pieces.reduce((most, p) => Math.max(most, p.length), 0);
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, longest)));
  const short = Math.min(WINDOW, fitting);
  if (short < SHORTEST_WINDOW || !pieces.every((p) => p.every(Number.isFinite))) return {};
  // A velocity from 10 Hz on needs bins that are narrow enough: longer windows where the recording has them.
  const length = Math.min(65_536, Math.max(short, 2 ** Math.ceil(Math.log2(sampleRateHz / 4))), fitting);
  const extractor = new VibrationFeatures({ length, sampleRateHz, unit, bearing: factors });
  const sums = new Array<number>(extractor.names.length).fill(0);
  let windows = 0;
  for (const piece of pieces) {
    for (let from = 0; from + length <= piece.length; from += length, windows++) {
      extractor.extract(piece.subarray(from, from + length), (rpm ?? 0) / 60).forEach((v, i) => {
        sums[i] += v;
      });
    }
  }
  return Object.fromEntries(extractor.names.map((name, i) => [name, Number((sums[i] / windows).toPrecision(6))]));
}

/** The ISO zone of a recording's velocity, or why there is none. */
export function isoOf(features: Record<string, number>, { iso }: RecordingContext): RecordingIso {
  const velocity = features.velocityRmsMmPerS;
  if (velocity !== undefined) return { assessment: 'assessed', ...isoVerdict(iso, velocity) };
  const reason = 'needs an acceleration (--unit g or m/s2) over 10–1000 Hz in bins of 4 Hz or less';
  return { assessment: 'not_assessable', reason };
}
