import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Suppression } from '#models/contracts/suppression.ts';
import { applySuppressions, isCurrent, isOfMachine, suppressionFault } from './suppression.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const suppression = (change: Partial<Suppression> = {}): Suppression => ({
  id: 'overhaul',
  by: 'Ann',
  kind: 'maintenance',
  site: 's',
  machines: ['pump-*'],
  fromMs: NOW_MS,
  untilMs: NOW_MS + DAY_MS,
  reason: 'seals are changed',
  ended: null,
  ...change,
});
const alert = (change: Partial<AlertRecord> = {}): AlertRecord =>
  ({
    id: 'x',
    site: 's',
    asset: 'pump-1',
    state: 'unacknowledged',
    acknowledgedAtMs: null,
    returnedAtMs: null,
    ...change,
  }) as AlertRecord;

test('a suppression ends after it begins, thirty days later at most', () => {
  const faultOf = (fromDays: number | undefined, untilDays: number) => {
    const fromMs = fromDays === undefined ? undefined : NOW_MS + fromDays * DAY_MS;
    return suppressionFault({ ...suppression(), fromMs, untilMs: NOW_MS + untilDays * DAY_MS }, NOW_MS);
  };
  expect([faultOf(undefined, 30), faultOf(10, 40), faultOf(-20, 30)]).toEqual([null, null, null]);
  expect(faultOf(undefined, 30.001)).toContain('30 days');
  expect(faultOf(10, 40.001)).toContain('30 days');
  for (const [from, until] of [
    [undefined, 0],
    [10, 10],
    [-20, -1],
  ] as const)
    expect(faultOf(from, until)).toContain('past');
});

test('it applies from its start to its end, unless ended earlier', () => {
  const at = (ms: number, change: Partial<Suppression> = {}) => isCurrent(suppression(change), ms);
  expect([at(NOW_MS - 1), at(NOW_MS), at(NOW_MS + DAY_MS - 1), at(NOW_MS + DAY_MS)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(at(NOW_MS, { ended: { atMs: NOW_MS, by: 'Bob' } })).toBe(false);
});

test('it covers the machines of its site that it names; without names, all of them', () => {
  const covers = (change: Partial<Suppression>, site: string, asset: string) =>
    isOfMachine(suppression(change), { site, asset });
  expect([covers({}, 's', 'pump-7'), covers({}, 's', 'fan-7'), covers({}, 't', 'pump-7')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([covers({ machines: undefined }, 's', 'fan'), covers({ machines: undefined }, 't', 'fan')]).toEqual([
    true,
    false,
  ]);
});

test('an alert is suppressed by the first suppression of its machine, and annunciated once there is none', () => {
  const others = [suppression({ id: 'fans', machines: ['fan'] }), suppression(), suppression({ id: 'second' })];
  const kept = applySuppressions(null, alert(), others, NOW_MS);
  expect(kept).toMatchObject({
    state: 'suppressed',
    suppressed: { id: 'overhaul', kind: 'maintenance', by: 'Ann', reason: 'seals are changed', wasStanding: false },
    history: [{ atMs: NOW_MS, by: 'Ann', action: 'suppress', note: 'seals are changed' }],
  });
  // No change: the same record.
  expect(applySuppressions(kept, kept, others, NOW_MS + 1)).toBe(kept);
  expect(applySuppressions(alert(), alert({ site: 't' }), [], NOW_MS)).not.toHaveProperty('suppressed');
  const again = applySuppressions(kept, kept, [], NOW_MS + 9);
  expect(again.state).toBe('unacknowledged');
  expect(again).not.toHaveProperty('suppressed');
  expect(again.history?.at(-1)).toMatchObject({ atMs: NOW_MS + 9, by: null, action: 'unsuppress' });
});

test('whether an alert was annunciated before suppression is kept from one suppression to the next', () => {
  const standing = applySuppressions(alert(), alert(), [suppression()], NOW_MS);
  expect(standing.suppressed?.wasStanding).toBe(true);
  const returned = { ...standing, returnedAtMs: NOW_MS + 1 };
  const next = applySuppressions(returned, returned, [suppression({ id: 'second' })], NOW_MS + 2);
  expect(next.suppressed).toMatchObject({ id: 'second', wasStanding: true });
  const before = alert({ returnedAtMs: NOW_MS - 1 });
  expect(applySuppressions(before, alert(), [suppression()], NOW_MS).suppressed?.wasStanding).toBe(false);
});
