import { median } from '#models/health/statistics.ts';

/**
 * Numbers of axes that sensors interleave; four cannot be distinguished from a converter's tones at a quarter of its
 * rate.
 */
const COUNTS = [2, 3, 6] as const;
const QUARTERS = 4;
/** A shorter signal is inconclusive. */
const MIN_SAMPLES = 1024;
/** Samples examined. */
const EXAMINED_SAMPLES = 1536;
/** Means closer than this fraction of the deviation need no closer look, which is more expensive. */
const MEANS_APART = 0.6;
/** Medians this many median absolute deviations apart: one axis has gravity. */
const MEDIANS_APART = 1;

/**
 * How many axes, at least, are interleaved in an apparently single signal; null if it looks like one. Every third
 * sample of a signal has the same median as the others, whatever it measures. If one of several interleaved axes has
 * gravity, the medians differ, consistently in each quarter of the frame. Means and variances are no criterion: a few
 * impacts of a failing bearing make those of every third sample differ as much.
 */
export function detectInterleavedAxes(samples: Float32Array): number | null {
  if (samples.length < MIN_SAMPLES) return null;
  const examined = samples.subarray(0, EXAMINED_SAMPLES);
  return (
    COUNTS.find(
      (count) =>
        areApart(examined, count, momentsOf, MEANS_APART) && areApart(examined, count, mediansOf, MEDIANS_APART),
    ) ?? null
  );
}

interface Centre {
  /** Mean or median. */
  centre: number;
  /** Standard deviation, or median absolute deviation. */
  spread: number;
}

/** The centre of every `count`-th of `rows` samples. */
type CentreOf = (samples: Float32Array, begin: number, count: number, rows: number) => Centre;

const momentsOf: CentreOf = (samples, begin, count, rows) => {
  let [sum, squares] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const v = samples[begin + row * count];
    sum += v;
    squares += v * v;
  }
  const mean = sum / rows;
  return { centre: mean, spread: Math.sqrt(Math.max(0, squares / rows - mean * mean)) };
};

const mediansOf: CentreOf = (samples, begin, count, rows) => {
  const values = Float64Array.from({ length: rows }, (_, row) => samples[begin + row * count]);
  const centre = median(values);
  return { centre, spread: median(values.map((v) => Math.abs(v - centre))) };
};

/** Whether the centres of two axes differ by more than `least` spreads, in the same direction in every quarter. */
function areApart(samples: Float32Array, count: number, centreOf: CentreOf, least: number): boolean {
  const rows = Math.floor(samples.length / (QUARTERS * count));
  const axes = Array.from({ length: count }, (_, axis) =>
    Array.from({ length: QUARTERS }, (_, quarter) => centreOf(samples, quarter * rows * count + axis, count, rows)),
  );
  return axes.some((own, a) => axes.some((other, b) => a !== b && own.every((c, q) => isAbove(c, other[q], least))));
}

function isAbove(a: Centre, b: Centre, least: number): boolean {
  return a.centre - b.centre > (least * (a.spread + b.spread)) / 2 && a.centre !== b.centre;
}
