import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edgeConfigSchema } from '../config.ts';
import type { ModbusRegisterConfig, ModbusScaleConfig } from './modbusConfig.ts';
import {
  decodeRegister,
  decodeSamples,
  decodeScale,
  isScale,
  type ModbusRead,
  planReads,
  pointsOf,
  splitRead,
  valuesOf,
} from './modbusRegisters.ts';

const register = (settings: Partial<ModbusRegisterConfig>): ModbusRegisterConfig => ({
  asset: 'a',
  point: 'p',
  table: 'holding',
  address: 0,
  type: 'int16',
  order: 'ABCD',
  noValue: undefined,
  scale: 1,
  offset: 0,
  ...settings,
});
/** Without the scales in other registers. */
const registersOf = (read: ModbusRead) => read.values.flatMap((value) => (isScale(value) ? [] : [value]));
const decoded = (settings: Partial<ModbusRegisterConfig>, bytes: number[]) => {
  const [read] = planReads([register(settings)]);
  return decodeRegister(registersOf(read)[0], read, Uint8Array.from(bytes));
};

test.each([
  [{ type: 'int16' }, [0xff, 0xfe], -2],
  [{ type: 'uint16' }, [0xff, 0xfe], 65_534],
  [{ type: 'int32' }, [0xff, 0xff, 0xff, 0xfe], -2],
  [{ type: 'uint32' }, [0, 1, 0, 2], 65_538],
  [{ type: 'uint32', order: 'CDAB' }, [0, 2, 0, 1], 65_538],
  [{ type: 'float32' }, [0x41, 0x48, 0, 0], 12.5],
  [{ type: 'float32', order: 'CDAB' }, [0, 0, 0x41, 0x48], 12.5],
  [{ type: 'int64' }, [255, 255, 255, 255, 255, 255, 255, 254], -2],
  [{ type: 'uint64', order: 'CDAB' }, [0, 2, 0, 1, 0, 0, 0, 0], 65_538],
  [{ type: 'float64' }, [0x40, 0x29, 0, 0, 0, 0, 0, 0], 12.5],
  [{ type: 'int16', scale: 0.1, offset: -40 }, [0x02, 0x8a], 25],
] as const)('%j of %j is %d', (settings, bytes, value) => {
  expect(decoded(settings, [...bytes])).toBeCloseTo(value, 9);
});

/** 61.25 as IEEE 754 is 42 75 00 00; here with other low bytes, so that every order differs. */
const A = 0x42;
const [B, C, D] = [0x75, 0x12, 0x34];
const abcd = new DataView(Uint8Array.from([A, B, C, D]).buffer).getFloat32(0);
test.each([
  ['ABCD', [A, B, C, D]],
  ['CDAB', [C, D, A, B]],
  ['BADC', [B, A, D, C]],
  ['DCBA', [D, C, B, A]],
] as const)('the order %s by name', (order, bytes) => {
  expect(decoded({ type: 'float32', order }, [...bytes])).toBe(abcd);
});

test('the orders of 16 and of 64 bits', () => {
  expect(decoded({ type: 'uint16', order: 'BADC' }, [0x34, 0x12])).toBe(0x1234);
  expect(decoded({ type: 'uint16', order: 'CDAB' }, [0x12, 0x34])).toBe(0x1234);
  expect(decoded({ type: 'uint64', order: 'DCBA' }, [2, 1, 0, 0, 0, 0, 0, 0])).toBe(0x102);
  expect(decoded({ type: 'uint64', order: 'BADC' }, [0, 0, 0, 0, 0, 0, 2, 1])).toBe(0x102);
});

test('binary-coded decimals, and invalid digits', () => {
  expect(decoded({ type: 'bcd16' }, [0x12, 0x34])).toBe(1234);
  expect(decoded({ type: 'bcd32', order: 'CDAB', scale: 0.01 }, [0x56, 0x78, 0x12, 0x34])).toBeCloseTo(123_456.78, 6);
  expect(decoded({ type: 'bcd16' }, [0x12, 0x3a])).toBe('wrong_type');
  expect(decoded({ type: 'bcd16', noValue: ['0xFFFF'] }, [0xff, 0xff])).toBe('missing_value');
});

