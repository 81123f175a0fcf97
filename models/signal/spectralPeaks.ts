/** A spectral line, interpolated between bins. */
export interface SpectralPeak {
  /** Frequency in bins, interpolated. */
  bin: number;
  /** Power of the largest bin, corrected for scalloping loss. */
  power: number;
}

/**
 * The line whose largest bin is `k`, in a Hann-windowed power spectrum: frequency by the ratio of the two largest
 * bins, power corrected for the distance from the bin. Source: Grandke, IEEE Trans. Instrum. Meas. 32 (1983).
 * @param k a bin with a neighbour to either side.
 */
export function interpolatedPeak(power: Float32Array | Float64Array, k: number): SpectralPeak {
  const side = power[k + 1] >= power[k - 1] ? 1 : -1;
  const ratio = Math.sqrt(power[k + side] / power[k]);
  const offset = Math.max(0, (2 * ratio - 1) / (ratio + 1));
  // The Hann window's transform at `offset` bins from its centre, relative to the centre.
  const x = Math.PI * offset;
  const loss = offset < 1e-6 ? 1 : Math.sin(x) / (x * (1 - offset * offset));
  return { bin: k + side * offset, power: power[k] / (loss * loss) };
}
