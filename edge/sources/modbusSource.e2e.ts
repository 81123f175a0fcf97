import { ServerTCP } from 'modbus-serial';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../config.ts';
import type { ModbusSourceConfig } from './modbusConfig.ts';
import { ModbusSource } from './modbusSource.ts';
import type { Arrival, Sink } from './source.ts';

const ILLEGAL_ADDRESS = 2;
let device: ServerTCP | null = null;
let source: ModbusSource | null = null;

afterEach(async () => {
  await source?.stop();
  await shut();
});

/** Registers of the tests beside those of the drive. */
const memory = new Map<number, number>();

/** A drive: temperature in tenths at input 0, speed as float32 at holding 10; nothing else. */
function serve(port: number): Promise<void> {
  const speed = new DataView(new ArrayBuffer(4));
  speed.setFloat32(0, 1480.5);
  const refuse = () => Object.assign(new Error('illegal data address'), { modbusErrorCode: ILLEGAL_ADDRESS });
  const started = new ServerTCP(
    {
      getInputRegister: async (address: number, unit: number) => {
        if (address !== 0 || unit !== 7) throw refuse();
        return 654;
      },
      getCoil: async (address: number) => {
        if (address > 9) throw refuse();
        return address === 3;
      },
      getDiscreteInput: async (address: number) => address === 9,
      getHoldingRegister: async (address: number) => {
        if (memory.has(address)) return memory.get(address) as number;
        if (address !== 10 && address !== 11) throw refuse();
        return speed.getUint16(2 * (address - 10));
      },
    },
    { host: '127.0.0.1', port, unitID: 7 },
  );
  device = started;
  return new Promise((resolve) => started.on('initialized', () => resolve()));
}

async function shut(): Promise<void> {
  const closing = device;
  device = null;
  if (!closing) return;
  for (const socket of closing.socks.keys()) socket.destroy();
  await new Promise<void>((resolve) => closing.close(() => resolve()));
}

function listen(port: number, registers: object[]): Promise<Arrival[]> {
  return listenTo(port, [{ intervalMs: 50, unitId: 7, registers }]);
}

async function listenTo(port: number, groups: object[], timeoutMs = 2000, host = '127.0.0.1'): Promise<Arrival[]> {
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    sources: [{ type: 'modbus', host, port, timeoutMs, groups }],
    uplink: { url: 'mqtt://x' },
  });
  const arrivals: Arrival[] = [];
  const sink: Sink = { accept: (arrival) => arrivals.push(arrival), whenReady: (resume) => resume() };
  const [settings] = config.sources as ModbusSourceConfig[];
  source = new ModbusSource(settings, config.limits, () => Date.now(), pino({ level: 'silent' }));
  await source.start(sink);
  return arrivals;
}

const valuesOf = (arrivals: Arrival[], point: string) =>
  arrivals.flatMap((a) => (a.ok && a.block.kind === 'scalars' && a.block.point === point ? [...a.block.values] : []));

const TEMPERATURE = { asset: 'drive', point: 'temperature', table: 'input', address: 0, scale: 0.1 };
const SPEED = { asset: 'drive', point: 'speed', address: 10, type: 'float32' };

test('values are polled; one that the device lacks counts against its own point and stops no other', async () => {
  const port = await freePort();
  await serve(port);
  const arrivals = await listen(port, [TEMPERATURE, SPEED, { asset: 'drive', point: 'absent', address: 99 }]);
  await expect.poll(() => valuesOf(arrivals, 'temperature').length, { timeout: 5000 }).toBeGreaterThan(3);
  expect(valuesOf(arrivals, 'temperature')[0]).toBeCloseTo(65.4, 9);
  expect(valuesOf(arrivals, 'speed')[0]).toBeCloseTo(1480.5, 3);
  const refused = arrivals.filter((a) => !a.ok);
  expect(refused.length).toBeGreaterThan(1);
  expect(refused[0]).toEqual({ ok: false, rejection: 'bad_quality', point: { asset: 'drive', point: 'absent' } });
  expect(source?.state).toBe('connected');
});

