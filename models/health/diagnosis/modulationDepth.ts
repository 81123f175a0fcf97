import { HARMONICS, SLIP } from './bearingLines.ts';
import type { EnvelopeEvidence } from './envelopeEvidence.ts';

/**
 * Depth of modulation at a rate: root sum of squares of the envelope's first harmonics, each the largest within the
 * slip, over the envelope's mean, in the band where it is largest. 0: none; a train of sharp impacts exceeds 1.
 */
export function modulationDepth({ stepHz, modulation }: EnvelopeEvidence, rateHz: number, tolerance = 0): number {
  return Math.sqrt(Math.max(0, ...modulation.map((band) => sumOfHarmonics(band, rateHz / stepHz, SLIP + tolerance))));
}

function sumOfHarmonics(band: Float64Array, bin: number, slip: number): number {
  let sum = 0;
  for (let h = 1; h <= HARMONICS; h++) {
    const reach = Math.max(1, slip * h * bin);
    let largest = 0;
    for (
      let k = Math.max(1, Math.floor(h * bin - reach));
      k <= Math.min(band.length - 1, Math.ceil(h * bin + reach));
      k++
    )
      largest = Math.max(largest, band[k]);
    sum += largest;
  }
  return sum;
}
