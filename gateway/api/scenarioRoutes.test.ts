import { expect, test } from 'vitest';
import { importSupply } from '../supply/importSupply.ts';
import { apiServer } from './apiServer.fixture.ts';

const NOW_MS = Date.parse('2026-07-10T08:00:00Z');

/** A gateway with two years of demand for 40 belts a month. */
async function gatewayWithBelts() {
  const made = await apiServer({}, NOW_MS);
  const take = (table: Parameters<typeof importSupply>[1], rows: object[]) =>
    importSupply(made.supply, table, Buffer.from(JSON.stringify(rows)), { source: 'rest', by: 'ERP' });
  const months = Array.from({ length: 24 }, (_, m) => new Date(Date.UTC(2024, 6 + m, 15)).toISOString().slice(0, 10));
  take(
    'demand',
    months.map((date, m) => ({ item: 'belt', date, quantity: 40 + (m % 3) })),
  );
  take('items', [{ item: 'belt', unit_cost: 10, lead_time_days: 20 }]);
  take('stock', [{ item: 'belt', quantity: 0 }]);
  const post = (path: string, payload: object) =>
    made.app.inject({ method: 'POST', url: `/api/v1/plan/${path}`, payload });
  const compared = async () => (await made.app.inject('/api/v1/plan/scenarios')).json();
  return { ...made, post, compared };
}

test('what-if plans are saved, compared, replanned and removed', async () => {
  const { post, compared, store, plans } = await gatewayWithBelts();
  expect(await compared()).toEqual({ current: null, scenarios: [] });
  const half = await post('scenarios', { name: 'half the demand', by: 'eve', change: { demandFactor: 0.5 } });
  const twice = await post('scenarios', { name: 'twice the demand', by: 'eve', change: { demandFactor: 2 } });
  expect([half.statusCode, twice.statusCode]).toEqual([201, 201]);
  const [small, large] = (await compared()).scenarios;
  expect(small).toMatchObject({ name: 'half the demand', change: { demandFactor: 0.5 }, by: 'eve', atMs: NOW_MS });
  expect(small.figures).toMatchObject({ items: 1, toOrder: 1, atRisk: 1 });
  expect(large.figures.orderCost).toBeGreaterThan(3 * small.figures.orderCost);
  expect(plans.summary()).toBeNull();

  const again = await post(`scenarios/${small.id}/run`, {});
  expect(again.json()).toEqual(small);
  expect((await post(`scenarios/${small.id}/remove`, { by: 'ann' })).statusCode).toBe(200);
  expect((await compared()).scenarios.map((s: { id: string }) => s.id)).toEqual([large.id]);
  expect((await post(`scenarios/${small.id}/run`, {})).statusCode).toBe(404);
  expect(store.auditLog(0, 10).entries.map(({ who, what, subject }) => `${who} ${what} ${subject}`)).toEqual([
    'eve plan_scenario half the demand',
    'eve plan_scenario twice the demand',
    'ann plan_scenario_removed half the demand',
  ]);
});

test('a duplicate name, an unplanned item and more than twelve scenarios are refused', async () => {
  const { post, plans } = await gatewayWithBelts();
  const change = { budget: 100 };
  await post('scenarios', { name: 'a', by: 'eve', change });
  expect((await post('scenarios', { name: 'a', by: 'eve', change })).json().error).toMatch(/a scenario a already/);
  expect((await post('scenarios', { name: 'b', by: 'eve', change: { item: 'no' } })).statusCode).toBe(404);
  const { figures } = plans.scenarios.all()[0];
  for (let i = 0; i < 11; i++) plans.scenarios.add({ name: `s${i}`, change, by: 'eve', atMs: 1, figures });
  const refused = await post('scenarios', { name: 'z', by: 'eve', change });
  expect([refused.statusCode, refused.json().error]).toEqual([409, expect.stringMatching(/at most 12/)]);
  expect(plans.scenarios.all()).toHaveLength(12);
});
