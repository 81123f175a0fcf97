import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { AlertMessage } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { PlanAlert, PlanItem } from '#models/contracts/plan.ts';
import { placeKey } from '#models/planning/placeKey.ts';
import { gatewayConfigSchema } from '../config.ts';
import { rowsOf } from '../historian/rows.ts';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { Routing } from '../notify/routing.ts';
import { SqliteStore } from '../store/sqliteStore.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { importSupply } from '../supply/importSupply.ts';
import { SupplyStore } from '../supply/supplyStore.ts';
import type { Run, Task } from '../thread/runInThread.ts';
import { updatePlanAlerts } from './planAlerts.ts';
import { forecastCsv, planCsv } from './planCsv.ts';
import { type PlanJob, type PlanResult, runPlanJob } from './planJob.ts';
import { Planner } from './planner.ts';
import { PlanStore } from './planStore.ts';

const NOW_MS = Date.parse('2026-07-10T08:00:00Z');
const log = pino({ level: 'silent' });
const origin = { source: 'test', by: 'Ann' };

/** A gateway's data directory with ten pumps that use the same bearing, and some years of records. */
function plant() {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-plan-'));
  const store = new SqliteStore(testPlace(directory), {
    maxQueueBytes: 1e7,
    maxEvidenceBytes: 1e6,
    routing: new Routing([]),
    now: () => NOW_MS,
  });
  const supply = new SupplyStore(testPlace(directory), 10_000, () => NOW_MS);
  const plans = new PlanStore(testPlace(directory), new Routing([]), () => NOW_MS);
  const take = (table: Parameters<typeof importSupply>[1], rows: object[]) =>
    importSupply(supply, table, Buffer.from(JSON.stringify(rows)), origin);
  take('items', [{ item: 'bearing', unit_cost: 80, lead_time_days: 21 }]);
  take('stock', [{ item: 'bearing', quantity: 0 }]);
  take(
    'bom',
    Array.from({ length: 10 }, (_, i) => ({ machine: `pump-${i}`, item: 'bearing', installed: '2026-01-10' })),
  );
  return { directory, place: testPlace(directory), store, supply, plans, take };
}

let sequence = 0;
const envelope = { v: 1, site: 's', edge: 'e', outbox: 'o', timeMs: NOW_MS, timeQuality: 'good' };
function health(asset: string): HealthMessage {
  const remainingLife = { assessment: 'not_assessable', reason: 'healthy', remedy: 'none' };
  return {
    ...envelope,
    sequence: ++sequence,
    asset,
    kind: 'pump',
    status: 'NORMAL',
    index: 0.2,
    points: [],
    remainingLife,
  } as unknown as HealthMessage;
}
function alert(asset: string, change: AlertMessage['change'] = 'raise'): AlertMessage {
  const remainingLife = {
    assessment: 'assessed',
    medianS: 5 * 86_400,
    lowS: 3 * 86_400,
    highS: 8 * 86_400,
    method: 'trend',
  };
  const evidence = { contributions: [], diagnosis: { fault: 'outer_race', confidence: 1, reasons: [] } };
  return {
    ...envelope,
    sequence: ++sequence,
    id: `s/e/${asset}/1`,
    asset,
    point: '2H',
    change,
    severity: 'warning',
    raisedAtMs: NOW_MS - 86_400_000,
    text: 'x',
    index: 2,
    evidence,
    remainingLife,
  } as unknown as AlertMessage;
}

function planner(parts: ReturnType<typeof plant>, job: (job: PlanJob) => PlanResult = runPlanJob) {
  const config = gatewayConfigSchema.parse({
    dataDirectory: parts.directory,
    broker: { url: 'mqtt://127.0.0.1' },
    planning: { leastSeconds: 1 },
  }).planning;
  const seen: { result: PlanResult; alerts: PlanAlert[] }[] = [];
  const made = new Planner(
    {
      ...parts,
      config,
      now: () => NOW_MS + seen.length * 60_000,
      planned: (result, alerts) => seen.push({ result, alerts }),
      run: (async (task: Task) => (task.kind === 'plan' ? job(task.job) : null)) as Run,
    },
    log,
  );
  const after = async (n: number) => {
    for (let i = 0; i < 400 && seen.length < n; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.length).toBe(n);
    return seen[n - 1];
  };
  return { made, seen, after };
}

