import type { TurnProfile } from './tachometer.ts';

/**
 * Resamples a signal at equal shaft angles, so that components that turn with it are lines even at varying speed. Times
 * are interpolated linearly between the profile's points, values by cubics.
 * Source: Fyfe & Munck, "Analysis of computed order tracking", MSSP 11 (1997).
 * @param samples in any unit, which the result keeps.
 * @param samplesPerTurn at least the sample rate over the slowest speed, to avoid aliasing.
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

/** Lagrange polynomial through the four samples around a position; end samples are repeated. */
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
