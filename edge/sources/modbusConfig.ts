import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bitSliceSchema } from './bitSlice.ts';

/** Modbus Application Protocol 1.1b3, 6.3: registers per request. */
export const MAX_REGISTERS = 125;

const registerTypes = [
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'int64',
  'uint64',
  'float64',
  'bcd16',
  'bcd32',
] as const;
const waveformTypes = ['int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'] as const;
const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;

/** Registers per number of each type. */
export const WORDS_OF = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
  bcd16: 1,
  bcd32: 2,
} as const satisfies Record<(typeof registerTypes)[number], number>;

/** Patterns by which a device marks a missing value: numbers as read, bytes as `0x8000`, or SunSpec's own. */
const noValueSchema = z.union([
  z.literal('sunspec'),
  z
    .array(z.union([z.number(), z.string().regex(/^0x([0-9a-f]{4}){1,4}$/i, 'bytes such as 0x8000 or 0xFFFFFFFF')]))
    .min(1),
]);

/**
 * As the protocol counts, from 0, unless the source has `firstAddress: 1`: register 40001 of many manuals is 0 or 1.
 */
const addressSchema = z.int().min(0).max(65_536);
/** Byte order, `A` being the most significant. `CDAB` swaps words, `BADC` bytes within words, `DCBA` both. */
const orderSchema = z.enum(orders);
const scaleSchema = z
  .number()
  .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
  .default(1);

/** An integer or float that belongs to no point: a scale, a rate, or a buffer's mark. */
const helperFields = {
  table: z.enum(['holding', 'input']).default('holding'),
  address: addressSchema,
  type: z.enum(registerTypes).default('uint16'),
  order: orderSchema.default('ABCD'),
};

/** The register that scales a value, read with it. */
const scaleFromSchema = z.strictObject({
  ...helperFields,
  type: z.enum(registerTypes).default('int16'),
  /** Meaning of the register: a power of ten, like SunSpec's scale factors, a factor, or a divisor. */
  as: z.enum(['exponent', 'factor', 'divisor']).default('exponent'),
});

const modbusRegisterSchema = z
  .strictObject({
    asset: nameSchema,
    point: nameSchema,
    table: z.enum(['holding', 'input', 'coil', 'discrete']).default('holding'),
    address: addressSchema,
    /** For registers; coils and discrete inputs are 0 or 1. */
    type: z.enum([...registerTypes, 'text'], { error: `one of ${registerTypes.join(', ')}, text` }).default('int16'),
    /** Registers of a text, two characters each. */
    length: z.int().min(1).max(MAX_REGISTERS).optional(),
    /** Words in a text that stand for numbers, as `{ RUN: 1, STOP: 0 }`. */
    states: z.record(z.string(), z.number()).optional(),
    order: orderSchema.optional(),
    /** `little` is the order `CDAB`; kept for existing configurations. */
    wordOrder: z.enum(['big', 'little']).optional(),
    /** Part of an integer; several points may use parts of one register. */
    bits: bitSliceSchema.optional(),
    noValue: noValueSchema.optional(),
    /** The value in the point's unit is `number × scale of another register × scale + offset`. */
    scaleFrom: scaleFromSchema.optional(),
    scale: scaleSchema,
    offset: z.number().default(0),
  })
  .refine((r) => r.order === undefined || r.wordOrder === undefined, {
    message: '"order" or "wordOrder", not both',
    path: ['order'],
  })
  .refine((r) => r.bits === undefined || /^u?int(16|32|64)$/.test(r.type), {
    message: 'bits of int16, uint16, int32, uint32, int64 or uint64',
    path: ['bits'],
  })
  .refine((r) => (r.type === 'text') === (r.length !== undefined), {
    message: 'the registers of a text; of no other type',
    path: ['length'],
  })
  .refine((r) => r.states === undefined || r.type === 'text', {
    message: 'words of a text: "type: text" with its "length"',
    path: ['states'],
  });

/** Samples in consecutive registers, which the device fills and then marks as complete. */
const modbusWaveformSchema = z
  .strictObject({
    asset: nameSchema,
    point: nameSchema,
    table: z.enum(['holding', 'input']).default('holding'),
    /** Address of the first sample. */
    address: addressSchema,
    samples: z.int().min(16).max(65_536),
    type: z.enum(waveformTypes).default('int16'),
    order: orderSchema.default('ABCD'),
    sampleRateHz: z.number().min(10).max(200_000).optional(),
    /** Register with the rate: Hz are `number × scale`. */
    sampleRateFrom: z.strictObject({ ...helperFields, scale: scaleSchema }).optional(),
    /** The buffer is complete while this register has this value. */
    ready: z.strictObject({ ...helperFields, value: z.int().default(1) }).optional(),
    /** Counts buffers: one is read when the count changes, and is consistent if it has not changed meanwhile. */
    sequence: z.strictObject(helperFields).optional(),
    scale: scaleSchema,
    offset: z.number().default(0),
  })
  .refine((w) => (w.sampleRateHz === undefined) !== (w.sampleRateFrom === undefined), {
    message: '"sampleRateHz" or "sampleRateFrom"',
    path: ['sampleRateHz'],
  })
  .refine((w) => w.ready !== undefined || w.sequence !== undefined, {
    message: 'a register "ready" or "sequence" that tells when a new buffer is complete',
    path: ['ready'],
  })
  .refine((w) => w.address + (w.samples * WORDS_OF[w.type] - 1) <= 65_536, {
    message: 'so many that the buffer ends at the last register or before',
    path: ['samples'],
  });

