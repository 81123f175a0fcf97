import { expect, test } from 'vitest';
import { topics } from '#models/contracts/topics.ts';
import { MESSAGE_SUBJECTS, STATUS_SUBJECTS, subjectOf, topicOf } from './natsSubjects.ts';

test('topics and subjects map one to one, also with dots in names', () => {
  const origin = { site: 'plant-1', edge: 'edge.a..b' };
  for (const topic of [topics.acknowledge(origin), topics.features(origin, 'pump.1', '2H'), 'a/ä-_/z'])
    expect(topicOf(subjectOf(topic))).toBe(topic);
  expect(subjectOf('millwright/v1/s/e.1/cmd/ack')).toBe('millwright.v1.s.e//1.cmd.ack');
});

test('a topic that NATS would refuse or interpret as a wildcard is refused', () => {
  for (const topic of ['a//b', '/a', 'a/', 'a b', 'a/*', 'a/>', 'a\u0000', ''])
    expect(() => subjectOf(topic), topic).toThrow(RangeError);
});

test('the subjects of the streams do not overlap, and cover the topics that gateways subscribe to', () => {
  expect(STATUS_SUBJECTS).toEqual(['millwright.v1.*.*.status']);
  expect(MESSAGE_SUBJECTS).toEqual([
    ...['features.>', 'health.>', 'alerts.>', 'ledger', 'evidence.>', 'want'].map(
      (kind) => `millwright.v1.*.*.${kind}`,
    ),
    'millwright.v1.supply.*',
  ]);
});
