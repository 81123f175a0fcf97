import { expect, test } from 'vitest';
import { filterOf, Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';

const payload = { type: 'scalar' };
const router = new Router([
  subscriptionSchema.parse({ topic: 'plant/{asset}/{point}/value', payload }),
  subscriptionSchema.parse({ topic: 'hall/+/fan/temperature', asset: 'fan-1', point: 'temperature', payload }),
]);

test('levels name asset and point, or the configuration does', () => {
  expect(router.find('plant/pump-101/2H/value')).toMatchObject({ asset: 'pump-101', point: '2H' });
  expect(router.find('hall/3/fan/temperature')).toMatchObject({ asset: 'fan-1', point: 'temperature' });
});

test.each([
  'plant/pump-101/2H',
  'plant/pump-101/2H/value/x',
  'plant//2H/value',
  'plant/a b/2H/value',
  'plant/ü/2H/value',
  '',
])('%j is nobody’s topic', (topic) => {
  expect(router.find(topic)).toBeNull();
});

test('filters for the broker', () => {
  expect(filterOf('plant/{asset}/{point}/value')).toBe('plant/+/+/value');
});

test('a subscription that cannot name its point is refused', () => {
  expect(subscriptionSchema.safeParse({ topic: 'a/{asset}', payload }).success).toBe(false);
  expect(
    subscriptionSchema.safeParse({
      topic: 'a/b',
      payload: { type: 'waveform', framing: 'raw' },
      asset: 'a',
      point: 'b',
    }).success,
  ).toBe(false);
});
