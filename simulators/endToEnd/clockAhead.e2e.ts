import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import { installed, startMosquitto } from './servers.ts';
import { Edge, Gateway } from './services.ts';
import { until } from './until.ts';

const YEAR_MS = 365 * 86_400_000;

/** Debian's library that gives a process another time; monotonic clocks stay unchanged. */
function yearAhead(): Record<string, string> {
  const file = readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path));
  return { LD_PRELOAD: String(file), FAKETIME: '+365d', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

test.skipIf(!installed('mosquitto') || !installed('faketime'))(
  'verdicts of an edge a year ahead are accepted, and replaced by current ones once its clock is right',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-ahead-'));
    const broker = await startMosquitto(directory);
    onTestFinished(() => broker.process.end('SIGKILL'));
    const gateway = await Gateway.start(directory, broker.url);
    onTestFinished(() => gateway.process.end('SIGKILL'));
    const plant = await connectAsync(broker.url);
    onTestFinished(() => plant.endAsync(true));
    const machine = async () => ((await gateway.get('/api/v1/machines')) as MachineView[]).at(0);
    /** After new values have led to new verdicts. */
    const later = async (): Promise<MachineView> => {
      const from = (await machine())?.health.sequence ?? 0;
      await until(async () => {
        // Without a device time, so that the edge's clock counts.
        const value = JSON.stringify({ value: 60 + Math.random() });
        await plant.publishAsync('plant/pump-1/temperature/value', value, { qos: 1 });
        return ((await machine())?.health.sequence ?? 0) > from + 5;
      }, 90_000);
      return (await machine()) as MachineView;
    };

    const settings = { healthIntervalMs: 1000 };
    const ahead = await Edge.start(directory, broker.url, settings, 200, yearAhead());
    onTestFinished(() => ahead.process.end('SIGKILL'));
    const before = await later();
    expect(before.watch.state).toBe('watched');
    await ahead.process.end('SIGKILL');
    const right = await Edge.start(directory, broker.url, settings);
    onTestFinished(() => right.process.end('SIGKILL'));
    const after = await later();
    expect(after.watch.state).toBe('watched');
    expect(Math.abs(after.health.timeMs - Date.now())).toBeLessThan(60_000);
    expect(before.health.timeMs - after.health.timeMs).toBeGreaterThan(0.99 * YEAR_MS);
    const { points } = await gateway.ledger();
    expect(points).toMatchObject([{ point: 'temperature', unexplained: 0 }]);
  },
);
