import { z } from 'zod';
import { displayNameSchema, nameSchema } from '#models/contracts/names.ts';
import { bearingFactorsSchema } from '#models/machine/bearing.ts';
import { isoClassSchema } from '#models/machine/iso20816.ts';
import { wiringFaultSchema, wiringIssues } from './wiringFaults.ts';

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
  /** The machine is healthy again from then on. */
  repairedAtS: z.number().positive().optional(),
};

export const faultSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['outer_race', 'inner_race', 'ball', 'cage']),
    ...growth,
    point: nameSchema,
    /** Height of the impacts at the onset; it doubles at fixed intervals, up to `limitG`. */
    firstG: z.number().positive().default(0.05),
    doublingS: z.number().positive(),
    limitG: z.number().positive().default(20),
  }),
  z.strictObject({
    type: z.enum(MACHINE_FAULTS),
    ...growth,
    /** Its main line, mm/s peak, at the onset; it doubles at fixed intervals, up to `limitMmPerS`. */
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

/** Use of a machine over hours and days, and the weather. The plant begins on a Monday at midnight. */
export const calendarSchema = z.strictObject({
  /** Load between 22 and 6 o'clock, relative to the day's. */
  nightLoad: z.number().gt(0).max(1).default(0.7),
  /** Standstill on Saturdays and Sundays. */
  restsAtWeekends: z.boolean().default(false),
  /** Speeds relative to the rated one; another one every four hours. */
  speeds: z.array(z.number().gt(0).max(1.2)).min(1).default([1]),
  /**
   * For a machine on a drive: speeds relative to the rated one, with a ramp from each to the next; repeated after the
   * last.
   */
  drive: z
    .array(z.strictObject({ atS: z.number().min(0), part: z.number().min(0).max(1.2) }))
    .min(2)
    .refine((all) => all[0].atS === 0 && all.every(({ atS }, i) => i === 0 || atS > all[i - 1].atS), {
      message: 'rising times, from 0 on',
    })
    .optional(),
  /** The hall is warmer by this in the afternoon, and colder at night. */
  ambientSwingDegC: z.number().min(0).default(4),
  /** Hotter days. */
  heat: z.strictObject({ fromDay: z.number().min(0), days: z.number().positive(), degC: z.number() }).optional(),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** A driven machine: it turns in step with its driver, and part of the driver's vibration reaches its sensors. */
const couplingSchema = z.strictObject({ drivenBy: nameSchema, part: z.number().min(0).max(1).default(0.2) });

export const simulatedMachineSchema = z.strictObject({
  name: nameSchema,
  kind: machineKindSchema,
  area: displayNameSchema.optional(),
  line: displayNameSchema.optional(),
  ratedRpm: z.number().min(60).max(60_000),
  bearing: bearingFactorsSchema,
  iso: isoClassSchema.optional(),
  /** Names of the vibration sensors. */
  sensors: z.array(nameSchema).min(1),
  calendar: calendarSchema.optional(),
  coupling: couplingSchema.optional(),
  faults: z.array(faultSchema).default([]),
  wiring: z.array(wiringFaultSchema).default([]),
});
export type SimulatedMachineConfig = z.infer<typeof simulatedMachineSchema>;

/** Start of a trouble, in seconds after the plant's beginning, and its duration; absent: to the end. */
const during = { atS: z.number().min(0).default(0), forS: z.number().positive().optional() };
/** Affected machine and point; absent: all. */
const befalls = { machine: nameSchema.optional(), point: nameSchema.optional() };
/** Share of all messages. */
const share = { share: z.number().gt(0).max(1) };

/** Faults of a device, before a message is sent. */
export const deviceTroubleSchema = z.discriminatedUnion('type', [
  /** Messages that the device never sends. */
  z.strictObject({ type: z.literal('loss'), ...during, ...befalls, ...share }),
  z.strictObject({ type: z.literal('duplicates'), ...during, ...befalls, ...share }),
  /** Messages that arrive after the one that follows them. */
  z.strictObject({ type: z.literal('reordering'), ...during, ...befalls, ...share }),
  /** A clock that is ahead (negative: behind) by this many seconds during the trouble: it jumps there and back. */
  z.strictObject({ type: z.literal('clock'), ...during, ...befalls, aheadS: z.number() }),
  z.strictObject({ type: z.literal('stuck'), ...during, ...befalls }),
  /** A waveform clipped at this acceleration in g. */
  z.strictObject({ type: z.literal('clipped'), ...during, ...befalls, atG: z.number().positive() }),
  z.strictObject({ type: z.literal('not_a_number'), ...during, ...befalls, ...share }),
  /** Single samples, or values, far from all others. */
  z.strictObject({ type: z.literal('spikes'), ...during, ...befalls, ...share }),
  /** Invalid payloads, sent in addition to valid ones. */
  z.strictObject({ type: z.literal('garbage'), ...during, ...befalls, ...share }),
]);
export type DeviceTrouble = z.infer<typeof deviceTroubleSchema>;

/** Faults of connections or services; only when the whole system runs (`--score`). */
export const systemTroubleSchema = z.discriminatedUnion('type', [
  /** kill -9, and a restart after this time. */
  z.strictObject({
    type: z.literal('kill'),
    atS: z.number().min(0),
    service: z.enum(['edge', 'gateway', 'broker', 'devices']),
    downS: z.number().min(0).default(0),
    times: z.int().min(1).default(1),
    everyS: z.number().positive().default(10),
  }),
  /** Connections are cut and refused. */
  z.strictObject({
    type: z.literal('cut'),
    atS: z.number().min(0),
    forS: z.number().positive(),
    link: z.enum(['devices', 'source', 'uplink']),
  }),
  /** A link with a limited rate in kilobytes a second, each way, and a delay. */
  z.strictObject({
    type: z.literal('slow'),
    atS: z.number().min(0),
    forS: z.number().positive(),
    link: z.enum(['devices', 'source', 'uplink']),
    kilobytesPerS: z.number().positive(),
    delayMs: z.number().min(0).default(0),
  }),
  /** The OPC UA server starts with an expired certificate, and gets a valid one after this time. */
  z.strictObject({ type: z.literal('expired_certificate'), forS: z.number().positive() }),
]);
export type SystemTrouble = z.infer<typeof systemTroubleSchema>;

/** Largest values allowed in a score; a run fails beyond any of them. */
const limitsSchema = z
  .strictObject({
    /** Faults not reported in time, or reported under the name of another. */
    missed: z.int().min(0).default(0),
    wrong: z.int().min(0).default(0),
    /** Faults reported without a name; absent: any number. */
    undetermined: z.int().min(0).optional(),
    /** Absent: no false alarm at all. */
    falsePerMachineMonth: z.number().min(0).optional(),
    /** Wiring faults not reported, and reports of nonexistent ones. */
    wiringMissed: z.int().min(0).default(0),
    accused: z.int().min(0).default(0),
  })
  .prefault({});

const scenarioObjectSchema = z.strictObject({
  seed: z.int().default(1),
  /** Its purpose, in a sentence. */
  purpose: z.string().optional(),
  /** The devices' protocol. */
  transport: z.enum(['mqtt', 'sparkplug', 'opcua', 'modbus']).default('mqtt'),
  /** Settings of a score: duration and speed of the plant, and the time within which a fault must be reported. */
  score: z
    .strictObject({
      durationS: z.number().positive().default(240),
      speed: z.number().positive().default(10),
      detectWithinS: z.number().positive().default(120),
      /** Settings of the edge in addition to those of a score. */
      edge: z.record(z.string(), z.unknown()).default({}),
      limits: limitsSchema,
    })
    .prefault({}),
  troubles: z.array(deviceTroubleSchema).default([]),
  systemTroubles: z.array(systemTroubleSchema).default([]),
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

/** Names in a scenario must exist: a trouble without a target has no effect. */
export const scenarioSchema = scenarioObjectSchema.superRefine((scenario, context) => {
  const { machines, troubles, systemTroubles, score, transport } = scenario;
  const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const names = machines.map((m) => m.name);
  for (const [i, { name, sensors, faults }] of machines.entries()) {
    if (names.indexOf(name) !== i) wrong(['machines', i, 'name'], 'a name of its own');
    if (new Set(sensors).size !== sensors.length) wrong(['machines', i, 'sensors'], 'each sensor once');
    for (const [f, fault] of faults.entries()) {
      if (fault.repairedAtS !== undefined && fault.repairedAtS <= fault.onsetS)
        wrong(['machines', i, 'faults', f, 'repairedAtS'], `later than onsetS, ${fault.onsetS}`);
      if ('point' in fault && !sensors.includes(fault.point))
        wrong(['machines', i, 'faults', f, 'point'], `one of its sensors: ${sensors.join(', ')}`);
    }
  }
  for (const [i, { name, coupling }] of machines.entries()) {
    const driver = machines.find((m) => m.name === coupling?.drivenBy);
    if (coupling && (!driver || driver.name === name || driver.coupling))
      wrong(['machines', i, 'coupling', 'drivenBy'], 'another machine, which drives itself');
  }
  for (const [i, machine] of machines.entries())
    wiringIssues(machine, machines).forEach(([path, message]) => {
      wrong(['machines', i, 'wiring', ...path], message);
    });
  for (const [i, { machine, atS }] of troubles.entries()) {
    if (machine !== undefined && !names.includes(machine))
      wrong(['troubles', i, 'machine'], `one of ${names.join(', ')}`);
    if (atS >= score.durationS) wrong(['troubles', i, 'atS'], `less than score.durationS, ${score.durationS}`);
  }
  for (const [i, trouble] of systemTroubles.entries()) {
    const at = trouble.type === 'expired_certificate' ? trouble.forS : trouble.atS;
    if (at >= score.durationS) wrong(['systemTroubles', i], `a time before score.durationS, ${score.durationS}`);
    if (trouble.type === 'expired_certificate' && transport !== 'opcua')
      wrong(['systemTroubles', i, 'type'], 'transport: opcua');
  }
});
export type Scenario = z.infer<typeof scenarioSchema>;
