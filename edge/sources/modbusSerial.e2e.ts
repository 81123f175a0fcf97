import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '#simulators/freePort.ts';
import { edgeConfigSchema } from '../config.ts';
import type { ModbusSourceConfig } from './modbusConfig.ts';
import { ModbusSource } from './modbusSource.ts';
import type { Arrival } from './source.ts';

let source: ModbusSource | null = null;
let server: Server | null = null;
let line: ChildProcessWithoutNullStreams | null = null;

afterEach(async () => {
  await source?.stop();
  server?.close();
  line?.kill();
});

/** CRC-16 of Modbus over Serial Line 1.02, 6.2.2. */
function crc(bytes: Uint8Array): Uint8Array {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1;
  }
  return Uint8Array.from([sum & 255, sum >> 8]);
}

/** Answers RTU requests for holding registers: a register of unit 3 holds its address plus 100; unit 4 refuses. */
function answerTo(request: Buffer): Buffer | null {
  const body = request.subarray(0, 6);
  if (request.length !== 8 || !request.subarray(6).equals(crc(body))) return null;
  const [unit, code] = body;
  const [address, count] = [body.readUInt16BE(2), body.readUInt16BE(4)];
  if (unit === 4) return framed([unit, code | 0x80, 2]);
  if (unit !== 3) return null;
  const registers = Array.from({ length: count }, (_, i) => [(address + i + 100) >> 8, (address + i + 100) & 255]);
  return framed([unit, code, 2 * count, ...registers.flat()]);
}

const framed = (bytes: number[]) => Buffer.concat([Uint8Array.from(bytes), crc(Uint8Array.from(bytes))]);

async function listen(transport: object): Promise<Arrival[]> {
  const group = (unitId: number, asset: string) => ({
    intervalMs: 50,
    unitId,
    registers: [
      { asset, point: 'a', address: 5 },
      { asset, point: 'b', address: 6 },
    ],
  });
  const config = edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory: 'unused',
    sources: [{ type: 'modbus', timeoutMs: 500, ...transport, groups: [group(3, 'pump'), group(4, 'fan')] }],
    uplink: { url: 'mqtt://x' },
  });
  const arrivals: Arrival[] = [];
  source = new ModbusSource(
    config.sources[0] as ModbusSourceConfig,
    config.limits,
    () => Date.now(),
    pino({ level: 'silent' }),
  );
  await source.start({ accept: (arrival) => arrivals.push(arrival), whenReady: (resume) => resume() });
  return arrivals;
}

async function expectBoth(arrivals: Arrival[]): Promise<void> {
  const valuesOf = (point: string) =>
    arrivals.flatMap((a) => (a.ok && a.block.kind === 'scalars' && a.block.point === point ? [a.block.values[0]] : []));
  await expect.poll(() => valuesOf('b').length, { timeout: 10_000 }).toBeGreaterThan(3);
  expect([...new Set(valuesOf('a'))]).toEqual([105]);
  expect([...new Set(valuesOf('b'))]).toEqual([106]);
  expect(source?.state).toBe('connected');
  expect(source?.faults.map(({ asset, point, reason }) => [asset, point, reason])).toEqual([
    ['fan', 'a', 'illegal_data_address'],
    ['fan', 'b', 'illegal_data_address'],
  ]);
}

test('RTU frames through a serial device server, with two units behind it', async () => {
  const port = await freePort();
  server = createServer((socket) => {
    socket.on('data', (request) => {
      const answer = answerTo(request);
      if (answer) socket.write(answer);
    });
    socket.on('error', () => socket.destroy());
  }).listen(port, '127.0.0.1');
  await expectBoth(await listen({ transport: 'rtu_over_tcp', host: '127.0.0.1', port }));
});

/**
 * A pseudo-terminal: prints its name on the first line, then the bytes written to it; its own output comes from
 * standard input.
 */
const PSEUDO_TERMINAL = `
import os, pty, select, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
os.write(1, (os.ttyname(slave) + "\\n").encode())
while True:
    for ready in select.select([0, master], [], [])[0]:
        data = os.read(ready, 4096)
        if not data: sys.exit()
        os.write(master if ready == 0 else 1, data)
`;

test('RTU on a serial line, with two units on it', async () => {
  const terminal = spawn('python3', ['-c', PSEUDO_TERMINAL]);
  line = terminal;
  // The source may still poll while the test ends the terminal: that reply is not read.
  terminal.stdin.on('error', () => terminal.kill());
  const path = await new Promise<string>((resolve, reject) => {
    terminal.once('error', reject);
    terminal.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
  });
  terminal.stdout.on('data', (request: Buffer) => {
    const answer = answerTo(request);
    if (answer) terminal.stdin.write(answer);
  });
  await expectBoth(await listen({ transport: 'serial', serial: { path, parity: 'none' } }));
});