test('a machine alert triggers a plan, and a planner alert with the order to place', async () => {
  const parts = plant();
  const { made, after } = planner(parts);
  const all = Array.from({ length: 10 }, (_, i) => health(`pump-${i}`));
  parts.store.take(all.map((body) => ({ message: { kind: 'health', body }, text: JSON.stringify(body) })));
  made.onMessages(all, []);
  const quiet = await after(1);
  expect(quiet.result.summary.reason).toBe('health');
  expect(quiet.alerts).toEqual([]);
  const raised = alert('pump-3');
  parts.store.take([{ message: { kind: 'alerts', body: raised }, text: JSON.stringify(raised) }]);
  made.onMessages([], [raised]);
  const worried = await after(2);
  expect(worried.alerts).toHaveLength(1);
  expect(worried.alerts[0].text).toMatch(
    /^bearing runs out within its lead time of 21 days \(\d+ %, 0 in stock\): order \d+ now\. pump-3 will need it\.$/,
  );
  expect(parts.plans.alerts({ active: true, limit: 10 })).toEqual(worried.alerts);
  // The same alert again triggers nothing.
  made.onMessages(all, []);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(parts.plans.summary()).toMatchObject({ items: 1, toOrder: 1, reason: 'health' });
  expect(parts.plans.item('bearing', '')?.series.forecast.byMachines[0]).toBeGreaterThan(0.8);
  // An order that arrives before the failure ends the alert.
  parts.take('purchases', [
    { order: '1', item: 'bearing', quantity: 9, ordered: '2026-07-10', promised: '2026-07-11' },
  ]);
  made.request('import');
  const served = await after(3);
  expect(served.alerts).toMatchObject([{ id: worried.alerts[0].id, state: 'returned_unacknowledged' }]);
  await made.stop();
});

test('an alert closed as false adds no demand to the next plan; reopened, it does again', async () => {
  const parts = plant();
  const { made, after } = planner(parts);
  const raised = alert('pump-3');
  parts.store.take([{ message: { kind: 'alerts', body: raised }, text: JSON.stringify(raised) }]);
  made.onMessages([], [raised]);
  const streamOf = ({ result }: { result: PlanResult }) =>
    result.items[0].machines.find((m) => m.machine === 'pump-3')?.stream;
  const worried = await after(1);
  expect(streamOf(worried)).toBe('alarmed');
  parts.store.act(raised.id, { action: 'close', finding: 'false_alarm' }, 'Ann');
  made.request('finding');
  const calm = await after(2);
  expect(streamOf(calm)).not.toBe('alarmed');
  expect(calm.result.items[0].expectedByMachines).toBeLessThan(worried.result.items[0].expectedByMachines - 0.5);
  parts.store.act(raised.id, { action: 'reopen', reason: 'it was not' }, 'Ann');
  made.request('finding');
  expect(streamOf(await after(3))).toBe('alarmed');
  await made.stop();
});

test('the plan is queued for the historian, which accepts its rows', async () => {
  const parts = plant();
  const { made, after } = planner(parts);
  made.request('asked');
  await after(1);
  const rows = parts.store.queued(10).flatMap((q) => rowsOf(q.text));
  expect(new Set(rows.map((r) => r.measurement))).toEqual(new Set(['millwright_plan', 'millwright_forecast']));
  const historian = new SqliteHistorian(parts.directory, 365, 365, () => NOW_MS);
  expect(await historian.write(rows)).toEqual({ refused: 0 });
  const tags = { item: 'bearing', site: '' };
  const query = {
    measurement: 'millwright_plan' as const,
    tags,
    field: 'orderNow',
    fromMs: 0,
    toMs: NOW_MS * 2,
    points: 1,
  };
  expect((await historian.read(query)).max).toHaveLength(1);
  await made.stop();
});

