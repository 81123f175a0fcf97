import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMessage } from './message.ts';
import { parseTopic, topics } from './topics.ts';

const START_MS = Date.UTC(2026, 0, 1);
const envelope = {
  v: 1,
  site: 's',
  edge: 'e',
  outbox: 'o',
  sequence: 1,
  oldest: 1,
  timeMs: START_MS,
  timeQuality: 'source',
};
const features = {
  ...envelope,
  asset: 'a',
  point: 'p',
  unit: 'g',
  windowUs: 1e6,
  names: ['rms'],
  startUs: [1000 * START_MS],
  values: [[1]],
};
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const topic = 'millwright/v1/s/e/features/a/p';

test('accepts a message that keeps its contract, unknown fields included', () => {
  const parsed = parseMessage(topic, bytes({ ...features, future: { x: 1 } }));
  expect(parsed).toMatchObject({ ok: true, message: { kind: 'features', body: { values: [[1]] } } });
});

test.each([
  ['unknown_topic', 'millwright/v1/s/e/elsewhere', features],
  ['unknown_version', topic, { ...features, v: 2 }],
  ['contract_broken', topic, { ...features, sequence: 0 }],
  ['contract_broken', topic, { ...features, values: [[1, 2]] }],
  ['contract_broken', topic, { ...features, values: [] }],
  ['contract_broken', topic, { ...features, asset: 'a/b' }],
  ['contract_broken', topic, { ...features, timeMs: 1e300 }],
  ['contract_broken', topic, { ...features, timeMs: Date.UTC(1999, 0, 1) }],
  ['contract_broken', topic, { ...features, values: [[1e16]] }],
  ['wrong_origin', topic, { ...features, edge: 'other' }],
])('refuses with %s', (refusal, on, body) => {
  expect(parseMessage(on, bytes(body))).toMatchObject({ ok: false, refusal });
});

const evidence = (id: string) => ({
  ...features,
  id,
  sampleRateHz: 1000,
  pieces: [{ startUs: 1000 * START_MS, scale: 1, samples: 'AQAB' }],
});

test('evidence of an alert belongs to its own edge; requested evidence has the command’s id', () => {
  const parsed = (id: string) => parseMessage('millwright/v1/s/e/evidence/x', bytes(evidence(id)));
  expect(parsed('s.e.pump.1')).toMatchObject({ ok: true });
  expect(parsed('4f0c7a52-0d6e-4b5e-9c3f-1a2b3c4d5e6f')).toMatchObject({ ok: true });
  expect(parsed('s.other.pump.1')).toMatchObject({ ok: false, refusal: 'wrong_origin' });
});

test('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
      expect(parseMessage(topic, payload).ok).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseMessage(topic, bytes(value)).ok).toBe(false);
    }),
  );
});

test('topics are parsed as they are built', () => {
  const origin = { site: 's', edge: 'e' };
  expect(parseTopic(topics.features(origin, 'a', 'p'))).toEqual({ ...origin, kind: 'features' });
  expect(parseTopic(topics.status(origin))).toEqual({ ...origin, kind: 'status' });
  expect(parseTopic(topics.acknowledge(origin))).toBeNull();
});