test('bits of a register, coils and discrete inputs', () => {
  expect(decoded({ type: 'uint16', bits: { from: 2, length: 1, signed: false } }, [0, 0b101])).toBe(1);
  expect(decoded({ type: 'int16', bits: { from: 12, length: 4, signed: false } }, [0xa0, 0])).toBe(10);
  const coils = [3, 4, 11].map((address) => register({ table: 'coil', address, point: `p${address}` }));
  const reads = planReads([...coils, register({ table: 'discrete', address: 4 })]);
  expect(reads.map(({ table, address, count }) => [table, address, count])).toEqual([
    ['coil', 3, 2],
    ['coil', 11, 1],
    ['discrete', 4, 1],
  ]);
  expect(registersOf(reads[0]).map((value) => decodeRegister(value, reads[0], Uint8Array.from([0b10])))).toEqual([
    0, 1,
  ]);
});

test('64 bits keep their lowest ones; several points use parts of one register from one read', () => {
  const wide = [0x40, 0, 0, 0, 0, 0, 0, 0b101];
  const bit = (from: number, type: 'int64' | 'uint64' = 'uint64') => ({
    type,
    bits: { from, length: 1, signed: false },
  });
  expect([0, 1, 2, 62, 63].map((from) => decoded(bit(from), wide))).toEqual([1, 0, 1, 1, 0]);
  expect(
    decoded({ type: 'int64', bits: { from: 0, length: 4, signed: true } }, [255, 255, 255, 255, 255, 255, 255, 0xfe]),
  ).toBe(-2);
  const fields = [0, 1, 2].map((from) =>
    register({ address: 7, type: 'uint16', point: `b${from}`, bits: { from, length: 1, signed: false } }),
  );
  const reads = planReads(fields);
  expect(reads.map(({ address, count }) => [address, count])).toEqual([[7, 1]]);
  expect(registersOf(reads[0]).map((value) => decodeRegister(value, reads[0], Uint8Array.from([0, 0b101])))).toEqual([
    1, 0, 1,
  ]);
});

test('a text maps to a number by its words, or is one; its order may swap bytes', () => {
  const text = (content: string) => [...Buffer.from(content.padEnd(8, '\0'), 'latin1')];
  const settings = { type: 'text', length: 4, states: { RUN: 1, STOP: 0 } } as const;
  expect(decoded(settings, text('RUN'))).toBe(1);
  expect(decoded(settings, text('STOP    '))).toBe(0);
  expect(decoded({ ...settings, order: 'BADC' }, [...Buffer.from('URN\0')].concat([0, 0, 0, 0]))).toBe('wrong_type');
  expect(decoded({ ...settings, order: 'BADC' }, [...Buffer.from('UR\0N')].concat([0, 0, 0, 0]))).toBe(1);
  expect(decoded({ ...settings, scale: 10 }, text('61.2'))).toBeCloseTo(612, 9);
  expect(decoded(settings, text('HALT'))).toBe('wrong_type');
  expect(planReads([register({ ...settings, address: 3 }), register({ address: 7, point: 'q' })])[0].count).toBe(5);
});

const scale = (settings: Partial<ModbusScaleConfig> = {}): ModbusScaleConfig => ({
  table: 'holding',
  address: 0,
  type: 'int16',
  order: 'ABCD',
  as: 'exponent',
  ...settings,
});

test('the scale in another register: SunSpec’s exponents, factors and divisors', () => {
  const scaled = (settings: Partial<ModbusScaleConfig>, bytes: number[], number: number) => {
    const apply = decodeScale(scale(settings), { address: 0 }, Uint8Array.from(bytes));
    return typeof apply === 'string' ? apply : apply(number);
  };
  expect(scaled({}, [0xff, 0xff], 235)).toBe(23.5);
  expect(scaled({}, [0xff, 0xfe], 7)).toBe(0.07);
  expect(scaled({}, [0, 3], 2)).toBe(2000);
  expect(scaled({}, [0x80, 0], 2)).toBe('missing_value');
  expect(scaled({}, [0, 11], 2)).toBe('out_of_range');
  expect(scaled({ as: 'factor', type: 'uint16' }, [0, 4], 2.5)).toBe(10);
  expect(scaled({ as: 'divisor', type: 'uint16' }, [0, 4], 10)).toBe(2.5);
  expect(scaled({ as: 'divisor', type: 'uint16' }, [0, 0], 10)).toBe('out_of_range');
  const value = register({ scaleFrom: scale(), scale: 2, offset: 1 });
  expect(decodeRegister(value, { address: 0 }, Uint8Array.from([0, 50]), (n) => n / 10)).toBe(11);
});

