import { ComplexFft, RealFft } from './fft.ts';
import { envelopeBins } from './spectralEngine.ts';
import { amplitudes, thinned, welch } from './welch.ts';

/** Peak amplitudes from `fromHz` on, `stepHz` apart. */
export interface Curve {
  fromHz: number;
  stepHz: number;
  amplitude: Float64Array;
}

/**
 * A zoom into a spectrum finer than its bins: `lines` points across `spanHz` around `centreHz`, each the Hann-windowed
 * Fourier sum at that frequency, as the peak amplitude of a sine. It does not resolve more than the record length
 * allows.
 */
export function zoom(
  samples: Float32Array,
  sampleRateHz: number,
  centreHz: number,
  spanHz: number,
  lines: number,
): Curve {
  const n = samples.length;
  const mean = samples.reduce((a, b) => a + b, 0) / n;
  const windowed = Float64Array.from(
    samples,
    (v, i) => (v - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / n)),
  );
  const fromHz = Math.max(0, centreHz - spanHz / 2);
  const stepHz = spanHz / Math.max(1, lines - 1);
  const amplitude = Float64Array.from({ length: lines }, (_, l) => {
    const turn = (2 * Math.PI * (fromHz + l * stepHz)) / sampleRateHz;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    let [re, im, sumRe, sumIm] = [1, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      sumRe += windowed[i] * re;
      sumIm += windowed[i] * im;
      [re, im] = [re * c - im * s, re * s + im * c];
    }
    // A Hann window's mean is one half; the two sides of a sine are one line here.
    return (4 * Math.hypot(sumRe, sumIm)) / n;
  });
  return { fromHz, stepHz, amplitude };
}

export interface Waterfall {
  stepHz: number;
  /** Start of each row, seconds from the first sample. */
  timesS: number[];
  /** Peak amplitudes of a row, thinned without losing lines. */
  rows: Float64Array[];
}

/**
 * At most `rows` spectra of segments spread evenly over a recording, each of at most `bins` values: peak amplitudes in
 * the samples' unit, the largest of the bins that a value represents.
 * @param length of a segment in samples, a power of two.
 * @returns no rows if the recording is shorter than a segment.
 * @throws RangeError if `length` is not a power of two.
 */
export function waterfall(
  samples: Float32Array,
  sampleRateHz: number,
  length: number,
  rows: number,
  bins: number,
): Waterfall {
  const spare = samples.length - length;
  const count = Math.min(rows, Math.floor(spare / (length / 2)) + 1);
  const starts = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * spare) / (count - 1))));
  const spectra = starts.map((from) =>
    thinned(amplitudes(welch(samples.subarray(from, from + length), sampleRateHz, length), 'peak'), bins),
  );
  const step = Math.max(1, Math.ceil((length / 2 + 1) / bins));
  return { stepHz: (step * sampleRateHz) / length, timesS: starts.map((s) => s / sampleRateHz), rows: spectra };
}

/**
 * Envelope spectrum of the band in which bearings ring (0.16 to 0.62 of Nyquist), up to `highestHz`, peak amplitudes.
 * Source: Randall & Antoni, MSSP 25 (2011), §4.
 * @param samples at least 256; the largest power of two from the first on is used.
 */
export function envelopeSpectrum(samples: Float32Array, sampleRateHz: number, highestHz: number): Curve {
  const n = 2 ** Math.floor(Math.log2(samples.length));
  const re = new Float64Array(n / 2 + 1);
  const im = new Float64Array(n / 2 + 1);
  new RealFft(n).forward(samples.subarray(0, n), re, im);
  const { from, to, size } = envelopeBins(n);
  const er = new Float64Array(size);
  const ei = new Float64Array(size);
  er.set(re.subarray(from, to + 1));
  ei.set(im.subarray(from, to + 1));
  new ComplexFft(size).inverse(er, ei);
  const envelope = Float32Array.from(er, (r, i) => (2 / n) * Math.hypot(r, ei[i]));
  const spectrum = welch(envelope, (sampleRateHz * size) / n, size);
  const last = Math.min(spectrum.density.length, Math.ceil(highestHz / spectrum.stepHz) + 1);
  return { fromHz: 0, stepHz: spectrum.stepHz, amplitude: amplitudes(spectrum, 'peak').slice(0, last) };
}
