import type { Rejection } from '#models/contracts/ledger.ts';
import { bitsOf } from './bitSlice.ts';
import { MAX_REGISTERS, type ModbusRegisterConfig } from './modbusConfig.ts';

/** One request: so many registers, or bits, from an address, and the values that lie in them. */
export interface ModbusRead {
  table: ModbusRegisterConfig['table'];
  address: number;
  count: number;
  values: ModbusRegisterConfig[];
}

/** Modbus Application Protocol 1.1b3, 6.1: coils or discrete inputs of one request. */
const MAX_BITS = 2000;

const WORDS = {
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
} as const satisfies Record<ModbusRegisterConfig['type'], number>;

export const isBitTable = (table: ModbusRegisterConfig['table']) => table === 'coil' || table === 'discrete';

/** Registers, or bits, that a value takes. */
const lengthOf = ({ table, type }: ModbusRegisterConfig) => (isBitTable(table) ? 1 : WORDS[type]);

/**
 * The fewest requests that read all values. Only registers that touch share one: a device refuses a whole request for one
 * register that it does not have.
 */
export function planReads(registers: readonly ModbusRegisterConfig[], maxRegisters = MAX_REGISTERS): ModbusRead[] {
  const reads: ModbusRead[] = [];
  const sorted = registers.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  for (const value of sorted) {
    const last = reads.at(-1);
    const end = value.address + lengthOf(value);
    const most = isBitTable(value.table) ? MAX_BITS : maxRegisters;
    const touches = last && last.table === value.table && value.address <= last.address + last.count;
    if (touches && end - last.address <= most) {
      last.count = Math.max(last.count, end - last.address);
      last.values.push(value);
    } else reads.push({ table: value.table, address: value.address, count: lengthOf(value), values: [value] });
  }
  return reads;
}

/** Two requests instead of one that the device refuses, so that a register which it lacks takes no others with it. */
export function splitRead({ values }: ModbusRead): ModbusRead[] {
  const middle = Math.ceil(values.length / 2);
  return [...planReads(values.slice(0, middle)), ...planReads(values.slice(middle))];
}

/** Bytes of an answer to a read. */
export const bytesOf = ({ table, count }: ModbusRead) => (isBitTable(table) ? Math.ceil(count / 8) : 2 * count);

/** A value in its point's unit from the bytes of a read, or why it has none: `missing_value` where the device says so. */
export function decodeRegister(value: ModbusRegisterConfig, read: ModbusRead, bytes: Uint8Array): number | Rejection {
  const { scale, offset } = value;
  const at = value.address - read.address;
  if (isBitTable(value.table)) return ((bytes[at >> 3] >> (at & 7)) & 1) * scale + offset;
  const view = ordered(value, bytes, 2 * at);
  const number = numberIn(view, value.type);
  if (Number.isNaN(number) && value.type.startsWith('bcd'))
    return isNoValue(value, view, number) ? 'missing_value' : 'wrong_type';
  if (isNoValue(value, view, number)) return 'missing_value';
  const bits = value.bits === undefined ? number : bitsOf(number, value.bits);
  return bits * scale + offset;
}

/** The bytes of a value, the most significant first. */
function ordered({ type, order }: ModbusRegisterConfig, bytes: Uint8Array, from: number): DataView {
  const words = WORDS[type];
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

/** The SunSpec Information Model's "not implemented" of each type, in bytes; of floats any NaN. */
const SUNSPEC: Partial<Record<ModbusRegisterConfig['type'], string>> = {
  int16: '0x8000',
  uint16: '0xffff',
  int32: '0x80000000',
  uint32: '0xffffffff',
  int64: '0x8000000000000000',
  uint64: '0xffffffffffffffff',
};

/** A NaN of a register is a value that is not there where marks are configured; else it is refused as not finite. */
function isNoValue({ type, noValue }: ModbusRegisterConfig, view: DataView, number: number): boolean {
  if (noValue === undefined) return false;
  if (type.startsWith('float') && Number.isNaN(number)) return true;
  const marks = noValue === 'sunspec' ? [SUNSPEC[type]] : noValue;
  const bytes = BigInt(`0x${Buffer.from(view.buffer).toString('hex')}`);
  return marks.some((mark) =>
    // YAML reads 0xFFFF without quotes as a number: it stands for the same bytes.
    typeof mark === 'string' ? BigInt(mark) === bytes : mark === number || mark === Number(bytes),
  );
}

function numberIn(view: DataView, type: ModbusRegisterConfig['type']): number {
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
      return Number(view.getBigInt64(0));
    case 'uint64':
      return Number(view.getBigUint64(0));
    case 'float64':
      return view.getFloat64(0);
    case 'bcd16':
    case 'bcd32':
      return decimalOf(view);
  }
}

/** Four bits a digit; NaN where one is no digit. */
function decimalOf(view: DataView): number {
  const digits = Buffer.from(view.buffer).toString('hex');
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}