test('points share a scale register, which is read with them and fails with them', () => {
  const scaleFrom = scale({ address: 2 });
  const values = [0, 1, 5].map((address) => register({ address, point: `p${address}`, scaleFrom }));
  const reads = planReads(valuesOf(values));
  expect(reads.map(({ address, count, values: its }) => [address, count, its.length])).toEqual([
    [0, 3, 3],
    [5, 1, 1],
  ]);
  expect(pointsOf(reads[0]).map(({ point }) => point)).toEqual(['p0', 'p1', 'p5']);
});

test('samples of a buffer, of any type and order', () => {
  const waveform = { type: 'int16', order: 'ABCD', scale: 0.5, offset: 1 } as const;
  expect([...decodeSamples(waveform, Uint8Array.from([0xff, 0xfe, 0, 4]))]).toEqual([0, 3]);
  const floats = { ...waveform, type: 'float32', order: 'CDAB', scale: 1, offset: 0 } as const;
  expect([...decodeSamples(floats, Uint8Array.from([0, 0, 0x41, 0x48]))]).toEqual([12.5]);
});

test('a value that the device marks as absent is missing, and the same number elsewhere is not', () => {
  expect(decoded({ type: 'uint16', scale: 0.1, noValue: ['0xFFFF'] }, [0xff, 0xff])).toBe('missing_value');
  expect(decoded({ type: 'uint16', scale: 0.1 }, [0xff, 0xff])).toBeCloseTo(6553.5, 6);
  // As YAML reads 0x8000, and -32768 as a user may write it.
  for (const mark of [0x8000, -32_768]) expect(decoded({ noValue: [mark] }, [0x80, 0])).toBe('missing_value');
  expect(decoded({ noValue: [0x8000] }, [0x7f, 0xff])).toBe(32_767);
  const sunspec = { noValue: 'sunspec' } as const;
  expect(decoded({ ...sunspec }, [0x80, 0])).toBe('missing_value');
  expect(decoded({ ...sunspec, type: 'uint16' }, [0x80, 0])).toBe(0x8000);
  expect(decoded({ ...sunspec, type: 'uint32', order: 'CDAB' }, [255, 255, 255, 255])).toBe('missing_value');
  expect(decoded({ ...sunspec, type: 'float32' }, [0x7f, 0xc0, 0, 0])).toBe('missing_value');
  expect(decoded({ ...sunspec, type: 'int64' }, [0x80, 0, 0, 0, 0, 0, 0, 0])).toBe('missing_value');
  expect(decoded({ type: 'float32', noValue: [-999] }, [0xc4, 0x79, 0xc0, 0])).toBe('missing_value');
  expect(decoded({ type: 'float32' }, [0x7f, 0xc0, 0, 0])).toBeNaN();
});

test('a refused request is split in halves that cover all its values; devices may accept fewer registers', () => {
  const [read] = planReads(Array.from({ length: 5 }, (_, address) => register({ address, point: `p${address}` })));
  expect(splitRead(read).map(({ address, count }) => [address, count])).toEqual([
    [0, 3],
    [3, 2],
  ]);
  const many = Array.from({ length: 20 }, (_, address) => register({ address, point: `p${address}` }));
  expect(planReads(many, 8).map(({ count }) => count)).toEqual([8, 8, 4]);
});

