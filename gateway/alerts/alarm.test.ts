import { expect, test } from 'vitest';
import type { AlertMessage, AlertRecord } from '#models/contracts/alert.ts';
import { acknowledge, applyMessage } from './alarm.ts';

const message = (change: AlertMessage['change'], timeMs: number): AlertMessage => ({
  v: 1,
  site: 's',
  edge: 'e',
  outbox: 'o',
  sequence: timeMs,
  oldest: 1,
  timeMs,
  timeQuality: 'source',
  id: 'e.a.vibration.1',
  asset: 'a',
  point: 'p',
  change,
  severity: 'warning',
  raisedAtMs: 1,
  text: `at ${timeMs}`,
  index: 1.5,
  evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [] } },
  remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
});

const after = (...steps: ((known: AlertRecord | null) => AlertRecord)[]) =>
  steps.reduce<AlertRecord | null>((known, step) => step(known), null) as AlertRecord;
const says = (change: AlertMessage['change'], timeMs: number) => (known: AlertRecord | null) =>
  applyMessage(known, message(change, timeMs));
const acknowledged =
  (atMs: number, by = 'Ann') =>
  (known: AlertRecord | null) =>
    acknowledge(known as AlertRecord, by, 'seen', atMs);

test('goes through the states of ISA-18.2, in either order of acknowledgement and return', () => {
  expect(after(says('raise', 1)).state).toBe('unacknowledged');
  expect(after(says('raise', 1), acknowledged(2)).state).toBe('acknowledged');
  expect(after(says('raise', 1), says('return', 3)).state).toBe('returned_unacknowledged');
  expect(after(says('raise', 1), acknowledged(2), says('return', 3)).state).toBe('normal');
  expect(after(says('raise', 1), says('return', 3), acknowledged(4)).state).toBe('normal');
});

test('an update keeps who acknowledged it, and the first acknowledgement stands', () => {
  const record = after(says('raise', 1), acknowledged(2), says('update', 3), acknowledged(4, 'Bob'));
  expect(record).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'Ann',
    acknowledgedAtMs: 2,
    comment: 'seen',
    text: 'at 3',
  });
});

test('an alert whose raise was lost on the way is still one', () => {
  expect(after(says('update', 3))).toMatchObject({ state: 'unacknowledged', raisedAtMs: 1, updatedAtMs: 3 });
});

test('a return says when, and keeps the words and the evidence of the alert', () => {
  expect(after(says('raise', 1), says('return', 9))).toMatchObject({ text: 'at 1', returnedAtMs: 9 });
});
