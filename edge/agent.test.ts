import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { simulatedMachineSchema } from '#simulators/scenario.ts';
import { Agent } from './agent.ts';
import { edgeConfigSchema } from './config.ts';
import { Outbox } from './outbox.ts';

const config = edgeConfigSchema.parse({
  site: 's',
  edge: 'e',
  dataDirectory: 'unused',
  sources: [
    {
      type: 'mqtt',
      url: 'mqtt://x',
      subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'waveform', framing: 'header' } }],
    },
  ],
  uplink: { url: 'mqtt://x' },
  windows: { length: 1024, hop: 256 },
  detection: { level: { skipWindows: 5, learnWindows: 30 } },
  ledgerIntervalMs: 1e9,
  healthIntervalMs: 2000,
});
const silent = pino({ level: 'silent' });
const directory = () => mkdtempSync(join(tmpdir(), 'millwright-agent-'));
const machine = new SimulatedMachine(
  simulatedMachineSchema.parse({
    name: 'pump',
    kind: 'pump',
    ratedRpm: 1500,
    bearing: { bpfo: 3.58, bpfi: 5.41, bsf: 2.36, ftf: 0.4 },
    sensors: ['2H'],
    faults: [{ type: 'outer_race', point: '2H', onsetS: 20, firstG: 0.5, doublingS: 10, limitG: 5 }],
  }),
  3,
);

function block(second: number): WaveformBlock {
  const samples = machine.waveform('2H', second, 5000, 1500);
  return {
    kind: 'waveform',
    asset: 'pump',
    point: '2H',
    timeQuality: 'source',
    startUs: 1.7e15 + second * 1e6,
    sampleRateHz: 5000,
    samples,
  };
}

function start(folder: string) {
  const outbox = Outbox.open(folder, { maxBytes: 1e9, maxAgeMs: 1e15 }, 0, () => undefined);
  const agent = new Agent(
    config,
    outbox,
    () => 1.7e12,
    silent,
    () => undefined,
  );
  const feed = (from: number, to: number) => {
    for (let second = from; second < to; second++) agent.accept({ ok: true, block: block(second) }, () => undefined);
    agent.commit();
  };
  const said = () =>
    (['alerts', 'health', 'features'] as const).flatMap((kind) =>
      outbox.next(kind, 0, 10_000).map((row) => {
        const { outbox: _, sequence: __, oldest: ___, ...body } = JSON.parse(row.payload);
        return { kind, ...body };
      }),
    );
  return { outbox, agent, feed, said };
}

test('a restart at any moment changes neither rows nor alerts', { tags: 'slow' }, () => {
  const whole = start(directory());
  whole.feed(0, 60);
  const alerts = (said: { kind: string; change?: string }[]) => said.filter((m) => m.kind === 'alerts');
  const rows = (said: { kind: string; startUs?: number[]; values?: number[][] }[]) =>
    said
      .filter((m) => m.kind === 'features')
      .flatMap((m) => (m.startUs as number[]).map((at, i) => [at, ...(m.values as number[][])[i]]));
  expect(alerts(whole.said()).map((m) => m.change)).toContain('raise');
  for (const stop of [1, 17, 35, 47]) {
    const folder = directory();
    const before = start(folder);
    before.feed(0, stop);
    before.outbox.close();
    const after = start(folder);
    // Arrivals that were not acknowledged in time are delivered again: they are counted and change nothing.
    after.feed(Math.max(0, stop - 3), 60);
    expect(rows(after.said())).toEqual(rows(whole.said()));
    expect(alerts(after.said())).toEqual(alerts(whole.said()));
    expect(after.agent.pipeline.ledger().points).toMatchObject([
      { received: 60 + Math.min(3, stop), delivered: 60, duplicate: Math.min(3, stop) },
    ]);
  }
});

test('a failed disk write stops the sources, loses nothing, and is retried', { tags: 'slow' }, () => {
  vi.useFakeTimers();
  try {
    const { agent, outbox, said } = start(directory());
    const commit = vi.spyOn(outbox, 'commit').mockImplementation(() => {
      throw new Error('database or disk is full');
    });
    let done = 0;
    let resumed = false;
    for (let second = 0; second < 300; second++) {
      agent.accept({ ok: true, block: block(second) }, () => {
        done++;
      });
    }
    agent.whenReady(() => {
      resumed = true;
    });
    vi.advanceTimersByTime(5000);
    expect(agent.failure).toContain('disk is full');
    expect([done, resumed, agent.pendingArrivals]).toEqual([0, false, 300]);
    commit.mockRestore();
    vi.advanceTimersByTime(2000);
    expect(agent.failure).toBeNull();
    expect([done, resumed, agent.pendingArrivals]).toEqual([300, true, 0]);
    const windows = said()
      .filter((m) => m.kind === 'features')
      .flatMap((m) => m.startUs);
    expect(new Set(windows).size).toBe(windows.length);
    expect(windows.length).toBe(agent.pipeline.ledger().points[0].windows);
  } finally {
    vi.useRealTimers();
  }
});

test('at QoS 0 nothing waits for an acknowledgement: one commit a second, and an alert at once', () => {
  vi.useFakeTimers();
  try {
    const { agent, said } = start(directory());
    const commitsAfter = (second: number) => {
      agent.accept({ ok: true, block: block(second) }, null);
      vi.advanceTimersByTime(100);
      return agent.commits;
    };
    for (let second = 0; second < 9; second++) expect(commitsAfter(second)).toBe(0);
    expect([commitsAfter(9), agent.pendingArrivals]).toEqual([1, 0]);
    let second = 10;
    while (!agent.pipeline.hasPendingAlerts && second < 60) agent.accept({ ok: true, block: block(second++) }, null);
    vi.advanceTimersByTime(20);
    expect(agent.commits).toBe(2);
    expect(said().filter((m) => m.kind === 'alerts')).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});
