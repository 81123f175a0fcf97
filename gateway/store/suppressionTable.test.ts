import { expect, test } from 'vitest';
import { alertEvents, alertStore, START_MS, takeAlert } from './alertStore.fixture.ts';

const HOUR_MS = 3_600_000;

function window(store: ReturnType<typeof alertStore>['store'], machines: string[], hours = 2, fromMs?: number) {
  const untilMs = START_MS + hours * HOUR_MS;
  const made = store.suppress({ by: 'Ann', kind: 'maintenance', site: 's', machines, fromMs, untilMs, reason: 'seal' });
  if ('fault' in made) throw new Error(made.fault);
  store.changeDue();
  return made;
}

test('alerts during a window are stored and marked without notifications; its end notifies of those still active', () => {
  const { store, clock } = alertStore();
  takeAlert(store, { id: 'before', asset: 'pump-1' });
  takeAlert(store, { id: 'seen', asset: 'pump-1' });
  store.act('seen', { action: 'acknowledge' }, 'Ann');
  const { id } = window(store, ['pump-*']);
  takeAlert(store, { id: 'within', asset: 'pump-2', severity: 'critical' });
  takeAlert(store, { id: 'passing', asset: 'pump-2' });
  takeAlert(store, { id: 'passing', asset: 'pump-2', change: 'return' });
  takeAlert(store, { id: 'elsewhere', asset: 'fan' });
  takeAlert(store, { id: 'other-site', site: 't', asset: 'pump-1' });
  for (const alert of ['before', 'seen', 'within', 'passing'])
    expect(store.alert(alert)).toMatchObject({ state: 'suppressed', suppressed: { id, reason: 'seal', by: 'Ann' } });
  const early = ['before raised', 'seen raised', 'elsewhere raised', 'other-site raised'];
  expect(alertEvents(store)).toEqual(early);
  clock.ms += 2 * HOUR_MS;
  expect(store.changeDue()).toHaveLength(4);
  expect(store.changeDue()).toEqual([]);
  expect(alertEvents(store).slice(early.length).sort()).toEqual(['before unsuppressed', 'within unsuppressed']);
  expect(store.alert('seen')?.state).toBe('acknowledged');
  expect(store.alert('passing')?.state).toBe('returned_unacknowledged');
  expect(store.alert('within')?.history?.map((t) => [t.action, t.by])).toEqual([
    ['suppress', 'Ann'],
    ['unsuppress', null],
  ]);
});

test('the return within a window of an alert raised before it is notified at the end', () => {
  const { store } = alertStore();
  takeAlert(store, { id: 'x', asset: 'pump-1' });
  const { id } = window(store, ['pump-1']);
  takeAlert(store, { id: 'x', asset: 'pump-1', change: 'return' });
  expect(alertEvents(store)).toEqual(['x raised']);
  expect(store.endSuppression(id, 'Bob')).toMatchObject({ ended: { by: 'Bob' } });
  expect(store.endSuppression(id, 'Bob')).toBeNull();
  store.changeDue();
  expect(alertEvents(store)).toEqual(['x raised', 'x returned']);
});

test('consecutive windows without a gap annunciate nothing between them, even across a restart', () => {
  const { store, clock, directory } = alertStore();
  window(store, ['pump-1'], 2);
  takeAlert(store, { id: 'x', asset: 'pump-1' });
  window(store, ['pump-1'], 4, START_MS + HOUR_MS);
  store.close();
  const again = alertStore(directory);
  again.clock.ms = clock.ms + 3 * HOUR_MS;
  again.store.changeDue();
  expect(again.store.alert('x')?.state).toBe('suppressed');
  expect(alertEvents(again.store)).toEqual([]);
  again.clock.ms += 2 * HOUR_MS;
  again.store.changeDue();
  expect(alertEvents(again.store)).toEqual(['x unsuppressed']);
});

test('a suppression must end within 30 days', () => {
  const { store } = alertStore();
  const request = { by: 'Ann', kind: 'machine_off' as const, site: 's', reason: 'off' };
  expect(store.suppress({ ...request, untilMs: START_MS })).toMatchObject({ fault: expect.stringContaining('past') });
  const late = { ...request, untilMs: START_MS + 31 * 24 * HOUR_MS };
  expect(store.suppress(late)).toMatchObject({ fault: expect.stringContaining('30 days') });
  const ahead = { ...request, fromMs: START_MS + 60 * 24 * HOUR_MS, untilMs: START_MS + 61 * 24 * HOUR_MS };
  expect(store.suppress(ahead)).toHaveProperty('id');
  expect(store.suppressions('open', 10)).toHaveLength(1);
});
