import { expect, test } from 'vitest';
import { takeAlert } from '../store/alertStore.fixture.ts';
import { apiServer } from './apiServer.fixture.ts';

const DAY_MS = 86_400_000;

test('the work list ranks by risk, and findings change the ranking', async () => {
  const nowMs = Date.UTC(2026, 5, 1);
  const { app, store } = await apiServer({}, nowMs);
  const raisedAtMs = nowMs - DAY_MS;
  const short = { assessment: 'assessed', medianS: 86_400, lowS: 40_000, highS: 200_000, method: 'm' } as const;
  takeAlert(store, { id: 'a', asset: 'pump-7', raisedAtMs });
  takeAlert(store, { id: 'b', asset: 'pump-8', raisedAtMs, remainingLife: short });
  takeAlert(store, { id: 'c', asset: 'pump-9', raisedAtMs });
  const list = async () => (await app.inject('/api/v1/work-list')).json();
  const before = await list();
  expect(before).toMatchObject({ currency: 'EUR', days: 7 });
  expect(before.items.map((item: { asset: string }) => item.asset).slice(0, 1)).toEqual(['pump-8']);
  expect(before.items).toHaveLength(3);
  expect(before.items[0]).toMatchObject({ chanceTrue: 0.5, task: 'inspect', alerts: ['b'] });
  // The rule was wrong once: (0 + 1) / (1 + 2).
  store.act('c', { action: 'close', finding: 'false_alarm' }, 'Ann');
  const after = await list();
  expect(after.items.map((item: { asset: string }) => item.asset)).toEqual(['pump-8', 'pump-7']);
  expect(after.items[0].chanceTrue).toBeCloseTo(1 / 3, 9);
  expect(after.items[0].riskPerHour).toBeLessThan(before.items[0].riskPerHour);
  expect((await app.inject('/api/v1/work-list?days=0')).statusCode).toBe(400);
});
