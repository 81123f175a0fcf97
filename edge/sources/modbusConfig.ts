import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { bitSliceSchema } from './bitSlice.ts';

/** Modbus Application Protocol 1.1b3, 6.3: registers of one request. */
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

/** Patterns by which a device marks a value that it does not have: numbers as read, bytes as `0x8000`, or SunSpec's own. */
const noValueSchema = z.union([
  z.literal('sunspec'),
  z
    .array(z.union([z.number(), z.string().regex(/^0x([0-9a-f]{4}){1,4}$/i, 'bytes such as 0x8000 or 0xFFFFFFFF')]))
    .min(1),
]);

const modbusRegisterSchema = z
  .strictObject({
    asset: nameSchema,
    point: nameSchema,
    table: z.enum(['holding', 'input', 'coil', 'discrete']).default('holding'),
    /** As the protocol counts them, from 0, unless the source has `firstAddress: 1`: register 40001 of many manuals is 0 or 1. */
    address: z.int().min(0).max(65_536),
    /** Of registers; coils and discrete inputs are 0 or 1. Texts are no measurement. */
    type: z
      .enum(registerTypes, { error: `one of ${registerTypes.join(', ')}; texts are no measurement` })
      .default('int16'),
    /** Places of the bytes, `A` being the most significant. `CDAB` swaps words, `BADC` bytes in words, `DCBA` both. */
    order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).optional(),
    /** `little` is the order `CDAB`; kept for configurations that have it. */
    wordOrder: z.enum(['big', 'little']).optional(),
    /** A part of a whole number. */
    bits: bitSliceSchema.optional(),
    noValue: noValueSchema.optional(),
    /** The value in the point's unit is `number × scale + offset`. */
    scale: z
      .number()
      .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
      .default(1),
    offset: z.number().default(0),
  })
  .refine((r) => r.order === undefined || r.wordOrder === undefined, {
    message: '"order" or "wordOrder", not both',
    path: ['order'],
  })
  .refine((r) => r.bits === undefined || /^u?int(16|32)$/.test(r.type), {
    message: 'bits of int16, uint16, int32 or uint32',
    path: ['bits'],
  });

/** Modbus over Serial Line 1.02, 2.5.1: 19200 Bd with even parity unless the device says otherwise. */
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
    /** A device that has not answered for so long is connected to again. */
    timeoutMs: z.number().min(100).max(60_000).default(2000),
    /** What the addresses of this source count from. */
    firstAddress: z.union([z.literal(0), z.literal(1)]).default(0),
    /** Registers of one request; some devices take fewer than the protocol allows. */
    maxRegisters: z.int().min(4).max(MAX_REGISTERS).default(MAX_REGISTERS),
    /** Of registers that have no setting of their own. */
    noValue: noValueSchema.optional(),
    /** Registers that are read together. */
    groups: z
      .array(
        z.strictObject({
          intervalMs: z.number().min(10).default(1000),
          /** Of the device behind the address; a gateway has several. */
          unitId: z.int().min(0).max(255).default(1),
          registers: z.array(modbusRegisterSchema).min(1),
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
    for (const [g, { registers }] of groups.entries()) {
      for (const [r, { asset, point, address }] of registers.entries()) {
        const name = `${asset}/${point}`;
        const at = ['groups', g, 'registers', r];
        if (seen.has(name))
          context.addIssue({
            code: 'custom',
            path: [...at, 'point'],
            message: 'one register for each point: another has this one',
          });
        seen.add(name);
        if (address < firstAddress || address > 65_535 + firstAddress)
          context.addIssue({
            code: 'custom',
            path: [...at, 'address'],
            message: `from ${firstAddress} to ${65_535 + firstAddress}: addresses count from ${firstAddress} here`,
          });
      }
    }
  })
  // From here on addresses count from 0, and each register has its order and its marks.
  .transform(({ groups, firstAddress, noValue, ...rest }) => ({
    ...rest,
    groups: groups.map(({ registers, ...group }) => ({
      ...group,
      registers: registers.map(({ wordOrder, order, ...register }) => ({
        ...register,
        address: register.address - firstAddress,
        order: order ?? (wordOrder === 'little' ? ('CDAB' as const) : ('ABCD' as const)),
        noValue: register.noValue ?? noValue,
      })),
    })),
  }));
export type ModbusSourceConfig = z.infer<typeof modbusSourceSchema>;
export type ModbusRegisterConfig = ModbusSourceConfig['groups'][number]['registers'][number];
