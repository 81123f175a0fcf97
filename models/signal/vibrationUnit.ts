import { STANDARD_GRAVITY_M_PER_S2, type Unit } from '#models/contracts/units.ts';

/** One g in mm/s². */
export const MM_PER_S2_A_G = STANDARD_GRAVITY_M_PER_S2 * 1000;

/** For vibration units, the order of differentiation from displacement, and one unit in mm, mm/s or mm/s². */
const VIBRATION: Partial<Record<Unit, readonly [derivative: 0 | 1 | 2, millimetres: number]>> = {
  um: [0, 1e-3],
  mil: [0, 0.0254],
  'mm/s': [1, 1],
  'in/s': [1, 25.4],
  'm/s2': [2, 1e3],
  g: [2, MM_PER_S2_A_G],
};

const MOTIONS = ['displacement', 'velocity', 'acceleration'] as const;
export type Motion = (typeof MOTIONS)[number];

/** What a unit measures; null for a unit that is not of vibration. */
export function motionOf(unit: Unit): Motion | null {
  const known = VIBRATION[unit];
  return known ? MOTIONS[known[0]] : null;
}

/**
 * The factor that converts the amplitude of a line at a frequency from `unit` to mm, mm/s or mm/s² of a motion, by
 * integration or differentiation of a sine: (2πf)^n. 0 if the unit is not of vibration.
 * @param hz above 0.
 */
export function motionFactor(unit: Unit, hz: number, motion: Motion): number {
  const [derivative, millimetres] = VIBRATION[unit] ?? [0, 0];
  return millimetres * (2 * Math.PI * hz) ** (MOTIONS.indexOf(motion) - derivative);
}
