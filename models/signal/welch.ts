import { RealFft } from './fft.ts';
import { hannWindow } from './hann.ts';
import { peakAmplitude } from './spectrum.ts';

export interface AveragedSpectrum {
  stepHz: number;
  /** One-sided power density of bins 0 to Nyquist, unit²/Hz. */
  density: Float64Array;
  averages: number;
}

/**
 * Welch's average of Hann-windowed periodograms, half overlapped, each about its own mean.
 * Source: Welch, IEEE Trans. Audio Electroacoust. 15 (1967).
 * @param samples in any unit.
 * @param length of a segment, a power of two of at least 4 and at most `samples.length`.
 * @returns `length / 2 + 1` values of one-sided power density, in unit²/Hz.
 * @throws RangeError if there is no whole segment, or `length` is not a power of two.
 */
export function welch(samples: Float32Array, sampleRateHz: number, length: number): AveragedSpectrum {
  if (samples.length < length) throw new RangeError(`${samples.length} samples hold no segment of ${length}`);
  const fft = new RealFft(length);
  const hann = hannWindow(length);
  const windowed = new Float64Array(length);
  const re = new Float64Array(length / 2 + 1);
  const im = new Float64Array(length / 2 + 1);
  const density = new Float64Array(length / 2 + 1);
  const averages = Math.floor((samples.length - length) / (length / 2)) + 1;
  // Σw² of a Hann window is 3/8 of its length; the factor 2 makes the spectrum one-sided.
  const scale = 2 / (sampleRateHz * length * 0.375 * averages);
  for (let s = 0; s < averages; s++) {
    const segment = samples.subarray((s * length) / 2, (s * length) / 2 + length);
    const mean = segment.reduce((a, b) => a + b, 0) / length;
    for (let i = 0; i < length; i++) windowed[i] = (segment[i] - mean) * hann[i];
    fft.forward(windowed, re, im);
    for (let k = 0; k <= length / 2; k++) {
      const sides = k === 0 || k === length / 2 ? 0.5 : 1;
      density[k] += sides * scale * (re[k] * re[k] + im[k] * im[k]);
    }
  }
  return { stepHz: sampleRateHz / length, density, averages };
}

/** Amplitude of a line: `peak` and `rms` in the samples' unit, `dB` of the RMS re 1 unit. */
export type AmplitudeUnit = 'peak' | 'rms' | 'dB';

/** Amplitudes of sines at each bin, corrected for the window. */
export function amplitudes({ density, stepHz }: AveragedSpectrum, unit: AmplitudeUnit): Float64Array {
  return density.map((d) => {
    const peak = peakAmplitude(d, stepHz);
    if (unit === 'peak') return peak;
    const rms = peak / Math.SQRT2;
    return unit === 'rms' ? rms : 20 * Math.log10(Math.max(rms, 1e-12));
  });
}

/** At most `count` values, each the largest of those it represents, so that no line is lost on display. */
export function thinned(values: Float64Array, count: number): Float64Array {
  const step = Math.max(1, Math.ceil(values.length / count));
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => {
    let largest = values[i * step];
    for (const v of values.subarray(i * step, (i + 1) * step)) if (v > largest) largest = v;
    return largest;
  });
}
