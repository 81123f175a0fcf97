import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';

const modbusRegisterSchema = z.strictObject({
  asset: nameSchema,
  point: nameSchema,
  table: z.enum(['holding', 'input']).default('holding'),
  /** As the protocol counts them, from 0: register 40001 of many manuals is 0. */
  address: z.int().min(0).max(65_535),
  type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32', 'int64', 'uint64', 'float64']).default('int16'),
  /** `big`: the word of highest value comes first; `little`: last. */
  wordOrder: z.enum(['big', 'little']).default('big'),
  /** The value in the point's unit is `number × scale + offset`. */
  scale: z
    .number()
    .refine((scale) => scale !== 0, { message: 'not 0: the value would never change' })
    .default(1),
  offset: z.number().default(0),
});
export type ModbusRegisterConfig = z.infer<typeof modbusRegisterSchema>;

export const modbusSourceSchema = z
  .strictObject({
    type: z.literal('modbus'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(502),
    /** A device that has not answered for so long is connected to again. */
    timeoutMs: z.number().min(100).max(60_000).default(2000),
    /** Registers that are read together. */
    groups: z
      .array(
        z.strictObject({
          intervalMs: z.number().min(10).default(1000),
          unitId: z.int().min(0).max(255).default(1),
          registers: z.array(modbusRegisterSchema).min(1),
        }),
      )
      .min(1),
  })
  .superRefine(({ groups }, context) => {
    const seen = new Set<string>();
    for (const [g, { registers }] of groups.entries()) {
      for (const [r, { asset, point }] of registers.entries()) {
        const name = `${asset}/${point}`;
        if (seen.has(name)) {
          const path = ['groups', g, 'registers', r, 'point'];
          context.addIssue({ code: 'custom', path, message: 'one register for each point: another has this one' });
        }
        seen.add(name);
      }
    }
  });
export type ModbusSourceConfig = z.infer<typeof modbusSourceSchema>;
