import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlarmAction, AlertMessage, AlertRecord } from '#models/contracts/alert.ts';
import { applyAction, applyMessage, applyTime, stateAt } from './alarmLifecycle.ts';
import { notificationEvents } from './notificationEvent.ts';

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
  applyMessage(known, message(change, timeMs), timeMs);
const acknowledged =
  (atMs: number, by = 'Ann') =>
  (known: AlertRecord | null) =>
    acted(known as AlertRecord, { action: 'acknowledge', comment: 'seen' }, atMs, by);

function acted(known: AlertRecord, action: AlarmAction, atMs: number, by = 'Ann'): AlertRecord {
  const outcome = applyAction(known, action, by, atMs);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.alarm;
}

test('passes through the states of ISA-18.2, in either order of acknowledgement and return', () => {
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

test('an alert whose raise was lost in transit is still recorded', () => {
  expect(after(says('update', 3))).toMatchObject({ state: 'unacknowledged', raisedAtMs: 1, updatedAtMs: 3 });
});

test('a return records its time, and keeps the text and the evidence of the alert', () => {
  expect(after(says('raise', 1), says('return', 9))).toMatchObject({ text: 'at 1', returnedAtMs: 9 });
});

const raised = () => after(says('raise', 1));
const DAY_MS = 86_400_000;

test('worsening after an acknowledgement alarms again, ends shelving and reopens', () => {
  const critical = (known: AlertRecord, atMs: number) =>
    applyMessage(known, { ...message('update', atMs), severity: 'critical' }, atMs);
  expect(critical(acted(raised(), { action: 'acknowledge' }, 2), 3)).toMatchObject({
    state: 'unacknowledged',
    acknowledgedAtMs: null,
  });
  const shelved = acted(raised(), { action: 'shelve', untilMs: DAY_MS, reason: 'known' }, 2);
  expect(critical(shelved, 3).state).toBe('unacknowledged');
  const closed = acted(raised(), { action: 'close', finding: 'confirmed' }, 2);
  expect(critical(closed, 3).state).toBe('unacknowledged');
  // Already critical: an update does not worsen it.
  const known = acted(critical(raised(), 3), { action: 'acknowledge' }, 4);
  expect(critical(known, 5).state).toBe('acknowledged');
});

test('shelving is limited in time and expires with a notification', () => {
  const shelved = acted(raised(), { action: 'shelve', untilMs: 100, reason: 'spare is on its way' }, 2);
  expect(shelved.state).toBe('shelved');
  expect(applyTime(shelved, 99)).toBeNull();
  const back = applyTime(shelved, 100) as AlertRecord;
  expect(back.state).toBe('unacknowledged');
  expect(notificationEvents(shelved, back)).toEqual(['unshelved']);
  const tooLong = applyAction(raised(), { action: 'shelve', untilMs: 8 * DAY_MS, reason: 'r' }, 'Ann', 2);
  expect(tooLong).toMatchObject({ ok: false, reason: expect.stringContaining('seven days') });
});

test('findings add to earlier ones, and closing keeps them', () => {
  const one = acted(raised(), { action: 'close', finding: 'false_alarm', comment: 'sensor loose' }, 2);
  const two = acted(
    acted(one, { action: 'reopen', reason: 'not sure' }, 3),
    { action: 'close', finding: 'confirmed' },
    4,
  );
  expect(two.findings?.map((f) => f.finding)).toEqual(['false_alarm', 'confirmed']);
  expect(two.finding?.finding).toBe('confirmed');
  expect(two.state).toBe('normal');
});

test('a repeated request takes effect once', () => {
  const first = applyAction(raised(), { action: 'comment', text: 'seen' }, 'Ann', 2, 'r-1');
  if (!first.ok) throw new Error(first.reason);
  const again = applyAction(first.alarm, { action: 'comment', text: 'seen' }, 'Ann', 3, 'r-1');
  expect(again).toEqual({ ok: true, alarm: first.alarm, isChanged: false });
});

test('raise, escalation, return and reopening are notified; nothing is while shelved or out of service', () => {
  const [known, returned] = [raised(), after(says('raise', 1), says('return', 3))];
  expect(notificationEvents(null, known)).toEqual(['raised']);
  expect(notificationEvents(known, { ...known, severity: 'critical' })).toEqual(['escalated']);
  expect(notificationEvents(known, returned)).toEqual(['returned']);
  expect(notificationEvents(known, acted(known, { action: 'acknowledge' }, 2))).toEqual([]);
  const out = acted(known, { action: 'remove_from_service', reason: 'overhaul' }, 2);
  expect(notificationEvents(known, out)).toEqual([]);
  expect(notificationEvents(out, { ...out, severity: 'critical' })).toEqual([]);
});

const actions: fc.Arbitrary<AlarmAction> = fc.constantFrom<AlarmAction>(
  { action: 'acknowledge' },
  { action: 'unacknowledge', reason: 'r' },
  { action: 'assign', to: 'Bob' },
  { action: 'comment', text: 't' },
  { action: 'shelve', untilMs: 50, reason: 'r' },
  { action: 'unshelve' },
  { action: 'remove_from_service', reason: 'r' },
  { action: 'return_to_service' },
  { action: 'close', finding: 'confirmed' },
  { action: 'reopen', reason: 'r' },
);
const steps = fc.array(
  fc.oneof(
    actions.map((action) => ({ kind: 'action' as const, action })),
    fc.record({
      kind: fc.constant('message' as const),
      change: fc.constantFrom<AlertMessage['change']>('raise', 'update', 'return'),
      severity: fc.constantFrom<AlertMessage['severity']>('warning', 'critical'),
    }),
    fc.constant({ kind: 'time' as const }),
  ),
  { maxLength: 40 },
);

test('no order of messages, actions and time leads to an impossible state or loses a transition', () => {
  fc.assert(
    fc.property(steps, (all) => {
      let record = raised();
      let changes = 0;
      all.forEach((step, i) => {
        const atMs = i + 2;
        if (step.kind === 'message')
          record = applyMessage(record, { ...message(step.change, atMs), severity: step.severity }, atMs);
        else if (step.kind === 'time') record = applyTime(record, atMs) ?? record;
        else {
          const outcome = applyAction(record, step.action, 'Ann', atMs);
          if (!outcome.ok) return;
          if (outcome.isChanged) changes++;
          record = outcome.alarm;
        }
        expect(record.state).toBe(stateAt(record, atMs));
        if (record.closed !== undefined) expect(record.state).toBe('normal');
        if (record.acknowledgedAtMs === null) expect(record.acknowledgedBy).toBeNull();
      });
      expect((record.history ?? []).filter((t) => t.by === 'Ann')).toHaveLength(changes);
    }),
  );
});

test('shelving lasts at most seven days, and ends in the future', () => {
  const shelve = (untilMs: number) => applyAction(raised(), { action: 'shelve', untilMs, reason: 'r' }, 'Ann', 100).ok;
  expect([100, 101, 100 + 7 * DAY_MS, 101 + 7 * DAY_MS].map(shelve)).toEqual([false, true, true, false]);
});

test('a suppressed alert stays so until it has both returned and been acknowledged', () => {
  const suppressed = { id: 's', kind: 'maintenance', by: 'Ann', reason: 'r', untilMs: 9, wasStanding: false } as const;
  const stateOf = (change: Partial<AlertRecord>) => stateAt({ ...raised(), suppressed, ...change }, 5);
  expect(stateOf({})).toBe('suppressed');
  expect(stateOf({ returnedAtMs: 3 })).toBe('suppressed');
  expect(stateOf({ acknowledgedAtMs: 3 })).toBe('suppressed');
  expect(stateOf({ returnedAtMs: 3, acknowledgedAtMs: 4 })).toBe('normal');
});

test('an action without effect leaves the record unchanged, without a transition', () => {
  const known = raised();
  const out = acted(known, { action: 'remove_from_service', reason: 'r' }, 2);
  const assigned = acted(known, { action: 'assign', to: 'Bob' }, 2);
  const seen = acted(known, { action: 'acknowledge' }, 2);
  const nothing: [AlertRecord, AlarmAction][] = [
    [known, { action: 'unacknowledge', reason: 'r' }],
    [known, { action: 'unshelve' }],
    [known, { action: 'return_to_service' }],
    [seen, { action: 'acknowledge' }],
    [out, { action: 'remove_from_service', reason: 'again' }],
    [assigned, { action: 'assign', to: 'Bob' }],
  ];
  for (const [record, action] of nothing)
    expect(applyAction(record, action, 'Eve', 9)).toEqual({ ok: true, alarm: record, isChanged: false });
  expect(acted(out, { action: 'return_to_service' }, 3).state).toBe('unacknowledged');
  expect(acted(seen, { action: 'unacknowledge', reason: 'r' }, 3).state).toBe('unacknowledged');
  expect(applyAction(known, { action: 'reopen', reason: 'r' }, 'Eve', 9).ok).toBe(false);
  const closed = acted(known, { action: 'close', finding: 'confirmed' }, 2);
  expect(applyAction(closed, { action: 'shelve', untilMs: 99, reason: 'r' }, 'Eve', 9).ok).toBe(false);
});

test('a finding holds only the given fields; it acknowledges an unacknowledged alert', () => {
  const details = { failureMode: 'wear', part: 'bearing', damage: 'spalling' };
  const closed = acted(
    raised(),
    { action: 'close', finding: 'confirmed', comment: 'seen', ...details } as AlarmAction,
    7,
  );
  expect(closed.finding).toEqual({ finding: 'confirmed', by: 'Ann', comment: 'seen', atMs: 7, ...details });
  expect(closed).toMatchObject({ acknowledgedAtMs: 7, acknowledgedBy: 'Ann', closed: { atMs: 7, by: 'Ann' } });
  const bare = acted(
    acted(raised(), { action: 'acknowledge' }, 3, 'Bob'),
    { action: 'close', finding: 'confirmed' },
    7,
  );
  expect(bare.finding).toEqual({ finding: 'confirmed', by: 'Ann', comment: null, atMs: 7 });
  expect(bare).toMatchObject({ acknowledgedAtMs: 3, acknowledgedBy: 'Bob' });
});

test('each transition records who did what, when and why; the newest two hundred are kept', () => {
  const noteOf = (action: AlarmAction) => acted(raised(), action, 4).history?.at(-1);
  expect(noteOf({ action: 'acknowledge', comment: 'c' })).toEqual({
    atMs: 4,
    by: 'Ann',
    action: 'acknowledge',
    note: 'c',
  });
  expect(noteOf({ action: 'acknowledge' })?.note).toBeNull();
  expect(noteOf({ action: 'assign', to: 'Bob' })?.note).toBe('Bob');
  expect(noteOf({ action: 'close', finding: 'confirmed' })?.note).toBe('confirmed');
  expect(noteOf({ action: 'close', finding: 'confirmed', comment: 'worn' })?.note).toBe('confirmed: worn');
  let record = raised();
  for (let i = 1; i <= 201; i++) record = acted(record, { action: 'comment', text: `${i}` }, i);
  expect(record.history).toHaveLength(200);
  expect([record.history?.[0].note, record.history?.at(-1)?.note]).toEqual(['2', '201']);
});

test('an alert that returned while suppressed is notified as returned, if it had been annunciated before', () => {
  const suppressed = { id: 's', kind: 'maintenance', by: 'Ann', reason: 'r', untilMs: 9, wasStanding: true } as const;
  const before: AlertRecord = { ...after(says('raise', 1), says('return', 3)), suppressed, state: 'suppressed' };
  const { suppressed: _ended, ...rest } = before;
  const ended: AlertRecord = { ...rest, state: 'returned_unacknowledged' };
  expect(notificationEvents(before, ended)).toEqual(['returned']);
  expect(notificationEvents({ ...before, suppressed: { ...suppressed, wasStanding: false } }, ended)).toEqual([]);
  expect(notificationEvents(before, { ...ended, closed: { atMs: 4, by: 'Ann' } })).toEqual([]);
  const standing = { ...raised(), suppressed, state: 'suppressed' as const };
  expect(notificationEvents(standing, raised())).toEqual(['unsuppressed']);
  const closed = acted(raised(), { action: 'close', finding: 'confirmed' }, 2);
  expect(notificationEvents(closed, acted(closed, { action: 'reopen', reason: 'r' }, 3))).toEqual(['reopened']);
  expect(notificationEvents(null, after(says('return', 3)))).toEqual(['raised', 'returned']);
  expect(notificationEvents(after(says('return', 3)), raised())).toEqual(['raised']);
});
