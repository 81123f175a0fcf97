import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import type { RecordingContext } from './assessability.ts';

/** Length of feature windows, or as long as a shorter recording allows. */
const WINDOW = 4096;
const SHORTEST_WINDOW = 256;

/** Mean features over the windows of pieces of one signal; none if they are too short. @param pieces finite. */
export function meanFeatures(
  pieces: readonly Float32Array[],
  { sampleRateHz, unit, rpm, factors }: RecordingContext,
): Record<string, number> {
  const longest = pieces.reduce((most, p) => Math.max(most, p.length), 0);
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, longest)));
  const short = Math.min(WINDOW, fitting);
  if (short < SHORTEST_WINDOW) return {};
  // A velocity from 10 Hz on needs narrow bins: use longer windows if the recording allows.
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
