import { expect, test } from 'vitest';
import { samplesReader } from './mappingText.ts';
import { proposeMappings } from './proposeMapping.ts';

const samples = Array.from({ length: 64 }, (_, i) => Math.sin(i));
const waveform = JSON.stringify({ ts: 1_780_000_000_000, fs: 1000, samples });
const value = JSON.stringify({ ts: 1_780_000_000_000, v: 41.5 });
const text = (payload: string) => Buffer.from(payload);

/** The result of each topic by the first proposal that matches it, as an edge applies them. */
function pointsOf(messages: Record<string, string>) {
  const proposals = proposeMappings(new Map(Object.entries(messages).map(([t, p]) => [t, text(p)])));
  const readers = proposals.map(({ subscription }) => samplesReader(subscription, 1_780_000_001_000));
  return Object.entries(messages).map(([topic, payload]) => {
    const [arrivals = []] = readers.map((read) => read(topic, text(payload))).filter((a) => a.length > 0);
    return arrivals.map((a) => (a.ok ? `${a.block.asset}/${a.block.point} ${a.block.kind}` : a.rejection)).join();
  });
}

test('kinds of payload that share a topic pattern do not match each other’s messages', () => {
  expect(
    pointsOf({
      'hall/saw-1/bearing': waveform,
      'hall/saw-2/bearing': waveform,
      'hall/saw-1/temperature': value,
      'hall/saw-2/temperature': value,
      'hall/saw-2/pressure': value,
    }),
  ).toEqual([
    'saw-1/bearing waveform',
    'saw-2/bearing waveform',
    'saw-1/temperature scalars',
    'saw-2/temperature scalars',
    'saw-2/pressure scalars',
  ]);
});

test('a single kind keeps one rule for all its topics', () => {
  const messages = { 'hall/saw-1/bearing': waveform, 'hall/saw-2/motor': waveform };
  const proposals = proposeMappings(new Map(Object.entries(messages).map(([t, p]) => [t, text(p)])));
  expect(proposals.map(({ subscription }) => subscription?.topic)).toEqual(['hall/{asset}/{point}']);
});

test('a machine’s special kind of message is separated by its name', () => {
  expect(
    pointsOf({
      'plant/press': JSON.stringify({ at: 1_780_000_000_000, force: 3, stroke: 4 }),
      'plant/oven': JSON.stringify({ at: 1_780_000_000_000, heat: 7 }),
    }),
  ).toEqual(['press/force scalars,press/stroke scalars', 'oven/heat scalars']);
});
