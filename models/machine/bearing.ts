import { z } from 'zod';

/** Defect frequencies of a bearing as multiples of the shaft's rate. */
export const bearingFactorsSchema = z.strictObject({
  bpfo: z.number().positive(),
  bpfi: z.number().positive(),
  bsf: z.number().positive(),
  ftf: z.number().positive(),
});
export type BearingFactors = z.infer<typeof bearingFactorsSchema>;

export interface BearingGeometry {
  rollingElements: number;
  elementDiameterMm: number;
  pitchDiameterMm: number;
  contactAngleDeg: number;
}

/**
 * Kinematic defect frequencies of a bearing with a stationary outer race, without slip, as multiples of the shaft's
 * rate.
 * Source: Randall & Antoni, "Rolling element bearing diagnostics — a tutorial", MSSP 25 (2011), eqs. 1–4.
 * @param geometry lengths in mm, of which only the ratio matters; the contact angle in degrees.
 */
export function factorsOf(geometry: BearingGeometry): BearingFactors {
  const ratio =
    (geometry.elementDiameterMm / geometry.pitchDiameterMm) * Math.cos((geometry.contactAngleDeg * Math.PI) / 180);
  const n = geometry.rollingElements;
  return {
    bpfo: (n / 2) * (1 - ratio),
    bpfi: (n / 2) * (1 + ratio),
    bsf: (geometry.pitchDiameterMm / (2 * geometry.elementDiameterMm)) * (1 - ratio * ratio),
    ftf: (1 - ratio) / 2,
  };
}