test('adjacent registers share a request; a gap, another table and 125 registers begin another', () => {
  const at = (address: number, table: ModbusRegisterConfig['table'] = 'holding') =>
    register({ address, table, type: 'float32' });
  const long = Array.from({ length: 100 }, (_, i) => at(1000 + 2 * i));
  const reads = planReads([at(4), at(0), at(2), at(10), at(6, 'input'), ...long]);
  expect(reads.map(({ table, address, count }) => [table, address, count])).toEqual([
    ['holding', 0, 6],
    ['holding', 10, 2],
    ['holding', 1000, 124],
    ['holding', 1124, 76],
    ['input', 6, 2],
  ]);
});

test('every value lies whole in exactly one request, for any configuration', () => {
  const types = ['int16', 'float32', 'float64'] as const;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...types)), { minLength: 1, maxLength: 60 }),
      (requested) => {
        const reads = planReads(requested.map(([address, type], i) => register({ address, type, point: `p${i}` })));
        expect(reads.flatMap((r) => registersOf(r).map((v) => v.point)).sort()).toEqual(
          requested.map((_, i) => `p${i}`).sort(),
        );
        for (const read of reads) {
          expect(read.count).toBeLessThanOrEqual(125);
          for (const value of registersOf(read)) {
            const words = { int16: 1, float32: 2, float64: 4 }[value.type as (typeof types)[number]];
            expect(value.address + words).toBeLessThanOrEqual(read.address + read.count);
            expect(value.address).toBeGreaterThanOrEqual(read.address);
          }
        }
      },
    ),
  );
});

const parse = (registers: object[], source: object = { host: '10.0.0.5' }) =>
  edgeConfigSchema.safeParse({
    site: 's',
    edge: 'e',
    dataDirectory: 'd',
    sources: [{ type: 'modbus', ...source, groups: [{ registers }] }],
    uplink: { url: 'mqtt://x' },
  });
const problemsOf = (result: ReturnType<typeof parse>) =>
  result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('errors in a register source are described in words', () => {
  expect(parse([{ asset: 'a', point: 'p', address: 0 }]).success).toBe(true);
  expect(parse([{ asset: 'a', point: 'p', address: 70_000 }]).success).toBe(false);
  expect(parse([]).success).toBe(false);
  const [text] = problemsOf(parse([{ asset: 'a', point: 'p', address: 0, type: 'string' }]));
  expect(text).toMatch(/registers.0.type: one of int16, .*, text/);
  const at0 = { asset: 'a', point: 'p', address: 0 };
  expect(parse([{ ...at0, type: 'text', length: 4, states: { RUN: 1 } }]).success).toBe(true);
  expect(problemsOf(parse([{ ...at0, type: 'text' }]))[0]).toMatch(/registers.0.length: the registers of a text/);
  expect(problemsOf(parse([{ ...at0, states: { RUN: 1 } }]))[0]).toMatch(/registers.0.states: words of a text/);
  const both = { asset: 'a', point: 'p', address: 0, order: 'CDAB', wordOrder: 'little' };
  expect(problemsOf(parse([both]))[0]).toMatch(/not both/);
  expect(problemsOf(parse([{ asset: 'a', point: 'p', address: 0 }], { transport: 'serial' }))[0]).toMatch(
    /serial.path/,
  );
});

test('addresses count from 0 or 1; orders and marks of the source reach its registers', () => {
  const source = { host: 'h', firstAddress: 1, noValue: 'sunspec' };
  const result = parse([{ asset: 'a', point: 'p', address: 1, wordOrder: 'little' }], source);
  const its = result.success ? result.data.sources[0] : undefined;
  expect(its?.type === 'modbus' && its.groups[0].registers[0]).toMatchObject({
    address: 0,
    order: 'CDAB',
    noValue: 'sunspec',
  });
  expect(problemsOf(parse([{ asset: 'a', point: 'p', address: 0 }], source))[0]).toMatch(/addresses count from 1 here/);
  const scaled = { asset: 'a', point: 'p', address: 1, scaleFrom: { address: 0 } };
  expect(problemsOf(parse([scaled], source))[0]).toMatch(/scaleFrom.address: from 1/);
  const found = parse([{ ...scaled, scaleFrom: { address: 9 } }], source);
  expect(found.success && found.data.sources[0]).toMatchObject({
    groups: [{ registers: [{ scaleFrom: { address: 8 } }] }],
  });
});
