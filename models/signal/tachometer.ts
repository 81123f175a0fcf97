/** Cumulative turns of a shaft over time, both rising. */
export interface TurnProfile {
  timesS: Float64Array;
  turns: Float64Array;
}

const MIN_PULSES = 3;
/** A rate that varies by more, or is faster, is not that of a shaft. */
const WILD = 0.6;
const FASTEST_HZ = 2000;

/**
 * Times of a tachometer's rising edges, in seconds from the first sample: crossings of the middle of the signal's
 * range, interpolated between samples, with hysteresis: it must fall below a quarter of the range before the next one
 * counts.
 */
export function pulseTimes(samples: Float32Array, sampleRateHz: number): Float64Array {
  const [low, high] = rangeOf(samples);
  const middle = (low + high) / 2;
  const rearmed = low + (high - low) / 4;
  const times: number[] = [];
  let armed = false;
  for (let i = 1; i < samples.length; i++) {
    if (samples[i] < rearmed) armed = true;
    if (!armed || samples[i] < middle) continue;
    const part = (middle - samples[i - 1]) / (samples[i] - samples[i - 1]);
    times.push((i - 1 + part) / sampleRateHz);
    armed = false;
  }
  return Float64Array.from(times);
}

/** Smallest and largest sample; `[Infinity, −Infinity]` if empty. */
export function rangeOf(samples: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of samples) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

/** The shaft's turns at its pulses; null if there are too few for a speed. */
export function turnsOf(timesS: Float64Array, pulsesPerTurn: number): TurnProfile | null {
  if (timesS.length < MIN_PULSES) return null;
  return { timesS, turns: timesS.map((_, i) => i / pulsesPerTurn) };
}

/**
 * Mean rate in Hz, and the largest relative deviation of a turn from it. Null if the pulses are irregular, hence not
 * from a tachometer.
 */
export function shaftOf({ timesS, turns }: TurnProfile): { meanHz: number; variation: number } | null {
  const last = timesS.length - 1;
  const meanHz = (turns[last] - turns[0]) / (timesS[last] - timesS[0]);
  const pulsesPerTurn = Math.max(1, Math.round(1 / (turns[1] - turns[0])));
  let variation = 0;
  for (let i = pulsesPerTurn; i <= last; i++) {
    const hz = (turns[i] - turns[i - pulsesPerTurn]) / (timesS[i] - timesS[i - pulsesPerTurn]);
    variation = Math.max(variation, Math.abs(hz / meanHz - 1));
  }
  return variation > WILD || meanHz > FASTEST_HZ ? null : { meanHz, variation };
}
