import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepSubscribed } from './mqttSubscribe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose broker refuses the first `refusals` subscriptions. */
function clientOf(refusals: number) {
  const asked: string[] = [];
  const client = Object.assign(new EventEmitter(), {
    connected: false,
    subscribe(topic: string, { qos }: { qos: number }, done: (error: Error | null) => void) {
      asked.push(`${topic} ${qos}`);
      done(asked.length <= refusals ? new Error('Subscribe error: 128') : null);
    },
  });
  const turn = (event: 'connect' | 'close') => {
    client.connected = event === 'connect';
    client.emit(event);
  };
  return { client, asked, turn };
}

test('retries a refused subscription with growing delays, and reports it once', () => {
  const { client, asked, turn } = clientOf(4);
  const reported: string[] = [];
  keepSubscribed(client, [{ topic: 'a', qos: 1 }], (topic) => reported.push(topic));
  turn('connect');
  vi.advanceTimersByTime(1000 + 2000 + 4000);
  expect(asked).toHaveLength(4);
  vi.advanceTimersByTime(600_000);
  expect(asked).toEqual(Array(5).fill('a 1'));
  expect(reported).toEqual(['a']);
});

test('subscribes anew on each connection, and cancels retries with the connection', () => {
  const { client, asked, turn } = clientOf(1);
  keepSubscribed(
    client,
    [
      { topic: 'a', qos: 1 },
      { topic: 'b', qos: 0 },
    ],
    () => undefined,
  );
  turn('connect');
  turn('close');
  expect(vi.getTimerCount()).toBe(0);
  turn('connect');
  vi.advanceTimersByTime(600_000);
  expect(asked).toEqual(['a 1', 'b 0', 'a 1', 'b 0']);
});

test('does not report a failure caused by the end of the connection', () => {
  const reported: string[] = [];
  let end: (error: Error) => void = () => undefined;
  const client = Object.assign(new EventEmitter(), {
    connected: true,
    subscribe: (_topic: string, _options: object, done: (error: Error | null) => void) => {
      end = done;
    },
  });
  keepSubscribed(client, [{ topic: 'a', qos: 1 }], (topic) => reported.push(topic));
  client.emit('connect');
  client.connected = false;
  end(new Error('Connection closed'));
  expect(reported).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
