import { expect, test } from 'vitest';
import { alarmActionSchema } from '#models/contracts/alert.ts';
import { actionOf, type ConditionCall, LONGEST_SHELVED_MS } from './alarmMethods.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const calls: [ConditionCall, object | null][] = [
  [{ method: 'Acknowledge', comment: '' }, { action: 'acknowledge' }],
  [
    { method: 'Acknowledge', comment: 'seen' },
    { action: 'acknowledge', comment: 'seen' },
  ],
  [
    { method: 'Confirm', comment: 'bearing replaced' },
    { action: 'close', finding: 'confirmed', comment: 'bearing replaced' },
  ],
  [
    { method: 'AddComment', comment: 'noisy' },
    { action: 'comment', text: 'noisy' },
  ],
  [{ method: 'AddComment', comment: '' }, null],
  [
    { method: 'TimedShelve', durationMs: 60_000 },
    { action: 'shelve', untilMs: NOW_MS + 60_000, reason: 'shelved over OPC UA' },
  ],
  [{ method: 'TimedShelve', durationMs: 0 }, null],
  [{ method: 'TimedShelve', durationMs: Number.NaN }, null],
  [{ method: 'TimedShelve', durationMs: LONGEST_SHELVED_MS + 1 }, null],
  [{ method: 'Unshelve' }, { action: 'unshelve' }],
];

test.each(calls)('%j maps to %j', (call, action) => {
  expect(actionOf(call, NOW_MS)).toEqual(action);
  if (action !== null) expect(alarmActionSchema.safeParse(action).success).toBe(true);
});

test('shelving without an end lasts as long as the gateway allows', () => {
  const action = actionOf({ method: 'OneShotShelve' }, NOW_MS);
  expect(action).toMatchObject({ action: 'shelve', untilMs: NOW_MS + 7 * 86_400_000 - 60_000 });
});
