import { ComplexFft } from './fft.ts';

/**
 * Autocorrelation of a signal about its mean: 1 at lag 0, and near 1 again at multiples of a period. r[k] = Σ
 * x[t]·x[t+k] / (n − k), divided by r[0], by the Wiener–Khinchin theorem with zero padding (Oppenheim and Schafer,
 * "Discrete-Time Signal Processing" (3rd ed., 2010), §10.6). Pure.
 * @param samples in any unit. @param lags number of values, at most the number of samples.
 * @returns values for the lags 0 to `lags` − 1, in samples; zeros for a constant signal.
 */
export function autocorrelation(samples: Float32Array, lags: number): Float64Array {
  const n = samples.length;
  const count = Math.min(lags, n);
  const result = new Float64Array(count);
  if (n < 2) return result;
  const mean = samples.reduce((sum, v) => sum + v, 0) / n;
  const fft = new ComplexFft(2 ** Math.ceil(Math.log2(n + count)));
  const re = new Float64Array(fft.size);
  const im = new Float64Array(fft.size);
  for (let i = 0; i < n; i++) re[i] = samples[i] - mean;
  fft.forward(re, im);
  for (let k = 0; k < fft.size; k++) {
    re[k] = re[k] ** 2 + im[k] ** 2;
    im[k] = 0;
  }
  // The power spectrum is real and even, so the forward transform equals the inverse up to scale, which cancels.
  fft.forward(re, im);
  const power = re[0] / n;
  if (!(power > 0)) return result;
  for (let k = 0; k < count; k++) result[k] = re[k] / (n - k) / power;
  return result;
}
