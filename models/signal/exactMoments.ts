/**
 * Writes eight statistics of a window into `out`, in float64 and in the order of `SpectralEngine.moments`: mean;
 * second to fourth central moments (divided by the number of samples); largest and smallest sample; mean magnitude and
 * mean square root of the magnitude, both about the mean.
 * @param x at least one sample.
 * @param out at least eight values.
 */
export function exactMoments(x: Float32Array, out: Float64Array): void {
  const n = x.length;
  let sum = 0;
  let max = x[0];
  let min = x[0];
  for (let i = 0; i < n; i++) {
    sum += x[i];
    if (x[i] > max) max = x[i];
    if (x[i] < min) min = x[i];
  }
  const mean = sum / n;
  let [s2, s3, s4] = [0, 0, 0];
  let [magnitude, root] = [0, 0];
  for (let i = 0; i < n; i++) {
    const d = x[i] - mean;
    const dd = d * d;
    s2 += dd;
    s3 += dd * d;
    s4 += dd * dd;
    magnitude += Math.abs(d);
    root += Math.sqrt(Math.abs(d));
  }
  out.set([mean, s2 / n, s3 / n, s4 / n, max, min, magnitude / n, root / n]);
}
