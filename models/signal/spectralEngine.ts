/** The smallest power whose logarithm is taken: float32 loses precision below. */
export const MIN_POWER = 1e-37;
/** Number of equal bands from 0 to Nyquist whose power is summed. */
export const BANDS = 8;
/** Maximum number of reported local maxima of the spectrum. */
export const PEAKS = 5;
/** Envelope band as parts of Nyquist, in which the bearings of most machines ring. */
export const ENVELOPE_BAND = [0.16, 0.62] as const;

/**
 * Analyses windows of one length. The columns are valid until the next call of `analyze`; points with the same window
 * length share an engine sequentially.
 */
export interface SpectralEngine {
  readonly name: 'wasm-simd' | 'plain';
  readonly length: number;
  analyze(samples: Float32Array): void;
  /** Mean, second to fourth central moments, largest, smallest, mean magnitude and mean root of the magnitude about the mean. */
  readonly moments: Float64Array;
  /** |H|² of bins 0 to length/2, H the transform of the samples about their mean times a Hann window. */
  readonly power: Float32Array | Float64Array;
  /** Σ power in each of `BANDS` parts of bins 1 to length/2, then Σ bin × power, Σ ln power, Σ power × ln power. */
  readonly bands: Float64Array;
  /** Bins of the highest local maxima of `power`, highest first, at most `PEAKS`. */
  strongestBins(): ArrayLike<number>;
  /** Σ (bin − centre)² × power of bins 1 to length/2. */
  spread(centre: number): number;
  /** Mean of the envelope, and its power about the mean. */
  readonly envelope: Float64Array;
  /** Transform of the envelope about its mean, bins 0 to envelopeSize/2 of the same width as `power`. */
  readonly envelopeRe: Float32Array | Float64Array;
  readonly envelopeIm: Float32Array | Float64Array;
  readonly envelopeSize: number;
}

/**
 * The envelope's band as bins of a spectrum.
 * @param length of the window, in samples.
 * @returns the first and the last bin of the band, and the smallest power of two that holds its bins.
 */
export function envelopeBins(length: number): { from: number; to: number; size: number } {
  const from = Math.ceil((ENVELOPE_BAND[0] * length) / 2);
  const to = Math.floor((ENVELOPE_BAND[1] * length) / 2);
  return { from, to, size: 2 ** Math.ceil(Math.log2(to - from + 1)) };
}
