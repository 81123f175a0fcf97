import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { Unit } from '#models/contracts/units.ts';

/**
 * Peak amplitude of a sine from the Hann power density of its largest bin: a² = 2·P·ENBW·df, with an equivalent noise
 * bandwidth of 1.5 bins (Harris, "On the use of windows", Proc. IEEE 66 (1978), table I).
 * @param powerDensity one-sided, in unit²/Hz.
 * @param resolutionHz width of a bin.
 * @returns in the unit of the samples.
 */
export function peakAmplitude(powerDensity: number, resolutionHz: number): number {
  return Math.sqrt(3 * powerDensity * resolutionHz);
}

/**
 * A peak-amplitude spectrum for display, at most `bins` long: each value is the largest in its step, so that no peak is
 * lost.
 * @param power in bins of `resolutionHz`; times `densityScale` it is the one-sided Hann power density, unit²/Hz.
 */
export function screenSpectrum(
  power: Float32Array | Float64Array,
  densityScale: number,
  resolutionHz: number,
  unit: Unit,
  timeMs: number,
  bins = 256,
): Spectrum {
  const step = Math.max(1, Math.ceil((power.length - 1) / bins));
  const amplitude: number[] = [];
  for (let from = 1; from < power.length; from += step) {
    let largest = 0;
    for (let k = from; k < Math.min(from + step, power.length); k++) largest = Math.max(largest, power[k]);
    amplitude.push(Number(peakAmplitude(largest * densityScale, resolutionHz).toPrecision(4)));
  }
  return { timeMs, unit, stepHz: step * resolutionHz, amplitude };
}