test('a failed plan is counted and reported, and the next one runs', { tags: 'slow' }, async () => {
  const parts = plant();
  let fail = true;
  const { made, after } = planner(parts, (job) => {
    if (fail) throw new Error('no memory left');
    return runPlanJob(job);
  });
  made.request('asked');
  for (let i = 0; i < 200 && made.failures === 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(made).toMatchObject({ failures: 1, failure: 'no memory left' });
  fail = false;
  made.request('asked');
  await after(1);
  expect(made).toMatchObject({ plans: 1, failure: null });
  await made.stop();
});

test('a trial plan is not stored', async () => {
  const parts = plant();
  const { made, after } = planner(parts);
  made.request('asked');
  const { result } = await after(1);
  const [before] = result.items;
  const stocked = await made.tryOut({ item: 'bearing', stock: 50 });
  expect(stocked.items[0]).toMatchObject({ stock: 50, orderNow: 0 });
  const longer = await made.tryOut({ leadTimeFactor: 3 });
  expect(longer.items[0].leadTimeDays).toBeCloseTo(3 * before.leadTimeDays, 0);
  expect(longer.items[0].expectedDemand).toBeGreaterThan(2 * before.expectedDemand);
  const supplied = await made.tryOut({ item: 'bearing', leadTimeFactor: 3 });
  expect(supplied.items[0].leadTimeDays).toBeCloseTo(3 * before.leadTimeDays, 0);
  const surer = await made.tryOut({ serviceLevel: 0.995 });
  expect(surer.items[0].reorderPoint).toBeGreaterThan(before.reorderPoint);
  expect(parts.plans.items(10, 0)).toEqual(result.items);
  expect(parts.supply.table('stock')).toEqual([{ item: 'bearing', quantity: 0 }]);
  const many = await Promise.allSettled(Array.from({ length: 8 }, () => made.tryOut({ demandFactor: 2 })));
  expect(many.filter((m) => m.status === 'rejected').length).toBeGreaterThan(0);
  await made.stop();
});

test('a stop rejects queued plans, and no promise stays pending', async () => {
  const parts = plant();
  let begun = 0;
  let end: (() => void) | null = null;
  const config = gatewayConfigSchema.parse({
    dataDirectory: parts.directory,
    broker: { url: 'mqtt://127.0.0.1' },
    planning: { leastSeconds: 1 },
  }).planning;
  const run = (async () => {
    begun++;
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    throw new Error('given up');
  }) as Run;
  const made = new Planner({ ...parts, config, now: () => NOW_MS, planned: () => undefined, run }, log);
  const tried = made.tryOut({ demandFactor: 2 });
  const waiting = made.tryOut({ demandFactor: 3 });
  made.request('asked');
  for (let i = 0; i < 200 && end === null; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const stopped = made.stop();
  (end as unknown as () => void)();
  await expect(tried).rejects.toThrow('given up');
  await expect(waiting).rejects.toThrow('the gateway is stopping');
  await stopped;
  expect(begun).toBe(1);
});

test('plan, memory and alerts survive a restart', async () => {
  const parts = plant();
  const { made, after } = planner(parts);
  made.request('asked');
  const { result } = await after(1);
  await made.stop();
  parts.plans.close();
  const again = new PlanStore(testPlace(parts.directory), new Routing([]), () => NOW_MS);
  expect(again.items(10, 0)).toEqual(result.items);
  expect(again.memory().chances).toHaveLength(10);
  expect(again.summary()?.items).toBe(1);
});

const item = (change: Partial<PlanItem>): PlanItem =>
  ({
    item: 'a',
    site: '',
    stock: 2,
    onOrder: 0,
    leadTimeDays: 14,
    orderNow: 3,
    runOutProbability: 0.7,
    flags: [],
    machines: [],
    ...change,
  }) as PlanItem;

test('a planner alert is raised once; it returns well below the limit, and can be raised again', () => {
  const active = (alerts: PlanAlert[]) =>
    new Map(alerts.filter((a) => a.returnedAtMs === null).map((a) => [placeKey(a), a]));
  const [first] = updatePlanAlerts(new Map(), [item({})], 0.5, 1);
  expect(first).toMatchObject({ severity: 'warning', state: 'unacknowledged', raisedAtMs: 1 });
  expect(updatePlanAlerts(active([first]), [item({})], 0.5, 2)).toEqual([]);
  expect(updatePlanAlerts(active([first]), [item({ runOutProbability: 0.4 })], 0.5, 2)).toMatchObject([
    { id: first.id, returnedAtMs: null },
  ]);
  const [worse] = updatePlanAlerts(active([first]), [item({ runOutProbability: 0.95 })], 0.5, 3);
  expect(worse).toMatchObject({ id: first.id, severity: 'critical', raisedAtMs: 1, updatedAtMs: 3 });
  const [ended] = updatePlanAlerts(active([worse]), [item({ runOutProbability: 0.2 })], 0.5, 4);
  expect(ended).toMatchObject({ id: first.id, state: 'returned_unacknowledged', returnedAtMs: 4 });
  expect(updatePlanAlerts(active([first]), [], 0.5, 5)).toMatchObject([{ returnedAtMs: 5 }]);
  expect(updatePlanAlerts(active([ended]), [item({})], 0.5, 6)[0].id).not.toBe(first.id);
  // Unknown stock is not zero stock.
  expect(updatePlanAlerts(new Map(), [item({ flags: ['stock_unknown'] })], 0.5, 1)).toEqual([]);
  // No alert below the limit, or if there is nothing to order.
  expect(updatePlanAlerts(new Map(), [item({ runOutProbability: 0.49 })], 0.5, 1)).toEqual([]);
  expect(updatePlanAlerts(new Map(), [item({ orderNow: 0 })], 0.5, 1)).toEqual([]);
  const [sent] = updatePlanAlerts(
    new Map(),
    [item({ orderNow: 0, transfersIn: [{ site: 's', quantity: 3 }] })],
    0.5,
    1,
  );
  expect(sent.text).toMatch(/: transfer 3 from s\.$/);
});

test('CSV cells contain no spreadsheet formulas', () => {
  const text = planCsv([item({ item: '=cmd|1', name: 'a "b", c' })]);
  expect(text.split('\n')[1]).toMatch(/^'=cmd\|1,,"a ""b"", c"/);
  expect(forecastCsv([])).toBe('item,site,date,mean,by_machines\n');
});
