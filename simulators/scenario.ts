import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bearingFactorsSchema } from '#models/machine/bearing.ts';
import { isoClassSchema } from '#models/machine/iso20816.ts';

/** Faults that show as lines or noise rather than as a bearing's impacts. */
export const MACHINE_FAULTS = [
  'unbalance',
  'misalignment',
  'bent_shaft',
  'looseness',
  'rub',
  'gear_wear',
  'broken_tooth',
  'belt',
  'blade_pass',
  'cavitation',
  'rotor_bar',
  'stator',
] as const;
export type MachineFaultType = (typeof MACHINE_FAULTS)[number];

const growth = {
  /** Seconds after the plant's beginning. */
  onsetS: z.number().min(0),
};

export const faultSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['outer_race', 'inner_race', 'ball', 'cage']),
    ...growth,
    point: nameSchema,
    /** The impacts' height at the onset; it doubles in so many seconds, up to `limitG`. */
    firstG: z.number().positive().default(0.05),
    doublingS: z.number().positive(),
    limitG: z.number().positive().default(20),
  }),
  z.strictObject({
    type: z.enum(MACHINE_FAULTS),
    ...growth,
    /** Its main line, mm/s peak, at the onset; it doubles in so many seconds, up to `limitMmPerS`. */
    firstMmPerS: z.number().positive().default(0.5),
    doublingS: z.number().positive(),
    limitMmPerS: z.number().positive().default(20),
  }),
  z.strictObject({
    type: z.literal('temperature_drift'),
    ...growth,
    degCPerMinute: z.number(),
    limitDegC: z.number().positive().default(60),
  }),
]);
export type SimulatedFault = z.infer<typeof faultSchema>;

export const machineKindSchema = z.enum(['motor', 'pump', 'fan', 'gearbox', 'compressor']);
export type MachineKind = z.infer<typeof machineKindSchema>;

export const simulatedMachineSchema = z.strictObject({
  name: nameSchema,
  kind: machineKindSchema,
  ratedRpm: z.number().min(60).max(60_000),
  bearing: bearingFactorsSchema,
  iso: isoClassSchema.optional(),
  /** Names of the vibration sensors. */
  sensors: z.array(nameSchema).min(1),
  faults: z.array(faultSchema).default([]),
});
export type SimulatedMachineConfig = z.infer<typeof simulatedMachineSchema>;

export const scenarioSchema = z.strictObject({
  seed: z.int().default(1),
  waveform: z
    .strictObject({
      sampleRateHz: z.number().min(1000).max(200_000).default(12_800),
      samples: z.int().min(256).max(65_536).default(4096),
      everyS: z.number().min(0.01).default(0.5),
      encoding: z.enum(['float32', 'int16']).default('float32'),
    })
    .default({ sampleRateHz: 12_800, samples: 4096, everyS: 0.5, encoding: 'float32' }),
  valuesEveryS: z.number().min(0.01).default(1),
  machines: z.array(simulatedMachineSchema).min(1),
});
export type Scenario = z.infer<typeof scenarioSchema>;
