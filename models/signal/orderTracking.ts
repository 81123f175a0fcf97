import type { TurnProfile } from './tachometer.ts';

/**
 * A signal resampled at equal angles of the shaft, so that what turns with it is a line however its speed varies.
 * Times by straight lines between the profile's points, values by cubic interpolation.
 * Source: Fyfe & Munck, "Analysis of computed order tracking", MSSP 11 (1997).
 * @param samples in any unit, which the result keeps.
 * @param samplesPerTurn at least the rate over the slowest speed, or what lies above is folded down.
 * @returns samples from the profile's first turn to its last; `samplesPerTurn / 2` is the highest order they hold.
 */
export function resampledOverAngle(
  samples: Float32Array,
  sampleRateHz: number,
  { timesS, turns }: TurnProfile,
  samplesPerTurn: number,
): Float32Array {
  const count = Math.floor((turns[turns.length - 1] - turns[0]) * samplesPerTurn);
  const out = new Float32Array(count);
  let segment = 0;
  for (let i = 0; i < count; i++) {
    const turn = turns[0] + i / samplesPerTurn;
    while (segment < turns.length - 2 && turns[segment + 1] <= turn) segment++;
    const part = (turn - turns[segment]) / (turns[segment + 1] - turns[segment]);
    const timeS = timesS[segment] + part * (timesS[segment + 1] - timesS[segment]);
    out[i] = cubicAt(samples, timeS * sampleRateHz);
  }
  return out;
}

/** Lagrange's polynomial through the four samples about a place; the ends go on as they are. */
function cubicAt(samples: Float32Array, place: number): number {
  const last = samples.length - 1;
  const k = Math.min(last, Math.max(0, Math.floor(place)));
  const t = place - k;
  const before = samples[Math.max(0, k - 1)];
  const here = samples[k];
  const next = samples[Math.min(last, k + 1)];
  const after = samples[Math.min(last, k + 2)];
  return (
    (-t * (t - 1) * (t - 2) * before) / 6 +
    ((t + 1) * (t - 1) * (t - 2) * here) / 2 -
    ((t + 1) * t * (t - 2) * next) / 2 +
    ((t + 1) * t * (t - 1) * after) / 6
  );
}