test('all four tables; a register that the device lacks does not affect its neighbours, and is named', async () => {
  const port = await freePort();
  await serve(port);
  const coil = (address: number, table = 'coil') => ({ asset: 'drive', point: `${table}${address}`, table, address });
  // 10 and 11 exist, 12 does not: all three are adjacent, and at first one request.
  const beyond = { asset: 'drive', point: 'beyond', address: 12 };
  const arrivals = await listen(port, [TEMPERATURE, SPEED, beyond, coil(3), coil(4), coil(9, 'discrete')]);
  await expect.poll(() => valuesOf(arrivals, 'speed').length, { timeout: 5000 }).toBeGreaterThan(2);
  expect([valuesOf(arrivals, 'coil3')[0], valuesOf(arrivals, 'coil4')[0]]).toEqual([1, 0]);
  expect(valuesOf(arrivals, 'discrete9')[0]).toBe(1);
  expect(source?.faults).toMatchObject([{ asset: 'drive', point: 'beyond', reason: 'illegal_data_address' }]);
  expect(source?.faults[0].detail).toContain('unit 7, holding, address 12');
});

test('scales in other registers, texts, and a waveform of several requests', async () => {
  const port = await freePort();
  await serve(port);
  const [POWER, SCALE, TEXT, SEQUENCE, BUFFER] = [100, 110, 120, 130, 200];
  for (const [address, value] of [
    [POWER, 235],
    [SCALE, 0xffff],
    [TEXT, 0x5255],
    [TEXT + 1, 0x4e00],
    [SEQUENCE, 1],
  ])
    memory.set(address, value);
  for (let i = 0; i < 256; i++) memory.set(BUFFER + i, i);
  const registers = [
    { asset: 'drive', point: 'power', address: POWER, scaleFrom: { address: SCALE } },
    { asset: 'drive', point: 'lost', address: POWER, scaleFrom: { address: 999 } },
    { asset: 'drive', point: 'state', address: TEXT, type: 'text', length: 2, states: { RUN: 1, STOP: 0 } },
  ];
  const waveform = { address: BUFFER, samples: 256, sampleRateHz: 1000, scale: 0.01, sequence: { address: SEQUENCE } };
  const waveforms = [{ asset: 'drive', point: '2H', ...waveform }];
  const arrivals = await listenTo(port, [{ intervalMs: 50, unitId: 7, registers, waveforms }]);
  const lengthsOf = () =>
    arrivals.flatMap((a) => (a.ok && a.block.kind === 'waveform' ? [a.block.samples.length] : []));
  await expect.poll(() => valuesOf(arrivals, 'power').length, { timeout: 5000 }).toBeGreaterThan(1);
  expect(valuesOf(arrivals, 'power')[0]).toBe(23.5);
  expect(valuesOf(arrivals, 'state')[0]).toBe(1);
  expect(valuesOf(arrivals, 'lost')).toEqual([]);
  expect(source?.faults).toMatchObject([{ point: 'lost', reason: 'illegal_data_address' }]);
  expect(lengthsOf()).toEqual([]);
  memory.set(SEQUENCE, 2);
  await expect.poll(lengthsOf, { timeout: 5000 }).toEqual([256]);
});

test('the source waits for a device that is away at the start, and again later', async () => {
  const port = await freePort();
  const arrivals = await listen(port, [SPEED]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(source?.state).toBe('connecting');
  await serve(port);
  await expect.poll(() => valuesOf(arrivals, 'speed').length, { timeout: 8000 }).toBeGreaterThan(0);
  await shut();
  await expect.poll(() => source?.state, { timeout: 8000 }).toBe('connecting');
  const before = valuesOf(arrivals, 'speed').length;
  await serve(port);
  await expect.poll(() => valuesOf(arrivals, 'speed').length, { timeout: 8000 }).toBeGreaterThan(before);
});

test('a unit that never answers does not keep the others from being polled', async () => {
  const port = await freePort();
  // Like a gateway to unit 7 alone: requests to other units get no reply.
  await serve(port);
  const config = { intervalMs: 50, registers: [SPEED] };
  const dead = { ...config, unitId: 9, registers: [{ ...SPEED, asset: 'dead' }] };
  const arrivals = await listenTo(port, [dead, { ...config, unitId: 7 }], 200);
  await expect.poll(() => valuesOf(arrivals, 'speed').length, { timeout: 8000 }).toBeGreaterThan(3);
  expect(arrivals.some((a) => !a.ok && a.point?.asset === 'dead')).toBe(true);
});

test('the source stops while connecting to a device that does not answer', async () => {
  const arrivals = await listenTo(await freePort(), [{ registers: [SPEED] }], 2000, '10.255.255.1');
  const beganMs = performance.now();
  await source?.stop();
  expect(performance.now() - beganMs).toBeLessThan(1000);
  expect(arrivals).toEqual([]);
});
