import { z } from 'zod';

/** Units of measured values, as they are written in configuration and on the wire. */
export const unitSchema = z.enum(['g', 'm/s2', 'mm/s', 'degC', 'bar', 'A', 'rpm', 'm3/h', 'kW', '%', '1']);
export type Unit = z.infer<typeof unitSchema>;

/** Standard acceleration of gravity (ISO 80000-3): 1 g in m/s². */
export const STANDARD_GRAVITY_M_PER_S2 = 9.80665;
