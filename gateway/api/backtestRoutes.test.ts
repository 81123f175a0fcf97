import { expect, test } from 'vitest';
import type { SqliteStore } from '../store/sqliteStore.ts';
import { apiServer } from './apiServer.fixture.ts';

const HOUR_US = 3600e6;

function keepHealth(store: SqliteStore, timeMs: number): void {
  const none = { assessment: 'not_assessable', reason: 'r', remedy: 'm' };
  const envelope = { v: 1, site: 's', edge: 'e', outbox: 'o', sequence: 1, oldest: 1, timeQuality: 'source' };
  const body = {
    ...envelope,
    timeMs,
    asset: 'pump-1',
    kind: 'pump',
    status: 'NORMAL',
    points: [],
    remainingLife: none,
  };
  store.take([{ message: { kind: 'health', body } as never, text: JSON.stringify(body) }]);
}

test('limits are tested on the stored health index, with failures and findings', async () => {
  const { app, store, historian } = await apiServer({}, Date.UTC(2026, 5, 1));
  const nowUs = Date.UTC(2026, 5, 1) * 1000;
  keepHealth(store, nowUs / 1000);
  const tags = { site: 's', edge: 'e', asset: 'pump-1' };
  // Ten days of hourly values: a six-hour excursion to 1.4, and growth over the last two days before the failure.
  await historian.write(
    Array.from({ length: 240 }, (_, hour) => ({
      measurement: 'millwright_health' as const,
      tags,
      timeUs: nowUs - (240 - hour) * HOUR_US,
      fields: { index: hour >= 50 && hour < 56 ? 1.4 : hour > 180 ? 3 : 0.5 },
    })),
  );
  const trial = (await app.inject('/api/v1/backtest?days=10&limits=1,2,5&persistMinutes=0')).json();
  expect(trial).toMatchObject({ machines: 1, failures: 1, best: 2 });
  expect(trial.trials).toMatchObject([
    { limit: 1, raised: 2, falseAlerts: 0, foretold: 1, missed: 0 },
    { limit: 2, raised: 1, falseAlerts: 0, foretold: 1, missed: 0 },
    { limit: 5, raised: 0, foretold: 0, missed: 1, cost: 12_000 },
  ]);
  expect(trial).toMatchObject({ bestPersistMinutes: 0, inBudget: null, model: null });
  expect(trial.trials[0].falsePerMachineMonth).toBe(0);
  const lasting = (await app.inject('/api/v1/backtest?days=10&limits=1&persistMinutes=0,600&budget=5')).json();
  // A six-hour excursion does not persist for ten hours.
  expect(lasting.trials).toMatchObject([
    { persistMinutes: 0, raised: 2 },
    { persistMinutes: 600, raised: 1, foretold: 1 },
  ]);
  expect(lasting.inBudget).toMatchObject({ foretold: 1 });
  const shipped = (await app.inject('/api/v1/backtest?days=10')).json();
  expect(shipped.trials.map((t: { persistMinutes: number }) => t.persistMinutes)).toEqual([
    ...Array(8).fill(0),
    ...Array(8).fill(1440),
  ]);
  expect((await app.inject('/api/v1/backtest?limits=0')).statusCode).toBe(400);
  expect((await app.inject('/api/v1/backtest?persistMinutes=x')).statusCode).toBe(400);
  expect((await app.inject('/api/v1/backtest?asset=other')).json()).toMatchObject({ machines: 0, best: null });
  const noAsset = await app.inject('/api/v1/backtest?model=none');
  expect(noAsset.json()).toMatchObject({ error: 'asset: required, because a model is tested on one machine' });
  const noModel = await app.inject('/api/v1/backtest?model=none&asset=pump-1');
  expect(noModel.json()).toMatchObject({ error: 'no model none' });
  expect(noModel.statusCode).toBe(400);
});

test('a short history is read at the same resolution within a year as within a day', async () => {
  const nowMs = Date.UTC(2026, 5, 1);
  const { app, store, historian } = await apiServer({}, nowMs);
  keepHealth(store, nowMs);
  // Three hours, a value every ten seconds: two excursions of two minutes each.
  const rows = Array.from({ length: 1080 }, (_, i) => ({
    measurement: 'millwright_health' as const,
    tags: { site: 's', edge: 'e', asset: 'pump-1' },
    timeUs: (nowMs - (1080 - i) * 10_000) * 1000,
    fields: { index: (i >= 300 && i < 312) || (i >= 700 && i < 712) ? 2 : 0.5 },
  }));
  await historian.write(rows);
  const raised = async (days: number) =>
    (await app.inject(`/api/v1/backtest?days=${days}&limits=1`)).json().trials[0].raised;
  expect([await raised(1), await raised(365)]).toEqual([2, 2]);
});
