import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { timeReader } from './timeReader.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const limits = { nowMs: NOW_MS, maxFutureMs: 300_000, readTime: timeReader('auto', 'UTC') };
const COUNT = 400;
const RATE_HZ = 5120;
const sample = (i: number) => Number(Math.sin(i / 5).toFixed(5));

function decoded(settings: object, text: string) {
  const payload = { type: 'waveform', framing: 'json', format: 'csv', ...settings };
  const subscription = subscriptionSchema.parse({ topic: 't', asset: 'm', point: 'p', payload });
  const route = new Router([subscription]).find('t');
  if (route === null) throw new Error('no route');
  return decode(route, Buffer.from(text), limits).map((a) => {
    if (!a.ok) return a.rejection;
    if (a.block.kind !== 'waveform') throw new Error('no waveform');
    const { point, sampleRateHz, samples, startUs } = a.block;
    return { point, sampleRateHz: Math.round(sampleRateHz), samples: [...samples], startMs: startUs / 1000 };
  });
}

/** One row per sample. */
const table = (header: string, row: (i: number) => (string | number)[], separator = ',') =>
  [header, ...Array.from({ length: COUNT }, (_, i) => row(i).join(separator))].join('\n');
const seconds = (i: number) => (i / RATE_HZ).toFixed(7);

test('the rate follows from the sample times in seconds, and each axis is a point', () => {
  const text = table('t,ax,az', (i) => [seconds(i), sample(i), -sample(i)]);
  const read = decoded({ keys: { seconds: 't' }, axes: { '2H': 'ax', '2A': 'az' } }, text);
  expect(read).toMatchObject([
    { point: '2H', sampleRateHz: RATE_HZ },
    { point: '2A', sampleRateHz: RATE_HZ },
  ]);
  const [first] = read;
  if (typeof first === 'string') throw new Error(first);
  expect(first.samples).toHaveLength(COUNT);
  expect(first.samples[7]).toBeCloseTo(sample(7), 5);
});

test('decimal commas, a configured rate and a time in the first row', () => {
  const start = new Date(NOW_MS - 5000).toISOString();
  const text = table('g;time', (i) => [String(sample(i)).replace('.', ','), i === 0 ? start : ''], ';');
  const keys = { samples: 'g', time: 'time' };
  expect(decoded({ keys, sampleRateHz: 1000 }, text)).toMatchObject([
    { point: 'p', sampleRateHz: 1000, startMs: NOW_MS - 5000 },
  ]);
});

test('missing samples are refused: there is no uniform rate', () => {
  const jump = (i: number) => seconds(i < 200 ? i : i + 3);
  const text = table('t,ax', (i) => [jump(i), sample(i)]);
  expect(decoded({ keys: { seconds: 't', samples: 'ax' } }, text)).toEqual(['bad_rate']);
  expect(
    decoded(
      { keys: { seconds: 't', samples: 'ax' } },
      table('t,ax', (i) => [7, sample(i)]),
    ),
  ).toEqual(['bad_rate']);
});

test('a cell that is not a number is named, and no sample is invented', () => {
  const text = table('ax', (i) => [i === 17 ? 'error' : sample(i)]);
  expect(decoded({ keys: { samples: 'ax' }, sampleRateHz: RATE_HZ }, text)).toEqual(['not_finite']);
  expect(decoded({ keys: { samples: 'ay' }, sampleRateHz: RATE_HZ }, text)).toEqual(['missing_value']);
});
