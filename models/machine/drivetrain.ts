import { z } from 'zod';

/**
 * Known components that turn with the shaft. Each has its own lines; a fault is named only if its lines can be placed.
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
 * Pole-pass rate, slip × poles, in Hz, at which a broken rotor bar modulates.
 * Source: Thomson & Fenger, IEEE Ind. Appl. Mag. 7 (2001).
 * @param poles number of poles, not of pole pairs.
 * @param lineHz frequency of the mains, or of the converter that feeds the motor.
 */
export function polePassHz(poles: number, lineHz: number, shaftHz: number): number {
  return Math.abs(2 * lineHz - poles * shaftHz);
}

/** Direction of a sensor by the last letter of its name: H and V radial, A axial (ISO 13373-1). */
export function directionOf(point: string): 'radial' | 'axial' {
  return /\dA$/i.test(point) ? 'axial' : 'radial';
}
