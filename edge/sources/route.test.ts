import { expect, test } from 'vitest';
import { filterOf, Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';

const payload = { type: 'scalar' };
const router = new Router([
  subscriptionSchema.parse({ topic: 'plant/{asset}/{point}/value', payload }),
  subscriptionSchema.parse({ topic: 'hall/+/fan/temperature', asset: 'fan-1', point: 'temperature', payload }),
]);

test('topic levels name asset and point, or the configuration does', () => {
  expect(router.find('plant/pump-101/2H/value')).toMatchObject({ asset: 'pump-101', point: '2H' });
  expect(router.find('hall/3/fan/temperature')).toMatchObject({ asset: 'fan-1', point: 'temperature' });
});

test.each(['plant/pump-101/2H', 'plant/pump-101/2H/value/x', 'plant//2H/value', ''])(
  '%j matches no subscription',
  (topic) => {
    expect(router.find(topic)).toBeNull();
  },
);

test('levels that are not valid names are converted, always the same way', () => {
  const nameOf = (level: string) => router.find(`plant/${level}/2H/value`)?.asset;
  expect(nameOf('Lüfter 1')).toMatch(/^Luefter-1\.[0-9a-f]{4}$/);
  expect(nameOf('Lüfter 1')).toBe(nameOf('Lüfter 1'));
  expect(nameOf('a b')).not.toBe(nameOf('a:b'));
});

test('shared subscriptions and open topics', () => {
  const shared = new Router([
    subscriptionSchema.parse({ topic: '$share/g1/hall/{asset}/{point}', payload }),
    subscriptionSchema.parse({ topic: 'open/{asset}/#', point: 'p', payload }),
  ]);
  expect(shared.find('hall/pump/2H')).toMatchObject({ asset: 'pump', point: '2H' });
  expect(shared.find('open/fan/any/level')).toMatchObject({ asset: 'fan', point: 'p' });
  expect(filterOf('$share/g1/hall/{asset}/{point}')).toBe('$share/g1/hall/+/+');
  for (const topic of ['a/#/b', 'a#', '$share/g1', '$share//x'])
    expect(subscriptionSchema.safeParse({ topic, asset: 'a', point: 'b', payload }).success, topic).toBe(false);
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
