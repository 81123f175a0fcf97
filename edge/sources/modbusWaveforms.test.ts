import { expect, test } from 'vitest';
import { type ModbusWaveformConfig, modbusSourceSchema } from './modbusConfig.ts';
import type { ModbusBlock } from './modbusRequest.ts';
import { blocksOf, ModbusWaveform } from './modbusWaveforms.ts';

const READY = 900;
const SEQUENCE = 901;
const RATE = 902;
const nowMs = Date.UTC(2026, 0, 1);

const problems = (waveform: object) => {
  const groups = [{ waveforms: [{ asset: 'fan', point: '2H', address: 1000, samples: 300, ...waveform }] }];
  const result = modbusSourceSchema.safeParse({ type: 'modbus', host: 'h', groups });
  return result.success ? result.data.groups[0].waveforms[0] : result.error.issues.map(({ message }) => message);
};

/** A device whose registers are in `memory`; `onRead` is called before each request. */
function device(settings: object, onRead: (block: ModbusBlock) => void = () => undefined) {
  const memory = new Map<number, number>();
  const fill = (value: number) => {
    for (let i = 0; i < 300; i++) memory.set(1000 + i, value + i);
  };
  const waveform = new ModbusWaveform(problems(settings) as ModbusWaveformConfig, 125);
  const asked: ModbusBlock[] = [];
  const read = async (block: ModbusBlock) => {
    asked.push(block);
    onRead(block);
    const bytes = Buffer.alloc(2 * block.count);
    for (let i = 0; i < block.count; i++) bytes.writeUInt16BE(memory.get(block.address + i) ?? 0, 2 * i);
    return bytes;
  };
  const poll = async () => {
    const decoded = await waveform.poll(read, () => ({ nowMs, maxFutureMs: 0 }));
    if (decoded === null || !decoded.ok) return decoded?.rejection ?? null;
    return decoded.block.kind === 'waveform' ? decoded.block : null;
  };
  return { memory, fill, poll, asked };
}

test('a buffer is read in blocks of whole samples, once per sequence number', async () => {
  const { memory, fill, poll, asked } = device({ sampleRateHz: 1000, sequence: { address: SEQUENCE }, scale: 0.5 });
  fill(10);
  memory.set(SEQUENCE, 7);
  // The age of the first buffer is unknown.
  expect(await poll()).toBeNull();
  expect(await poll()).toBeNull();
  memory.set(SEQUENCE, 8);
  asked.length = 0;
  expect(await poll()).toMatchObject({ asset: 'fan', point: '2H', sampleRateHz: 1000, startUs: (nowMs - 300) * 1000 });
  expect(asked.map(({ address, count }) => [address, count])).toEqual([
    [SEQUENCE, 1],
    [1000, 125],
    [1125, 125],
    [1250, 50],
    [SEQUENCE, 1],
  ]);
  expect(await poll()).toBeNull();
  memory.set(SEQUENCE, 9);
  fill(20);
  const block = await poll();
  expect(typeof block === 'object' && block && [...block.samples.slice(0, 2), block.samples[299]]).toEqual([
    10, 10.5, 159.5,
  ]);
});

test('a ready buffer is read once until it was not ready; its rate may be in a register', async () => {
  const sampleRateFrom = { address: RATE, scale: 100 };
  const { memory, fill, poll } = device({ sampleRateFrom, ready: { address: READY, value: 3 } });
  fill(0);
  memory.set(RATE, 128);
  memory.set(READY, 1);
  expect(await poll()).toBeNull();
  memory.set(READY, 3);
  expect(await poll()).toMatchObject({ sampleRateHz: 12_800 });
  expect(await poll()).toBeNull();
  memory.set(READY, 1);
  expect(await poll()).toBeNull();
  memory.set(READY, 3);
  memory.set(RATE, 0);
  expect(await poll()).toBe('bad_rate');
});

test('a buffer replaced while being read is refused, and the next one is read', async () => {
  let replaced = false;
  const { memory, poll } = device({ sampleRateHz: 1000, sequence: { address: SEQUENCE } }, ({ address }) => {
    if (address === 1250 && !replaced) memory.set(SEQUENCE, 3);
    replaced ||= address === 1250;
  });
  memory.set(SEQUENCE, 1);
  await poll();
  memory.set(SEQUENCE, 2);
  expect(await poll()).toBe('missing_chunk');
  expect(await poll()).toMatchObject({ kind: 'waveform' });
  expect(await poll()).toBeNull();
});

test('samples of two registers are not split', () => {
  const wide = { table: 'holding', address: 0, samples: 100, type: 'float32' } as const;
  expect(blocksOf(wide, 125).map(({ address, count }) => [address, count])).toEqual([
    [0, 124],
    [124, 76],
  ]);
});

test('missing settings of a waveform are named', () => {
  const sequence = { address: SEQUENCE };
  expect(problems({ sequence })).toEqual(['"sampleRateHz" or "sampleRateFrom"']);
  expect(problems({ sampleRateHz: 1000 })).toEqual([
    'a register "ready" or "sequence" that tells when a new buffer is complete',
  ]);
  expect(problems({ sampleRateHz: 1000, sequence, address: 65_300 })).toEqual([
    'so many that the buffer ends at the last register or before',
  ]);
});
