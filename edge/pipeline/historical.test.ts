import { expect, test } from 'vitest';
import { unexplained } from '#models/contracts/ledger.ts';
import type { SampleBlock } from '#models/contracts/sampleBlock.ts';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { Pipeline } from './pipeline.ts';

const NOW_MS = 1.7e12;
const config = unconnectedEdge({ windows: { length: 256 }, healthIntervalMs: 0 });

const value = (seconds: number, v: number, more: object = {}): SampleBlock => ({
  kind: 'scalars',
  asset: 'a',
  point: 'temperature',
  timeQuality: 'source',
  timesUs: Float64Array.of((NOW_MS / 1000 + seconds) * 1e6),
  values: Float64Array.of(v),
  ...more,
});
const stored = (seconds: number, v: number) => value(seconds, v, { historical: true });
const signal = (seconds: number, more: object = {}): SampleBlock => ({
  kind: 'waveform',
  asset: 'a',
  point: '1H',
  timeQuality: 'source',
  startUs: (NOW_MS / 1000 + seconds) * 1e6,
  sampleRateHz: 1000,
  samples: Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)),
  ...more,
});

function feed(pipeline: Pipeline, blocks: SampleBlock[], nowMs = NOW_MS) {
  for (const block of blocks) pipeline.accept({ ok: true, block }, nowMs);
  return pipeline.drain({ ledger: null });
}
const features = (drained: ReturnType<typeof feed>) =>
  drained.outgoing.flatMap(({ kind, body }) =>
    kind === 'features'
      ? [body as { point: string; historical?: boolean; startUs: number[]; values: number[][]; names: string[] }]
      : [],
  );
const ledgerOf = (pipeline: Pipeline, point = 'temperature') =>
  pipeline.ledger().points.find((p) => p.point === point) ?? expect.fail('no such point');

test('the newest live time of a point survives a restart; historical data do not move it', () => {
  const pipeline = new Pipeline(config);
  const { states } = feed(pipeline, [value(0, 60), value(1, 61), stored(-3600, 10)]);
  expect(pipeline.newestMs('a', 'temperature')).toBe(NOW_MS + 1000);
  expect(pipeline.newestMs('a', 'speed')).toBeNull();
  expect(pipeline.newestMs('b', 'temperature')).toBeNull();
  const restarted = new Pipeline(config, new Map(states.map(({ key, value }) => [key, value])));
  expect(restarted.newestMs('a', 'temperature')).toBe(NOW_MS + 1000);
});

test('historical values become marked rows at their own time, and are not late', () => {
  const pipeline = new Pipeline(config);
  feed(pipeline, [value(0, 60), value(1, 61)]);
  // An hour ago, in two intervals of ten seconds, with live values in between.
  const drained = feed(pipeline, [stored(-3600, 10), stored(-3599, 12), stored(-3590, 20), value(2, 62)]);
  const rows = features(drained);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ point: 'temperature', historical: true });
  expect(rows[0].startUs.map((us) => us / 1e6 - NOW_MS / 1000)).toEqual([-3600, -3590]);
  expect(rows[0].values.map((row) => row[rows[0].names.indexOf('mean')])).toEqual([11, 20]);
  const ledger = ledgerOf(pipeline);
  expect(ledger).toMatchObject({ received: 6, delivered: 6, historical: 3, late: 0, duplicate: 0 });
  expect(unexplained(ledger)).toBe(0);
  feed(pipeline, [stored(-3599, 12)]);
  expect(ledgerOf(pipeline)).toMatchObject({ delivered: 6, duplicate: 1 });
});

test('live data and their verdicts are the same with and without historical data among them', () => {
  const live = Array.from({ length: 60 }, (_, i) => value(i * 5, 60 + (i % 3)));
  const states = [false, true].map((withHistory) => {
    const pipeline = new Pipeline(config);
    const said = live.flatMap((block, i) => {
      const history = withHistory ? [stored(-7200 + i, 900), stored(-7199 + i, -900)] : [];
      const drained = feed(pipeline, [structuredClone(block), ...history], NOW_MS + i * 5000);
      return drained.outgoing.filter(
        ({ kind, body }) => kind !== 'features' || !('historical' in body && body.historical),
      );
    });
    return { said, clocks: pipeline.clocks() };
  });
  expect(states[0].said.length).toBeGreaterThan(10);
  expect(states[1]).toEqual(states[0]);
});

test('a stored signal becomes marked windows; an interval in progress survives a restart', () => {
  const pipeline = new Pipeline(config);
  const before = feed(pipeline, [signal(0), signal(-3600, { historical: true }), stored(-3600, 10)]);
  expect(features(before).map(({ point, historical }) => [point, historical ?? false])).toEqual([
    ['1H', false],
    ['1H', true],
  ]);
  expect(ledgerOf(pipeline, '1H')).toMatchObject({ delivered: 2, historical: 1, late: 0, windows: 2 });
  const again = new Pipeline(config, new Map(before.states.map(({ key, value: bytes }) => [key, bytes])));
  const after = features(feed(again, [stored(-3599, 20), value(0, 60)]));
  expect(after[0].values[0][after[0].names.indexOf('mean')]).toBe(15);
});

test('stored values without a time are refused', () => {
  const pipeline = new Pipeline(config);
  feed(pipeline, [value(0, 1), value(-5, 2, { timeQuality: 'received', historical: true })]);
  expect(ledgerOf(pipeline)).toMatchObject({ received: 2, delivered: 1, rejected: { missing_value: 1 } });
});
