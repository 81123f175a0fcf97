import { expect, test } from 'vitest';
import { reconnectDelayMs } from './mqttReconnect.ts';

test('a connection that was cut is made again within a second', () => {
  expect(reconnectDelayMs(null, 0)).toBe(1000);
  expect(reconnectDelayMs(null, 50)).toBe(1000);
});

test('a refused one backs off: a busy broker to ten seconds, wrong credentials to half a minute', () => {
  const delays = (code: number) => [0, 1, 2, 3, 4, 5, 20].map((n) => reconnectDelayMs(code, n));
  expect(delays(3)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  expect(delays(5)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(reconnectDelayMs(0x88, 9)).toBe(10_000);
  expect(reconnectDelayMs(0x86, 9)).toBe(30_000);
});