/** Modbus over Serial Line 1.02, 2.5.1: 19200 Bd with even parity unless the device differs. */
const serialSchema = z.strictObject({
  /** A device file such as `/dev/ttyUSB0`, or `COM3`. */
  path: z.string().min(1),
  baudRate: z.int().min(300).max(1_000_000).default(19_200),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
});

export const modbusSourceSchema = z
  .strictObject({
    type: z.literal('modbus'),
    /** `rtu_over_tcp`: RTU frames through a serial device server. */
    transport: z.enum(['tcp', 'rtu_over_tcp', 'serial']).default('tcp'),
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).default(502),
    serial: serialSchema.optional(),
    /** A device that does not answer for this long is reconnected. */
    timeoutMs: z.number().min(100).max(60_000).default(2000),
    /** Base of this source's addresses. */
    firstAddress: z.union([z.literal(0), z.literal(1)]).default(0),
    /** Registers per request; some devices accept fewer than the protocol allows. */
    maxRegisters: z.int().min(4).max(MAX_REGISTERS).default(MAX_REGISTERS),
    /** For registers without their own setting. */
    noValue: noValueSchema.optional(),
    /** Registers that are read together. */
    groups: z
      .array(
        z
          .strictObject({
            intervalMs: z.number().min(10).default(1000),
            /** Unit behind the address; a gateway has several. */
            unitId: z.int().min(0).max(255).default(1),
            registers: z.array(modbusRegisterSchema).default([]),
            waveforms: z.array(modbusWaveformSchema).default([]),
          })
          .refine(({ registers, waveforms }) => registers.length + waveforms.length > 0, {
            message: 'at least one of "registers" or "waveforms"',
            path: ['registers'],
          }),
      )
      .min(1),
  })
  .refine((s) => (s.transport === 'serial' ? s.serial !== undefined : s.host !== undefined), {
    message: 'a host, or the transport "serial" with "serial.path"',
    path: ['host'],
  })
  .superRefine(({ groups, firstAddress }, context) => {
    const seen = new Set<string>();
    for (const [g, { registers, waveforms }] of groups.entries()) {
      for (const [list, entries] of Object.entries({ registers, waveforms })) {
        for (const [i, entry] of entries.entries()) {
          const at = ['groups', g, list, i];
          const name = `${entry.asset}/${entry.point}`;
          if (seen.has(name))
            context.addIssue({
              code: 'custom',
              path: [...at, 'point'],
              message: 'one register for each point: another has this one',
            });
          seen.add(name);
          for (const { path, address } of addressesOf(entry))
            if (address < firstAddress || address > 65_535 + firstAddress)
              context.addIssue({
                code: 'custom',
                path: [...at, ...path],
                message: `from ${firstAddress} to ${65_535 + firstAddress}: addresses count from ${firstAddress} here`,
              });
        }
      }
    }
  })
  // From here on addresses count from 0, and each register has its order and its marks.
  .transform(({ groups, firstAddress, noValue, ...rest }) => {
    const from0 = <T extends { address: number }>(one: T): T => ({ ...one, address: one.address - firstAddress });
    const from0If = <T extends { address: number }>(one: T | undefined) => (one === undefined ? undefined : from0(one));
    return {
      ...rest,
      groups: groups.map(({ registers, waveforms, ...group }) => ({
        ...group,
        registers: registers.map(({ wordOrder, order, ...register }) => ({
          ...from0(register),
          ...(register.scaleFrom === undefined ? {} : { scaleFrom: from0(register.scaleFrom) }),
          order: order ?? (wordOrder === 'little' ? ('CDAB' as const) : ('ABCD' as const)),
          noValue: register.noValue ?? noValue,
        })),
        waveforms: waveforms.map((waveform) => ({
          ...from0(waveform),
          sampleRateFrom: from0If(waveform.sampleRateFrom),
          ready: from0If(waveform.ready),
          sequence: from0If(waveform.sequence),
        })),
      })),
    };
  });
export type ModbusSourceConfig = z.infer<typeof modbusSourceSchema>;
export type ModbusGroupConfig = ModbusSourceConfig['groups'][number];
export type ModbusRegisterConfig = ModbusGroupConfig['registers'][number];
export type ModbusWaveformConfig = ModbusGroupConfig['waveforms'][number];
export type ModbusScaleConfig = z.infer<typeof scaleFromSchema>;
/** A number in registers, for any purpose. */
export type ModbusNumberConfig = Pick<ModbusScaleConfig, 'table' | 'address' | 'type' | 'order'>;

interface Addressed {
  address: number;
}

/** Every address of an entry, and its position. */
function addressesOf(entry: Addressed & Partial<Record<(typeof HELPERS)[number], Addressed>>) {
  const helpers = HELPERS.flatMap((key) => {
    const helper = entry[key];
    return helper === undefined ? [] : [{ path: [key, 'address'], address: helper.address }];
  });
  return [{ path: ['address'], address: entry.address }, ...helpers];
}
const HELPERS = ['scaleFrom', 'sampleRateFrom', 'ready', 'sequence'] as const;
