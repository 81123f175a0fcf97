import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edgeConfigSchema } from '../config.ts';
import type { ModbusRegisterConfig } from './modbusConfig.ts';
import { decodeRegister, planReads } from './modbusRegisters.ts';

const register = (settings: Partial<ModbusRegisterConfig>): ModbusRegisterConfig => ({
  asset: 'a',
  point: 'p',
  table: 'holding',
  address: 0,
  type: 'int16',
  wordOrder: 'big',
  scale: 1,
  offset: 0,
  ...settings,
});
const decoded = (settings: Partial<ModbusRegisterConfig>, bytes: number[]) => {
  const [read] = planReads([register(settings)]);
  return decodeRegister(read.values[0], read, Uint8Array.from(bytes));
};

test.each([
  [{ type: 'int16' }, [0xff, 0xfe], -2],
  [{ type: 'uint16' }, [0xff, 0xfe], 65_534],
  [{ type: 'int32' }, [0xff, 0xff, 0xff, 0xfe], -2],
  [{ type: 'uint32' }, [0, 1, 0, 2], 65_538],
  [{ type: 'uint32', wordOrder: 'little' }, [0, 2, 0, 1], 65_538],
  [{ type: 'float32' }, [0x41, 0x48, 0, 0], 12.5],
  [{ type: 'float32', wordOrder: 'little' }, [0, 0, 0x41, 0x48], 12.5],
  [{ type: 'int64' }, [255, 255, 255, 255, 255, 255, 255, 254], -2],
  [{ type: 'uint64', wordOrder: 'little' }, [0, 2, 0, 1, 0, 0, 0, 0], 65_538],
  [{ type: 'float64' }, [0x40, 0x29, 0, 0, 0, 0, 0, 0], 12.5],
  [{ type: 'int16', scale: 0.1, offset: -40 }, [0x02, 0x8a], 25],
] as const)('%j of %j is %d', (settings, bytes, value) => {
  expect(decoded(settings, [...bytes])).toBeCloseTo(value, 9);
});

test('registers that touch share a request; a gap, another table and 125 registers begin another', () => {
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

test('every value lies whole in exactly one request, whatever is asked for', () => {
  const types = ['int16', 'float32', 'float64'] as const;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...types)), { minLength: 1, maxLength: 60 }),
      (asked) => {
        const reads = planReads(asked.map(([address, type], i) => register({ address, type, point: `p${i}` })));
        expect(reads.flatMap((r) => r.values.map((v) => v.point)).sort()).toEqual(asked.map((_, i) => `p${i}`).sort());
        for (const read of reads) {
          expect(read.count).toBeLessThanOrEqual(125);
          for (const value of read.values) {
            const words = { int16: 1, float32: 2, float64: 4 }[value.type as (typeof types)[number]];
            expect(value.address + words).toBeLessThanOrEqual(read.address + read.count);
            expect(value.address).toBeGreaterThanOrEqual(read.address);
          }
        }
      },
    ),
  );
});

test('a source of registers is configured in words', () => {
  const parse = (registers: object[]) =>
    edgeConfigSchema.safeParse({
      site: 's',
      edge: 'e',
      dataDirectory: 'd',
      sources: [{ type: 'modbus', host: '10.0.0.5', groups: [{ registers }] }],
      uplink: { url: 'mqtt://x' },
    });
  expect(parse([{ asset: 'a', point: 'p', address: 0 }]).success).toBe(true);
  expect(parse([{ asset: 'a', point: 'p', address: 70_000 }]).success).toBe(false);
  expect(parse([]).success).toBe(false);
});
