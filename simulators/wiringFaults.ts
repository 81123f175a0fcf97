import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bearingFactorsSchema } from '#models/machine/bearing.ts';

/** By its position on the machine, or for another machine with that one's name first: `fan-301/2H`. */
const pointReferenceSchema = z.string().regex(/^[^/]+(\/[^/]+)?$/, 'a point, or machine/point');

/** Start of the fault, in seconds after the plant's beginning, and its duration; absent: to the end. */
const during = { atS: z.number().min(0).default(0), forS: z.number().positive().optional() };

/**
 * Errors in the wiring or description of a machine. Devices measure correctly; the errors are in where their signals
 * arrive, or in the edge's configuration.
 */
export const wiringFaultSchema = z.discriminatedUnion('kind', [
  /** Each of the two carries the other's signal. */
  z.strictObject({ kind: z.literal('swapped_sensors'), ...during, point: nameSchema, with: pointReferenceSchema }),
  /** The edge is configured with these factors instead of the bearing's own. */
  z.strictObject({ kind: z.literal('wrong_bearing'), configured: bearingFactorsSchema }),
  /** The point sends value × factor + offset under the unit of the value. */
  z.strictObject({
    kind: z.literal('wrong_scale'),
    ...during,
    point: nameSchema,
    factor: z
      .number()
      .refine((f) => f !== 0, { message: 'not 0' })
      .default(1),
    offset: z.number().default(0),
  }),
  /** The edge is configured with this mains frequency. */
  z.strictObject({ kind: z.literal('wrong_mains_frequency'), configuredHz: z.number().min(10).max(400) }),
  /** The speed is sent multiplied by this factor. */
  z.strictObject({ kind: z.literal('wrong_speed'), ...during, factor: z.number().positive() }),
  /** The point sends the negative of its measurement. */
  z.strictObject({ kind: z.literal('inverted_axis'), ...during, point: nameSchema }),
  /** The sensor is not connected: the point sends the noise of its amplifier. */
  z.strictObject({ kind: z.literal('dead_channel'), ...during, point: nameSchema }),
  /** The point sends the signal of another one. */
  z.strictObject({ kind: z.literal('duplicate_signal'), ...during, point: nameSchema, of: pointReferenceSchema }),
]);
export type SimulatedWiringFault = z.infer<typeof wiringFaultSchema>;

/** Start of the fault; configuration errors exist from the beginning. */
export const wiringBeginsS = (fault: SimulatedWiringFault): number => ('atS' in fault ? fault.atS : 0);

export function isWired(fault: SimulatedWiringFault, timeS: number): boolean {
  return (
    timeS >= wiringBeginsS(fault) && (!('forS' in fault) || timeS < wiringBeginsS(fault) + (fault.forS ?? Infinity))
  );
}

interface WiredMachine {
  name: string;
  kind: string;
  sensors: readonly string[];
  wiring: readonly SimulatedWiringFault[];
}

/** Process values of a machine kind, in addition to its sensors. */
export const processPoints = (kind: string): string[] => [
  'speed',
  'temperature',
  'current',
  ...(kind === 'pump' ? ['flow'] : []),
  ...(kind === 'compressor' ? ['pressure'] : []),
];

/** Points in wiring faults must exist, and swapped signals must be of one kind. */
export function wiringIssues(
  { name, kind, sensors, wiring }: WiredMachine,
  machines: readonly WiredMachine[],
): [(string | number)[], string][] {
  const points = [...sensors, ...processPoints(kind)];
  const isSensor = (machine: string, point: string) =>
    machines.find((m) => m.name === machine)?.sensors.includes(point) ?? false;
  return wiring.flatMap((fault, i): [(string | number)[], string][] => {
    if (!('point' in fault)) return [];
    if (!points.includes(fault.point)) return [[[i, 'point'], `one of its points: ${points.join(', ')}`]];
    const key = fault.kind === 'swapped_sensors' ? 'with' : 'of';
    const reference =
      fault.kind === 'swapped_sensors' ? fault.with : fault.kind === 'duplicate_signal' ? fault.of : null;
    if (reference === null) return [];
    const [machine, point] = reference.includes('/') ? reference.split('/') : [name, reference];
    const its = machines.find((m) => m.name === machine);
    if (!its || ![...its.sensors, ...processPoints(its.kind)].includes(point))
      return [[[i, key], 'a point of the scenario']];
    if (machine === name && point === fault.point) return [[[i, key], 'another point']];
    if (isSensor(machine, point) !== isSensor(name, fault.point))
      return [[[i, key], 'a vibration sensor for a vibration sensor, a slow value for a slow value']];
    return [];
  });
}
