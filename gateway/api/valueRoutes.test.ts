import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer } from './apiServer.fixture.ts';

const HOUR_US = 3600e6;

test('alerts with a finding are valued by month, machine and rule, and as a table', async () => {
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

test('limits are tried on the stored health index, beside failures and findings', async () => {
  const { app, store, historian } = await apiServer({}, Date.UTC(2026, 5, 1));
  const nowUs = Date.UTC(2026, 5, 1) * 1000;
  const none = { assessment: 'not_assessable', reason: 'r', remedy: 'm' };
  const envelope = { v: 1, site: 's', edge: 'e', outbox: 'o', sequence: 1, oldest: 1, timeQuality: 'source' };
  const body = {
    ...envelope,
    timeMs: nowUs / 1000,
    asset: 'pump-1',
    kind: 'pump',
    status: 'NORMAL',
    points: [],
    remainingLife: none,
  };
  store.take([{ message: { kind: 'health', body } as never, text: JSON.stringify(body) }]);
  const tags = { site: 's', edge: 'e', asset: 'pump-1' };
  // Ten days by the hour: an excursion of six hours to 1.4, and growth over the last two days before the failure.
  await historian.write(
    Array.from({ length: 240 }, (_, hour) => ({
      measurement: 'millwright_health' as const,
      tags,
      timeUs: nowUs - (240 - hour) * HOUR_US,
      fields: { index: hour >= 50 && hour < 56 ? 1.4 : hour > 180 ? 3 : 0.5 },
    })),
  );
  const trial = (await app.inject('/api/v1/backtest?days=10&limits=1,2,5')).json();
  expect(trial).toMatchObject({ machines: 1, failures: 1, best: 2 });
  expect(trial.trials).toMatchObject([
    { limit: 1, raised: 2, falseAlerts: 0, foretold: 1, missed: 0 },
    { limit: 2, raised: 1, falseAlerts: 0, foretold: 1, missed: 0 },
    { limit: 5, raised: 0, foretold: 0, missed: 1, cost: 12_000 },
  ]);
  expect((await app.inject('/api/v1/backtest?limits=0')).statusCode).toBe(400);
  expect((await app.inject('/api/v1/backtest?asset=other')).json()).toMatchObject({ machines: 0, best: null });
});
