import type { Rejection } from '#models/contracts/ledger.ts';
import { bitsOf } from './bitSlice.ts';
import {
  MAX_REGISTERS,
  type ModbusNumberConfig,
  type ModbusRegisterConfig,
  type ModbusScaleConfig,
  type ModbusWaveformConfig,
  WORDS_OF,
} from './modbusConfig.ts';
import { numberOf } from './scalarValue.ts';

/** The scale of points, which is read with them. */
export interface ModbusScale {
  scale: ModbusScaleConfig;
  points: ModbusRegisterConfig[];
}

/** A value in a request's registers: that of a point, or the scale of several. */
export type ModbusValue = ModbusRegisterConfig | ModbusScale;

/** One request: registers, or bits, from an address, and the values in them. */
export interface ModbusRead {
  table: ModbusRegisterConfig['table'];
  address: number;
  count: number;
  values: ModbusValue[];
}

/** Modbus Application Protocol 1.1b3, 6.1: coils or discrete inputs per request. */
const MAX_BITS = 2000;

export const isBitTable = (table: ModbusRegisterConfig['table']) => table === 'coil' || table === 'discrete';
export const isScale = (value: ModbusValue): value is ModbusScale => 'points' in value;

/** First register, or bit, of a value, and their number. */
function placeOf(value: ModbusValue): { table: ModbusRegisterConfig['table']; address: number; length: number } {
  if (isScale(value)) {
    const { table, address, type } = value.scale;
    return { table, address, length: WORDS_OF[type] };
  }
  const { table, address, type, length = 1 } = value;
  return { table, address, length: isBitTable(table) ? 1 : type === 'text' ? length : WORDS_OF[type] };
}

/** Points that depend on a request. */
export const pointsOf = ({ values }: ModbusRead): ModbusRegisterConfig[] => [
  ...new Set(values.flatMap((value) => (isScale(value) ? value.points : [value]))),
];

/** Key of a scale register: points that refer to the same one share its value. */
export const scaleKeyOf = ({ table, address, type, order, as }: ModbusScaleConfig): string =>
  [table, address, type, order, as].join('/');

/** The values of points, and each of their scales once. */
export function valuesOf(registers: readonly ModbusRegisterConfig[]): ModbusValue[] {
  const scales = new Map<string, ModbusScale>();
  for (const register of registers) {
    if (register.scaleFrom === undefined) continue;
    const key = scaleKeyOf(register.scaleFrom);
    const known = scales.get(key);
    if (known) known.points.push(register);
    else scales.set(key, { scale: register.scaleFrom, points: [register] });
  }
  return [...registers, ...scales.values()];
}

/**
 * The fewest requests that read all values. Only adjacent registers share one: a device refuses a whole request for one
 * register that it lacks.
 */
export function planReads(values: readonly ModbusValue[], maxRegisters = MAX_REGISTERS): ModbusRead[] {
  const reads: ModbusRead[] = [];
  const located = values.map((value) => ({ value, place: placeOf(value) }));
  const sorted = located.toSorted(
    (a, b) => a.place.table.localeCompare(b.place.table) || a.place.address - b.place.address,
  );
  for (const { value, place } of sorted) {
    const { table, address, length } = place;
    const last = reads.at(-1);
    const end = address + length;
    const most = isBitTable(table) ? MAX_BITS : maxRegisters;
    const touches = last && last.table === table && address <= last.address + last.count;
    if (touches && end - last.address <= most) {
      last.count = Math.max(last.count, end - last.address);
      last.values.push(value);
    } else reads.push({ table, address, count: length, values: [value] });
  }
  return reads;
}

/** Splits a request that the device refuses, so that a register which it lacks does not affect the others. */
export function splitRead({ values }: ModbusRead): ModbusRead[] {
  const middle = Math.ceil(values.length / 2);
  return [...planReads(values.slice(0, middle)), ...planReads(values.slice(middle))];
}

/** Length of the reply to a read, in bytes. */
export const bytesOf = ({ table, count }: Pick<ModbusRead, 'table' | 'count'>) =>
  isBitTable(table) ? Math.ceil(count / 8) : 2 * count;

/**
 * A value in its point's unit from the bytes of a read, or why it has none: `missing_value` if the device marks it so.
 * @param scaled applies the scale in another register.
 */
export function decodeRegister(
  value: ModbusRegisterConfig,
  read: Pick<ModbusRead, 'address'>,
  bytes: Uint8Array,
  scaled: (number: number) => number = (number) => number,
): number | Rejection {
  const { table, type, scale, offset, noValue } = value;
  const at = value.address - read.address;
  if (isBitTable(table)) return ((bytes[at >> 3] >> (at & 7)) & 1) * scale + offset;
  if (type === 'text') return numberOf(textIn(value, bytes, 2 * at), { ...value, bits: undefined });
  const view = ordered({ ...value, type }, bytes, 2 * at);
  const number = exactIn(view, type);
  if (isNoValue(type, noValue, view, number)) return 'missing_value';
  if (Number.isNaN(number) && type.startsWith('bcd')) return 'wrong_type';
  const bits = value.bits === undefined ? Number(number) : bitsOf(number, value.bits);
  return scaled(bits) * scale + offset;
}

