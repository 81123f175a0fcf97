import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { Router } from './route.ts';
import { subscriptionSchema } from './sourceConfig.ts';
import { SubscriptionCounts } from './subscriptionCounts.ts';
import { timeReader } from './timeReader.ts';

const limits = { nowMs: Date.UTC(2026, 10, 27), maxFutureMs: 1000, readTime: timeReader('auto', 'UTC') };

test('counts from the first message on, and names a mapping that would accept the refused ones', () => {
  const subscriptions = ['a/{asset}', 'b/{asset}', 'c/{asset}'].map((topic) =>
    subscriptionSchema.parse({ topic, point: 'p', payload: { type: 'scalar', where: { kind: 'data' } } }),
  );
  const router = new Router(subscriptions);
  const counts = new SubscriptionCounts(subscriptions.map((s) => s.topic));
  const send = (topic: string, message: object) => {
    const route = router.find(topic);
    if (!route) throw new Error('no route');
    counts.message(route.subscription.topic);
    counts.note(route.subscription.topic, topic, decode(route, Buffer.from(JSON.stringify(message)), limits));
  };
  send('a/m', { kind: 'data', value: 1 });
  send('a/m', { kind: 'state' });
  for (let i = 0; i < 20; i++) send('b/m', { kind: 'data', value: 'idle' });
  expect(counts.ledgers()).toEqual([
    { subscription: 'a/{asset}', messages: 2, values: 1, ignored: 1, chunks: 0, rejected: {} },
    {
      subscription: 'b/{asset}',
      messages: 20,
      values: 0,
      ignored: 0,
      chunks: 0,
      rejected: { wrong_type: 20 },
      lastRefusal: { reason: 'wrong_type', topic: 'b/m', remedy: expect.stringContaining('payload.states') },
    },
    { subscription: 'c/{asset}', messages: 0, values: 0, ignored: 0, chunks: 0, rejected: {} },
  ]);
  expect(counts.quiet()).toEqual(['c/{asset}']);
  expect(counts.quiet()).toEqual([]);
});
