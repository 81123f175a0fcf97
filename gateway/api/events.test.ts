import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { LiveEvent } from '#models/contracts/api.ts';
import { eventReader } from '#models/contracts/eventStream.ts';
import { Events } from './events.ts';
import { restrictToSites } from './siteScope.ts';

const made: Events[] = [];
const newEvents = () => {
  const events = new Events();
  made.push(events);
  return events;
};
afterEach(() => {
  for (const events of made.splice(0)) events.close();
});

const featuresOf = (site: string, timeMs: number): LiveEvent => ({
  type: 'features',
  site,
  edge: 'e',
  asset: 'a',
  point: 'p',
  timeMs,
  values: {},
});

/** Opens a stream; returns a function that returns what arrived since its last call. */
function listen(events: Events, lastId?: string, sites: string[] | null = null) {
  const stream = Object.assign(new PassThrough(), { writeHead: () => undefined });
  const limited = sites === null ? undefined : (event: LiveEvent) => restrictToSites(event, sites, () => undefined);
  const listener = { who: 'ann', limited, isStillSignedIn: () => true };
  events.add(stream as unknown as ServerResponse, listener, lastId);
  const read = eventReader();
  return () => {
    const got = read(String(stream.read() ?? ''));
    const sent = got.filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data) as LiveEvent);
    const times = sent.map((event) => (event.type === 'features' ? event.timeMs : event.type));
    return { lastId: got.at(-1)?.id ?? undefined, times };
  };
}

test('a listener that reconnects gets the events it missed, once and in order', () => {
  const events = newEvents();
  const first = listen(events);
  events.send(featuresOf('s', 1));
  events.send(featuresOf('s', 2));
  const before = first();
  expect(before.times).toEqual([1, 2]);
  events.send(featuresOf('s', 3));
  events.send(featuresOf('s', 4));
  const again = listen(events, before.lastId);
  events.send(featuresOf('s', 5));
  const { times, lastId } = again();
  expect(times).toEqual([3, 4, 5]);
  expect(listen(events, lastId)().times).toEqual([]);
});

test('a stream sends its starting id, so that events before its first one are not lost', () => {
  const events = newEvents();
  events.send(featuresOf('s', 1));
  const { lastId } = listen(events)();
  events.send(featuresOf('s', 2));
  expect(listen(events, lastId)().times).toEqual([2]);
});

test('a last id that is too old, from another run or invalid makes the listener reload', () => {
  const events = newEvents();
  const { lastId } = listen(events)();
  const large = { ...featuresOf('s', 1), point: 'p'.repeat(100_000) };
  for (let i = 0; i < 10; i++) events.send(large);
  expect(listen(events, lastId)().times).toHaveLength(10);
  events.send(large);
  const received = listen(events, lastId)();
  expect(received.times).toEqual(['reload']);
  expect(listen(events, received.lastId)().times).toEqual([]);
  const [run] = String(lastId).split('.');
  for (const id of [listen(newEvents())().lastId, `${run}.99`, `${run}.-1`, `${run}.1e1`, run, '', 'x.y', '__proto__'])
    expect(listen(events, id)().times, id).toEqual(['reload']);
});

test('a listener restricted to sites gets only their missed events', () => {
  const events = newEvents();
  const { lastId } = listen(events, undefined, ['north'])();
  events.send(featuresOf('north', 1));
  events.send(featuresOf('south', 2));
  const again = listen(events, lastId, ['north'])();
  expect(again.times).toEqual([1]);
  expect(listen(events, again.lastId, ['north'])().times).toEqual([]);
});