/** SunSpec's Information Model bounds scale factors to this. */
const MAX_EXPONENT = 10;

/** The scaling by another register; a rejection if the device has none, or an impossible one. */
export function decodeScale(
  { as, ...config }: ModbusScaleConfig,
  read: Pick<ModbusRead, 'address'>,
  bytes: Uint8Array,
): ((number: number) => number) | Rejection {
  const view = ordered(config, bytes, 2 * (config.address - read.address));
  const number = Number(exactIn(view, config.type));
  if (isNoValue(config.type, as === 'exponent' ? 'sunspec' : undefined, view, number)) return 'missing_value';
  if (as === 'exponent') {
    if (!Number.isInteger(number) || Math.abs(number) > MAX_EXPONENT) return 'out_of_range';
    // 10^-1 has no exact representation: a division rounds once.
    return number < 0 ? (n) => n / 10 ** -number : (n) => n * 10 ** number;
  }
  if (number === 0 || !Number.isFinite(number)) return 'out_of_range';
  return as === 'factor' ? (n) => n * number : (n) => n / number;
}

/** A number from the bytes of a read that begins at `address`. */
export function decodeNumber(config: ModbusNumberConfig, address: number, bytes: Uint8Array): number {
  return Number(exactIn(ordered(config, bytes, 2 * (config.address - address)), config.type));
}

/** Samples in a point's unit, from the bytes of a whole buffer. */
export function decodeSamples(
  { type, order, scale, offset }: Pick<ModbusWaveformConfig, 'type' | 'order' | 'scale' | 'offset'>,
  bytes: Uint8Array,
): Float32Array<ArrayBuffer> {
  const width = 2 * WORDS_OF[type];
  return Float32Array.from(
    { length: bytes.length / width },
    (_, i) => Number(exactIn(ordered({ type, order }, bytes, i * width), type)) * scale + offset,
  );
}

/** Two characters per register, the first in the high byte unless the order swaps bytes; text ends at a zero. */
function textIn({ order, length = 1 }: ModbusRegisterConfig, bytes: Uint8Array, from: number): string {
  const swap = order === 'BADC' || order === 'DCBA' ? 1 : 0;
  const characters = Array.from({ length: 2 * length }, (_, i) => bytes[from + (i ^ swap)]);
  const end = characters.indexOf(0);
  return Buffer.from(end < 0 ? characters : characters.slice(0, end))
    .toString('latin1')
    .trim();
}

type NumberType = ModbusNumberConfig['type'];

/** The bytes of a value, the most significant first. */
function ordered(
  { type, order }: Pick<ModbusNumberConfig, 'type' | 'order'>,
  bytes: Uint8Array,
  from: number,
): DataView {
  const words = WORDS_OF[type];
  const view = new DataView(new ArrayBuffer(2 * words));
  const swapWords = order === 'CDAB' || order === 'DCBA';
  const swapBytes = order === 'BADC' || order === 'DCBA' ? 1 : 0;
  for (let word = 0; word < words; word++) {
    const to = 2 * (swapWords ? words - 1 - word : word);
    view.setUint8(to + swapBytes, bytes[from + 2 * word]);
    view.setUint8(to + 1 - swapBytes, bytes[from + 2 * word + 1]);
  }
  return view;
}

/** The SunSpec Information Model's "not implemented" of each type, in bytes; any NaN for floats. */
const SUNSPEC: Partial<Record<NumberType, string>> = {
  int16: '0x8000',
  uint16: '0xffff',
  int32: '0x80000000',
  uint32: '0xffffffff',
  int64: '0x8000000000000000',
  uint64: '0xffffffffffffffff',
};

/** NaN in a register counts as a missing value if marks are configured; else it is refused as not finite. */
function isNoValue(
  type: NumberType,
  noValue: ModbusRegisterConfig['noValue'],
  view: DataView,
  number: number | bigint,
): boolean {
  if (noValue === undefined) return false;
  if (type.startsWith('float') && Number.isNaN(number)) return true;
  const marks = noValue === 'sunspec' ? [SUNSPEC[type]] : noValue;
  const bytes = BigInt(`0x${Buffer.from(view.buffer).toString('hex')}`);
  return marks.some((mark) =>
    // YAML reads 0xFFFF without quotes as a number: it stands for the same bytes.
    typeof mark === 'string' ? BigInt(mark) === bytes : mark === Number(number) || mark === Number(bytes),
  );
}

/** 64 bits as a bigint: a number holds 53 of them. */
function exactIn(view: DataView, type: NumberType): number | bigint {
  switch (type) {
    case 'int16':
      return view.getInt16(0);
    case 'uint16':
      return view.getUint16(0);
    case 'int32':
      return view.getInt32(0);
    case 'uint32':
      return view.getUint32(0);
    case 'float32':
      return view.getFloat32(0);
    case 'int64':
      return view.getBigInt64(0);
    case 'uint64':
      return view.getBigUint64(0);
    case 'float64':
      return view.getFloat64(0);
    case 'bcd16':
    case 'bcd32':
      return decimalOf(view);
  }
}

/** Four bits per digit; NaN if one is invalid. */
function decimalOf(view: DataView): number {
  const digits = Buffer.from(view.buffer).toString('hex');
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}
