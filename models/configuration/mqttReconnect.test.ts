import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { standbySchema } from './brokerUrl.ts';
import { brokerInUse, keepConnecting, reconnectDelayMs } from './mqttReconnect.ts';

test('a lost connection is re-established within a second', () => {
  expect(reconnectDelayMs(null, 0)).toBe(1000);
  expect(reconnectDelayMs(null, 50)).toBe(1000);
});

test('a refused connection backs off: up to ten seconds for a busy broker, half a minute for wrong credentials', () => {
  const delays = (code: number) => [0, 1, 2, 3, 4, 5, 20].map((n) => reconnectDelayMs(code, n));
  expect(delays(3)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  expect(delays(5)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(reconnectDelayMs(0x88, 9)).toBe(10_000);
  expect(reconnectDelayMs(0x86, 9)).toBe(30_000);
});

/** The broker of each attempt of a client, given the events that mqtt.js emits. */
function brokersTried(standby: string[], events: ('connect' | 'reconnect')[]): string[] {
  const client = Object.assign(new EventEmitter(), { options: { host: 'first', port: 1883 } });
  keepConnecting(
    client,
    () => undefined,
    () => undefined,
    standby,
  );
  return events.flatMap((event) => {
    client.emit(event);
    return event === 'reconnect' ? [brokerInUse(client)] : [];
  });
}

test('a lost broker is retried first, then the standby brokers take turns', () => {
  const lost = ['connect', 'reconnect', 'reconnect', 'reconnect', 'reconnect'] as const;
  expect(brokersTried(['second:1884', '[::1]'], [...lost])).toEqual(['first:1883', 'second:1884', '::1', 'first:1883']);
  expect(brokersTried([], [...lost])).toEqual(Array(4).fill('first:1883'));
});

test('a client stays with the standby broker that accepted it, even after a lost connection', () => {
  const tried = brokersTried(['second'], ['connect', 'reconnect', 'reconnect', 'connect', 'reconnect', 'reconnect']);
  expect(tried).toEqual(['first:1883', 'second', 'second', 'first:1883']);
});

test.each(['broker-b', 'broker-b:1884', '10.0.0.7:8883', '[fe80::1]:1883'])('%s is a valid standby broker', (text) => {
  expect(standbySchema.safeParse([text]).success).toBe(true);
});

test.each(['mqtt://broker-b', 'user:word@broker', 'a b', '', 'broker:port'])('%j is not', (text) => {
  expect(standbySchema.safeParse([text]).success).toBe(false);
});
