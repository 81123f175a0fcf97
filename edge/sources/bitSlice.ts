import { z } from 'zod';

/** Part of an integer: `length` bits from bit `from`, counted from the lowest, 0; `signed`: in two's complement. */
export const bitSliceSchema = z.strictObject({
  from: z.int().min(0).max(63),
  length: z.int().min(1).max(52),
  signed: z.boolean().default(false),
});
export type BitSlice = z.infer<typeof bitSliceSchema>;

/** Extracts the slice from an integer of either sign; a bigint has bits that a number cannot represent exactly. */
export function bitsOf(value: number | bigint, { from, length, signed }: BitSlice): number {
  if (typeof value === 'bigint') {
    const part = value >> BigInt(from);
    return Number(signed ? BigInt.asIntN(length, part) : BigInt.asUintN(length, part));
  }
  const size = 2 ** length;
  const bits = ((Math.floor(value / 2 ** from) % size) + size) % size;
  return signed && bits >= size / 2 ? bits - size : bits;
}
