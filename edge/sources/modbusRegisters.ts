import type { ModbusRegisterConfig } from './modbusConfig.ts';

/** One request: so many registers from an address, and the values that lie in them. */
export interface ModbusRead {
  table: ModbusRegisterConfig['table'];
  address: number;
  count: number;
  values: ModbusRegisterConfig[];
}

/** Modbus Application Protocol 1.1b3, 6.3: registers of one request. */
const MOST_REGISTERS = 125;

const WORDS = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
} as const satisfies Record<ModbusRegisterConfig['type'], number>;

/**
 * The fewest requests that read all values. Only registers that touch share one: a device refuses a whole request for one
 * register that it does not have.
 */
export function planReads(registers: readonly ModbusRegisterConfig[]): ModbusRead[] {
  const reads: ModbusRead[] = [];
  const sorted = registers.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  for (const value of sorted) {
    const last = reads.at(-1);
    const end = value.address + WORDS[value.type];
    const touches = last && last.table === value.table && value.address <= last.address + last.count;
    if (touches && end - last.address <= MOST_REGISTERS) {
      last.count = Math.max(last.count, end - last.address);
      last.values.push(value);
    } else reads.push({ table: value.table, address: value.address, count: WORDS[value.type], values: [value] });
  }
  return reads;
}

/** A value in its point's unit, from the bytes of a read: each register big-endian, as the protocol has it. */
export function decodeRegister(value: ModbusRegisterConfig, read: ModbusRead, bytes: Uint8Array): number {
  const words = WORDS[value.type];
  const from = 2 * (value.address - read.address);
  const view = new DataView(new ArrayBuffer(2 * words));
  for (let word = 0; word < words; word++) {
    const at = value.wordOrder === 'big' ? word : words - 1 - word;
    view.setUint8(2 * at, bytes[from + 2 * word]);
    view.setUint8(2 * at + 1, bytes[from + 2 * word + 1]);
  }
  return numberIn(view, value.type) * value.scale + value.offset;
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
  }
}
