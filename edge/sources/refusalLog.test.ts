import type { Logger } from 'pino';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusalLog.ts';

test('warns of the first of a kind with a sample and a remedy, and then ever more rarely', () => {
  const warned: Record<string, unknown>[] = [];
  const log = new RefusalLog({ warn: (entry: Record<string, unknown>) => warned.push(entry) } as unknown as Logger);
  for (let i = 0; i < 250; i++) log.note('plant/+', 'plant/a', 'wrong_type', Buffer.from('{"value":"maybe\u0007"}'));
  log.note('plant/+', 'plant/a', 'bad_json', Buffer.from([0, 255]));
  expect(warned.map((w) => [w.rejection, w.count])).toEqual([
    ['wrong_type', 1],
    ['wrong_type', 100],
    ['bad_json', 1],
  ]);
  expect(warned[0]).toMatchObject({ sample: '{"value":"maybe."}', remedy: expect.stringContaining('payload.states') });
});
