import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer } from './apiServer.fixture.ts';

test('alerts with a finding are valued by month, machine and rule, also as CSV', async () => {
  const { app, store } = await apiServer();
  takeAlert(store, { id: 'a', asset: 'pump-7', raisedAtMs: 1, text: 't' });
  takeAlert(store, { id: 'b', asset: 'pump-8', raisedAtMs: 1 });
  takeAlert(store, { id: 'c', asset: 'pump-9', raisedAtMs: 1 });
  store.find('a', { finding: 'confirmed', by: 'Ann', comment: null, atMs: 5 });
  store.find('b', { finding: 'false_alarm', by: 'Ann', comment: null, atMs: 5 });
  const value = (await app.inject('/api/v1/value')).json();
  expect(value.total).toEqual({ avoided: 1, late: 0, inspections: 1, amount: 9850 });
  expect(value.months).toEqual([{ month: '1970-01', avoided: 1, late: 0, inspections: 1, amount: 9850 }]);
  expect(value.machines.map((m: { machine: string }) => m.machine).sort()).toEqual(['s/e/pump-7', 's/e/pump-8']);
  const lines = (await app.inject('/api/v1/value.csv')).payload.split('\n');
  expect(lines[0]).toBe('time,machine,rule,kind,amount,currency,alerts');
  expect(lines.slice(1, 3).sort()).toEqual([
    '1970-01-01T00:00:00.005Z,s/e/pump-7,1H outer_race,avoided,10000,EUR,a',
    '1970-01-01T00:00:00.005Z,s/e/pump-8,1H outer_race,inspection,-150,EUR,b',
  ]);
});
