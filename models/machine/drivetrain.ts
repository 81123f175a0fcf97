import { z } from 'zod';

/**
 * What turns with the shaft, as far as it is known: each makes lines of its own, and no fault is named whose lines
 * cannot be placed.
 */
export const drivetrainSchema = z.strictObject({
  /** Vanes of a pump's impeller or blades of a fan. */
  blades: z.int().min(2).max(200).optional(),
  /** Teeth of the gear on this shaft. */
  teeth: z.int().min(5).max(1000).optional(),
  /** The belt's rate as a part of the shaft's: π × pulley diameter / belt length. */
  beltOrder: z.number().min(0.05).max(0.95).optional(),
  /** Poles of the induction motor that drives it, an even number. */
  poles: z.int().min(2).max(48).multipleOf(2).optional(),
  lineHz: z.number().min(10).max(400).default(50),
});
export type Drivetrain = z.infer<typeof drivetrainSchema>;

export const UNKNOWN_DRIVETRAIN: Drivetrain = { lineHz: 50 };

/**
 * Rate at which the rotor's bars pass the poles, slip × poles, in Hz: a broken bar modulates by it.
 * Source: Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001).
 * @param poles number of poles, not of pole pairs.
 * @param lineHz frequency of the mains, or of the converter that feeds the motor.
 */
export function polePassHz(poles: number, lineHz: number, shaftHz: number): number {
  return Math.abs(2 * lineHz - poles * shaftHz);
}

/** How a sensor stands to the shaft, by the letter at the end of its name: H and V radial, A axial (ISO 13373-1). */
export function directionOf(point: string): 'radial' | 'axial' {
  return /\dA$/i.test(point) ? 'axial' : 'radial';
}
