import { expect, test } from 'vitest';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { runPlanJob } from '../planning/planJob.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { importSupply } from '../supply/importSupply.ts';
import { apiServer, secretFile } from './apiServer.fixture.ts';

const NOW_MS = Date.parse('2026-07-10T08:00:00Z');
const SECRETS = { all: 'all-0123456789-abcdefghij', north: 'north-0123456789-abcdefghij' };
const MONTHS = Array.from({ length: 24 }, (_, m) => new Date(Date.UTC(2024, 6 + m, 15)).toISOString().slice(0, 10));

/** A plan of seals at two sites: north is short, south has an excess; planners of all sites and of north only. */
async function twoSites() {
  const tokens = [
    { name: 'ann', role: 'planner', tokenFile: secretFile(SECRETS.all) },
    { name: 'bob', role: 'planner', sites: ['north'], tokenFile: secretFile(SECRETS.north) },
  ];
  const made = await apiServer({ tokens }, NOW_MS);
  const take = (table: SupplyTable, rows: object[]) =>
    importSupply(made.supply, table, Buffer.from(JSON.stringify(rows)), { source: 'rest', by: 'ERP' });
  take('items', [{ item: 'seal', unit_cost: 10, lead_time_days: 30 }]);
  take(
    'demand',
    ['north', 'south'].flatMap((site) =>
      MONTHS.map((date, m) => ({ item: 'seal', site, date, quantity: 8 + (m % 5) })),
    ),
  );
  take('stock', [
    { item: 'seal', site: 'north', quantity: 2 },
    { item: 'seal', site: 'south', quantity: 100 },
  ]);
  const settings = {
    today: '2026-07-10',
    period: 'month' as const,
    horizon: 6,
    reviewDays: 7,
    target: { kind: 'cycle' as const, level: 0.95 },
    usualLifeDays: 1500,
    holdingRateAYear: 0.2,
    budget: null,
    transfers: { pools: null, cost: 0 },
  };
  runPlanJob({ place: testPlace(made.directory), health: [], alerts: [], settings, reason: 'asked', atMs: NOW_MS });
  const post = (path: string, payload: object, secret = SECRETS.all) =>
    made.app.inject({
      method: 'POST',
      url: `/api/v1/plan/decisions${path}`,
      headers: { authorization: `Bearer ${secret}` },
      payload,
    });
  const accept = (from: string, site: string, secret?: string) =>
    post('', { item: 'seal', site, by: 'eve', decision: { action: 'accept_transfer', from, quantity: 5 } }, secret);
  return { ...made, post, accept };
}

test('a transfer is accepted alongside the order of its item, and marked as received', async () => {
  const { plans, post, accept } = await twoSites();
  const proposed = plans.item('seal', 'north')?.item.transfersIn?.[0].quantity;
  const accepted = await accept('south', 'north');
  expect(accepted.json()).toMatchObject({
    action: 'accept_transfer',
    from: 'south',
    quantity: 5,
    proposed,
    state: 'open',
  });
  const order = { item: 'seal', site: 'north', by: 'eve', decision: { action: 'accept', quantity: 1 } };
  expect((await post('', order)).statusCode).toBe(201);
  const { decision, transferDecisions } = plans.item('seal', 'north')!.item;
  expect(decision).toMatchObject({ action: 'accept', state: 'open' });
  expect(transferDecisions).toMatchObject([{ from: 'south', quantity: 5 }]);
  const again = await accept('south', 'north');
  expect(plans.decisions.decision(accepted.json().id)).toMatchObject({ state: 'replaced' });

  expect((await post(`/${decision?.id}/received`, { by: 'eve' })).statusCode).toBe(404);
  expect((await post(`/${again.json().id}/received`, { by: 'eve' })).json()).toMatchObject({ state: 'received' });
  expect((await post(`/${again.json().id}/received`, { by: 'eve' })).statusCode).toBe(404);
  expect(plans.item('seal', 'north')?.item.transferDecisions).toBeUndefined();
});

test('a transfer must come from another site that plans the item', async () => {
  const { accept } = await twoSites();
  expect((await accept('north', 'north')).statusCode).toBe(404);
  expect((await accept('nowhere', 'north')).statusCode).toBe(404);
});

test('a planner of one site can neither take stock from another nor change decisions about it', async () => {
  const { plans, post, accept } = await twoSites();
  expect((await accept('south', 'north', SECRETS.north)).statusCode).toBe(404);
  expect(plans.decisions.all(10)).toEqual([]);
  const { id } = (await accept('north', 'south')).json();
  for (const what of ['withdraw', 'received'])
    expect((await post(`/${id}/${what}`, { by: 'bob' }, SECRETS.north)).statusCode).toBe(404);
  expect(plans.decisions.decision(id)).toMatchObject({ state: 'open' });
});
