import { expect, test } from 'vitest';
import { inCalls } from './serverLimits.ts';

const items = Array.from({ length: 300 }, (_, i) => i);

/** A server with a limit per call, which records the size of each call. */
function server(most: number) {
  const calls: number[] = [];
  const call = async (some: number[]) => {
    calls.push(some.length);
    if (some.length > most) throw new Error('ServiceFault: BadTooManyOperations (0x80100000)');
    return some.map((i) => i * 2);
  };
  return { calls, call };
}

test('calls keep to the limit, and results keep their order', async () => {
  const { calls, call } = server(200);
  expect(await inCalls(items, 200, call)).toEqual(items.map((i) => i * 2));
  expect(calls).toEqual([200, 100]);
});

test('if the server accepts fewer than it announces, calls are halved until it accepts them', async () => {
  const { calls, call } = server(40);
  expect(await inCalls(items, 300, call)).toEqual(items.map((i) => i * 2));
  expect(calls.slice(0, 5)).toEqual([300, 150, 75, 38, 38]);
});

test('another refusal is not repeated', async () => {
  const refuse = () => Promise.reject(new Error('BadUserAccessDenied'));
  await expect(inCalls(items, 300, refuse)).rejects.toThrow('BadUserAccessDenied');
  await expect(inCalls(items, 300, server(0).call)).rejects.toThrow('BadTooManyOperations');
});
