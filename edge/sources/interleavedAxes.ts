/** Numbers of axes that sensors interleave; four cannot be distinguished from a converter's tones at a quarter of its rate. */
const COUNTS = [2, 3, 6] as const;
const QUARTERS = 4;
/** A shorter signal shows nothing. */
const LEAST_SAMPLES = 1024;
/** Samples that are looked at. */
const LOOKED_AT = 3072;
/** Means that differ by so many standard deviations: one axis holds gravity. */
const MEANS_APART = 0.6;

/**
 * How many axes, at least, are interleaved in what is taken for one signal; null where it looks like one. Every third sample
 * of a signal has the mean of the others, whatever it measures. Of interleaved axes of which one holds gravity the means
 * differ, in each quarter of the frame alike. Variances are no criterion: a few impacts of a failing bearing make those of
 * every third sample differ as much.
 */
export function interleavedAxes(samples: Float32Array): number | null {
  if (samples.length < LEAST_SAMPLES) return null;
  const looked = samples.subarray(0, LOOKED_AT);
  return COUNTS.find((count) => areApart(momentsOf(looked, count))) ?? null;
}

interface Moments {
  mean: number;
  variance: number;
}

/** By quarter of the frame, the moments of every `count`-th sample from the first on, from the second on, and so on. */
function momentsOf(samples: Float32Array, count: number): Moments[][] {
  const rows = Math.floor(samples.length / (QUARTERS * count));
  return Array.from({ length: QUARTERS }, (_, quarter) =>
    Array.from({ length: count }, (_, axis) => {
      let [sum, squares] = [0, 0];
      const begin = quarter * rows * count + axis;
      for (let row = 0; row < rows; row++) {
        const v = samples[begin + row * count];
        sum += v;
        squares += v * v;
      }
      const mean = sum / rows;
      return { mean, variance: Math.max(0, squares / rows - mean * mean) };
    }),
  );
}

/** Whether the means of two axes differ, in the same direction in every quarter. */
function areApart(quarters: readonly Moments[][]): boolean {
  const axes = quarters[0].map((_, axis) => quarters.map((quarter) => quarter[axis]));
  return axes.some((own, a) =>
    axes.some((other, b) => {
      if (a === b) return false;
      return own.every((m, q) => {
        const variance = (m.variance + other[q].variance) / 2;
        return m.mean - other[q].mean > MEANS_APART * Math.sqrt(variance) && m.mean !== other[q].mean;
      });
    }),
  );
}
