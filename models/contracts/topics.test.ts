import { expect, test } from 'vitest';
import { parseTopic, topics } from './topics.ts';

const origin = { site: 's', edge: 'e' };

test('the topic of evidence has no dot unless the names have one, and belongs to its edge', () => {
  const topic = topics.evidence(origin, 's.e.pump-101');
  expect(topic).toBe('millwright/v1/s/e/evidence/s/e/pump-101');
  expect(parseTopic(topic)).toEqual({ ...origin, kind: 'evidence' });
});

test('topics of older edges, with the id as one level, are still accepted', () => {
  expect(parseTopic('millwright/v1/s/e/evidence/s.e.pump-101')).toEqual({ ...origin, kind: 'evidence' });
});
