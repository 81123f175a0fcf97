import type { JetStreamManager } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { agrees, ensureStreams, streamsOf } from './natsStreams.ts';

const broker = { type: 'nats', servers: ['nats://n1'], replicas: 3, maxMegabytes: 100, maxHours: 1 } as const;

/** A cluster with these streams and one consumer that records each change. */
function cluster(streams: object[], consumer: object) {
  const changes: unknown[] = [];
  const change = (what: string) => async (name: unknown) => void changes.push([what, name]);
  const info = async (name: string) => ({ config: streams.find((s) => (s as { name: string }).name === name) });
  const manager = {
    streams: { info, add: change('add'), update: change('update') },
    consumers: { info: async () => ({ config: consumer }), add: change('add'), update: change('update') },
  } as unknown as JetStreamManager;
  return { manager, changes };
}
/** A configuration with the fields that a server adds. */
const asStored = streamsOf({ ...broker, servers: [...broker.servers] }).map((s) => ({
  ...s,
  discard: 'old',
  max_msgs: -1,
}));
const bounds = { ack_wait: 1_500_000_000, max_ack_pending: 10_000 };

test('only streams that differ from the configuration are changed', async () => {
  const same = cluster(asStored, bounds);
  await ensureStreams(same.manager, { ...broker, servers: [] });
  expect(same.changes).toEqual([]);
  const other = cluster(asStored, { ...bounds, ack_wait: 10_000_000_000 });
  await ensureStreams(other.manager, { ...broker, servers: [], maxMegabytes: 200 });
  expect(other.changes).toEqual([
    ['update', 'MILLWRIGHT'],
    ['update', 'MILLWRIGHT'],
  ]);
});

test('a configuration agrees if it contains all expected settings', () => {
  expect(agrees({ subjects: ['a'], more: 1 }, { subjects: ['a'] })).toBe(true);
  expect(agrees({ subjects: ['a', 'b'] }, { subjects: ['a'] })).toBe(false);
  expect(agrees({}, { max_age: 1 })).toBe(false);
});
