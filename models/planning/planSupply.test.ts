import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import { noSupply, type Supply, type SupplyRow } from '#models/supply/supplyTables.ts';
import { foresightOf, installedBase } from './installedBase.ts';
import { estimateOutcomes, findRemovals, NO_MEMORY, type PlanMemory, recalibrations } from './planMemory.ts';
import type { PlanSettings } from './planSettings.ts';
import { planSupply } from './planSupply.ts';
import { DeliveryTimes, meanDays, supplierScores } from './suppliers.ts';

const TODAY = '2026-07-10';
const settings: PlanSettings = {
  today: TODAY,
  period: 'month',
  horizon: 6,
  reviewDays: 7,
  target: { kind: 'cycle', level: 0.95 },
  usualLifeDays: 1500,
  holdingRateAYear: 0.2,
  budget: null,
};
const atMs = (date: string) => Date.parse(`${date}T12:00:00Z`);

const health = (asset: string): HealthMessage =>
  ({
    site: 's',
    edge: 'e',
    asset,
    timeMs: atMs(TODAY),
    index: 0.2,
    remainingLife: { assessment: 'not_assessable' },
  }) as HealthMessage;
function alert(asset: string, medianDays: number, change: Partial<AlertRecord> = {}): AlertRecord {
  const medianS = medianDays * 86_400;
  return {
    id: `s/e/${asset}/1`,
    site: 's',
    edge: 'e',
    asset,
    raisedAtMs: atMs('2026-07-01'),
    updatedAtMs: atMs(TODAY),
    returnedAtMs: null,
    evidence: { contributions: [], diagnosis: { fault: 'outer_race', confidence: 1, reasons: [] } },
    remainingLife: { assessment: 'assessed', medianS, lowS: medianS * 0.6, highS: medianS * 1.6, method: 'trend' },
    ...change,
  } as AlertRecord;
}

/** Ten machines that use a bearing, and all tables of a planner about it. */
function plant(change: Partial<Supply> = {}): Supply {
  const machines = Array.from({ length: 10 }, (_, i) => `pump-${i}`);
  return {
    ...noSupply(),
    items: [{ item: 'bearing', unit_cost: 80, lead_time_days: 21, supplier: 'acme' }],
    stock: [{ item: 'bearing', quantity: 0 }],
    bom: machines.map((machine) => ({
      machine,
      item: 'bearing',
      faults: 'outer_race inner_race',
      installed: '2026-01-10',
    })),
    maintenance: machines.map((machine, i) => ({
      machine,
      item: 'bearing',
      kind: 'failure',
      date: dateOf(dayOf('2024-02-01') + 40 * i),
    })),
    ...change,
  };
}
const planOf = (
  supply: Supply,
  alerts: AlertRecord[] = [],
  memory: PlanMemory = NO_MEMORY,
  more: Partial<PlanSettings> = {},
) =>
  planSupply(supply, { health: plant().bom.map((b) => health(b.machine)), alerts }, memory, { ...settings, ...more });

test('a machine that fails slowly creates demand before the history could, and the plan names the machine', () => {
  const [before] = planOf(plant()).items;
  const [after] = planOf(plant(), [alert('pump-3', 6)]).items;
  expect(after.expectedByMachines - before.expectedByMachines).toBeGreaterThan(0.8);
  expect(after.machines[0]).toMatchObject({ machine: 'pump-3', stream: 'alarmed' });
  expect(after.machines[0].chance).toBeGreaterThan(0.9);
  expect(after.runOutProbability).toBeGreaterThan(0.9);
  expect(before.runOutProbability).toBeLessThan(0.5);
  expect(after.orderNow).toBeGreaterThanOrEqual(1);
  expect(after).toMatchObject({ method: 'machines_and_history', leadTimeFrom: 'item' });
  expect(after.runOutDate! <= '2026-08-10').toBe(true);
});

test('an alert of another defect, a false one, or a returned one creates no demand', () => {
  const chance = (a: AlertRecord) => planOf(plant(), [a]).items[0].machines.find((m) => m.machine === 'pump-3')!;
  const hot = alert('pump-3', 6, {
    evidence: { contributions: [], diagnosis: { fault: 'process_drift', confidence: 1, reasons: [] } },
  });
  expect(chance(hot).stream).toBe('quiet');
  const found = { finding: 'false_alarm' as const, by: 'Ann', comment: null, atMs: 0 };
  expect(chance(alert('pump-3', 6, { finding: found })).stream).toBe('quiet');
  // Reopened, or critical since: the earlier finding no longer applies.
  for (const action of ['reopen', 'escalate', 'comment']) {
    const later = { atMs: 1, by: 'Ann', action, note: null };
    const stream = chance(alert('pump-3', 6, { finding: found, history: [later] })).stream;
    expect(stream).toBe(action === 'comment' ? 'quiet' : 'alarmed');
    const earlier = { ...later, atMs: -1 };
    expect(chance(alert('pump-3', 6, { finding: found, history: [earlier] })).stream).toBe('quiet');
  }
  expect(chance(alert('pump-3', 6, { returnedAtMs: atMs('2026-07-09') })).stream).toBe('quiet');
  const unsure = { contributions: [], diagnosis: { fault: 'undetermined' as const, confidence: 0, reasons: [] } };
  expect(chance(alert('pump-3', 6, { evidence: unsure })).stream).toBe('alarmed');
});

test('a replacement after an alert was raised ends the demand of that alert, even while the alert is open', () => {
  const replaced = (date: string) =>
    plant({ maintenance: [...plant().maintenance, { machine: 'pump-3', item: 'bearing', kind: 'failure', date }] });
  const share = (supply: Supply) =>
    planOf(supply, [alert('pump-3', 6)]).items[0].machines.find((m) => m.machine === 'pump-3');
  expect(share(plant())).toMatchObject({ stream: 'alarmed' });
  expect(share(replaced('2026-07-09'))?.stream).toBe('quiet');
  expect(share(replaced('2026-07-01'))?.stream).toBe('quiet');
  // A replacement before the alert: the alert is about the new part.
  expect(share(replaced('2026-06-30'))?.stream).toBe('alarmed');
});

test('a part found damaged is needed until a record of its replacement, even if the alert is closed', () => {
  const found = (part?: string) => ({
    finding: 'confirmed' as const,
    by: 'Ann',
    comment: null,
    atMs: 0,
    ...(part && { part }),
  });
  const closed = { closed: { atMs: 1, by: 'Ann' } };
  const drift = { contributions: [], diagnosis: { fault: 'process_drift' as const, confidence: 1, reasons: [] } };
  const stream = (supply: Supply, change: Partial<AlertRecord>) =>
    planOf(supply, [alert('pump-3', 6, change)]).items[0].machines.find((m) => m.machine === 'pump-3')?.stream;
  expect(stream(plant(), { ...closed, finding: found() })).toBe('quiet');
  expect(stream(plant(), { ...closed, finding: found('Bearing ') })).toBe('alarmed');
  expect(stream(plant(), { ...closed, finding: found('seal') })).toBe('quiet');
  // The finding takes precedence over the diagnosis of the alert.
  expect(stream(plant(), { evidence: drift, finding: found('bearing') })).toBe('alarmed');
  const record = { machine: 'pump-3', item: 'bearing', kind: 'failure' as const, date: '2026-07-09' };
  const replaced = plant({ maintenance: [...plant().maintenance, record] });
  expect(stream(replaced, { ...closed, finding: found('bearing') })).toBe('quiet');
});

test('machines use parts of their own site', () => {
  const stock = [
    { item: 'bearing', quantity: 3, site: 'north' },
    { item: 'bearing', quantity: 4, site: 's' },
  ];
  const { items } = planOf(plant({ stock }), [alert('pump-3', 6)]);
  const machinesAt = (site: string) => items.find((i) => i.site === site)?.machines.map((m) => m.machine) ?? [];
  expect(machinesAt('s')).toContain('pump-3');
  expect(machinesAt('north')).not.toContain('pump-3');
});

test('a table that ended years ago is planned as of its end', { tags: 'slow' }, () => {
  const demand = catalogue().demand.map((d) => ({
    ...d,
    date: `${Number(d.date.slice(0, 4)) - 15}${d.date.slice(4)}`,
  }));
  const old = planOf({ ...catalogue(), demand, purchases: [] });
  expect(old.cleaning[0]).toBe('no record is newer: the plan is made as of 2011-07-01');
  expect(old.series[0].history.date.at(-1)).toBe('2011-06-01');
  expect(old.series[0].forecast.date[0]).toBe('2011-07-01');
  expect(old.items.filter((i) => i.expectedDemand > 0).length).toBeGreaterThan(6);
});

test('the same records give the same plan', () => {
  const text = () => JSON.stringify(planOf(plant(), [alert('pump-3', 6)]));
  expect(text()).toBe(text());
});

test('planned work is demand on its day; what machines used is not counted again as history', () => {
  const planned: SupplyRow<'maintenance'> = { machine: 'pump-1', item: 'bearing', kind: 'planned', date: '2026-07-20' };
  const supply = plant({ maintenance: [...plant().maintenance, planned] });
  const [item] = planOf(supply).items;
  expect(item.machines[0]).toMatchObject({ machine: 'pump-1', stream: 'planned', chance: 1 });
  // Only the ten machines have ever used it.
  expect(item.expectedDemand).toBeCloseTo(item.expectedByMachines, 9);
  const done = [...supply.maintenance, { ...planned, kind: 'preventive', date: '2026-07-09' }];
  // Work of the 20th is still to come; work planned for the 5th is done.
  const early = done.map((m) => (m.kind === 'planned' ? { ...m, date: '2026-07-05' } : m));
  expect(planOf(plant({ maintenance: early })).items[0].machines.some((m) => m.stream === 'planned')).toBe(false);
});

test('rows without a site belong to the only site of their item; machines use the successor of their part', () => {
  const sited = plant({ stock: [{ item: 'bearing', quantity: 4, site: 'north' }] });
  expect(planOf(sited).items).toMatchObject([{ item: 'bearing', site: 'north', stock: 4 }]);
  expect(planOf(sited).items[0].machines).toHaveLength(10);
  const replaced = plant({ items: [{ item: 'bearing-2', supersedes: 'bearing', lead_time_days: 21 }], stock: [] });
  const [heir] = planOf(replaced).items;
  expect(heir.item).toBe('bearing-2');
  expect(heir.machines).toHaveLength(10);
  expect(heir.expectedDemand).toBeCloseTo(planOf(plant()).items[0].expectedDemand, 9);
});

test('other demand is forecast from its own history and added', () => {
  const demand = Array.from({ length: 29 }, (_, i) => ({
    item: 'bearing',
    quantity: 2,
    kind: 'order',
    date: dateOf(dayOf('2024-02-03') + 30 * i),
  }));
  const [alone] = planOf(plant()).items;
  const [both] = planOf(plant({ demand })).items;
  const days = both.protectionDays;
  expect(both.expectedByMachines).toBeCloseTo(alone.expectedByMachines, 6);
  expect((both.expectedDemand - both.expectedByMachines) / ((2 * days) / 30.4)).toBeGreaterThan(0.8);
  expect((both.expectedDemand - both.expectedByMachines) / ((2 * days) / 30.4)).toBeLessThan(1.2);
});

/** A catalogue of parts and products with suppliers. */
function catalogue(): Supply {
  const random = randomOf(9);
  const months = Array.from(
    { length: 36 },
    (_, i) => `${2023 + Math.floor((i + 6) / 12)}-${String(((i + 6) % 12) + 1).padStart(2, '0')}-15`,
  );
  const items = Array.from({ length: 12 }, (_, i) => ({
    item: `i${i}`,
    family: i < 6 ? 'valves' : 'seals',
    unit_cost: 5 + i,
    supplier: i % 2 ? 'acme' : 'bolt',
    lead_time_days: 20,
    order_cost: 30,
  }));
  const demand = items.flatMap(({ item }, i) =>
    months.map((date) => ({
      item,
      date,
      kind: 'order',
      quantity: Math.max(0, Math.round(i < 6 ? 100 + 20 * gaussian(random) : 2 * random())),
    })),
  );
  const purchases = months.flatMap((ordered, k) => {
    const day = dayOf(ordered);
    const late = (supplier: string) => (supplier === 'acme' ? 20 + 12 * random() : 20);
    return ['acme', 'bolt'].map((supplier) => ({
      order: `${supplier}-${k}`,
      item: supplier === 'acme' ? 'i1' : 'i2',
      supplier,
      quantity: 50,
      ordered,
      promised: dateOf(day + 20),
      received: dateOf(day + Math.round(late(supplier))),
      received_quantity: supplier === 'acme' ? 45 : 50,
    }));
  });
  return { ...noSupply(), items, demand, purchases, stock: items.map(({ item }) => ({ item, quantity: 60 })) };
}

test('lead times are learned from deliveries compared with promises', () => {
  const times = new DeliveryTimes(catalogue(), dayOf(TODAY));
  const [acme, bolt] = [times.law('i1'), times.law('i2')];
  expect(meanDays(acme)).toBeGreaterThan(meanDays(bolt) + 3);
  expect(meanDays(bolt)).toBeGreaterThanOrEqual(20);
  expect(meanDays(bolt)).toBeLessThan(22);
  expect(acme.days.reduce((sum, d) => sum + d.chance, 0)).toBeCloseTo(1, 12);
  expect(new DeliveryTimes(noSupply(), dayOf(TODAY)).law('x')).toMatchObject({ promise: 'assumed', orders: 0 });
});

test('an open order that is late lengthens the lead-time distribution, although not yet received', () => {
  const base = { ...noSupply(), items: [{ item: 'a', supplier: 's', lead_time_days: 10 }] };
  const open = { order: '1', item: 'a', supplier: 's', quantity: 1, ordered: '2026-05-01', promised: '2026-05-11' };
  const mean = (purchases: Supply['purchases']) =>
    meanDays(new DeliveryTimes({ ...base, purchases }, dayOf(TODAY)).law('a'));
  expect(mean([])).toBeCloseTo(10, 9);
  expect(mean([open])).toBeGreaterThan(20);
  expect(mean([{ ...open, cancelled: '2026-05-20' }])).toBeCloseTo(10, 9);
});

test('a scorecard shows which supplier is late, short, or getting worse', () => {
  const scores = supplierScores(catalogue(), dayOf(TODAY));
  expect(scores.map((s) => s.supplier)).toEqual(['acme', 'bolt']);
  const [acme, bolt] = scores;
  expect(acme.quantityRate).toBeCloseTo(0.9, 6);
  expect(acme.risk).toBeGreaterThan(0.8);
  expect(acme.onTime).toBeLessThan(0.2);
  expect(bolt).toMatchObject({ onTime: 1, quantityRate: 1, overdue: 0, delayTrendDaysAYear: null });
  expect(bolt.risk).toBeLessThan(0.05);
  const worse = catalogue();
  worse.purchases = worse.purchases.map((p, i) => ({
    ...p,
    received: dateOf(dayOf(p.promised as string) + Math.floor(i / 4)),
  }));
  expect(supplierScores(worse, dayOf(TODAY))[0].delayTrendDaysAYear).toBeGreaterThan(2);
});

test('levels agree; the backtest shows its coverage; a budget defers the orders that are worth least for their money', {
  tags: 'slow',
}, () => {
  const plan = planOf(catalogue());
  expect(plan.levels.map((l) => l.id)).toEqual(expect.arrayContaining(['total', 'valves', 'seals']));
  const [total] = plan.levels;
  const families = plan.levels.filter((l) => l.level === 'family');
  expect(families.reduce((sum, f) => sum + f.mean[0], 0)).toBeCloseTo(total.mean[0], 6);
  expect(plan.series.reduce((sum, s) => sum + s.forecast.mean[0], 0)).toBeCloseTo(total.mean[0], 6);
  expect(plan.backtest.steps.find((s) => s.class === 'all')!.measures.coverage['0.95']).toBeGreaterThan(0.85);
  const orders = plan.items.filter((i) => i.orderNow > 0);
  expect(orders.length).toBeGreaterThan(3);
  const half = planOf(catalogue(), [], NO_MEMORY, { budget: orders.reduce((sum, o) => sum + o.orderCost, 0) / 2 });
  const deferred = half.items.filter((i) => i.deferred);
  expect(deferred.length).toBeGreaterThan(0);
  expect(deferred.length).toBeLessThan(orders.length);
  expect(plan.items.every((i, k) => k === 0 || i.costOfWaiting <= plan.items[k - 1].costOfWaiting)).toBe(true);
});

test('observes packs, minimum orders and open orders', { tags: 'slow' }, () => {
  const supply = catalogue();
  supply.items = supply.items.map((i) => ({ ...i, pack_size: 24, minimum_order: 100 }));
  const [first] = planOf(supply).items.filter((i) => i.orderNow > 0);
  expect(first.orderNow % 24).toBe(0);
  expect(first.orderNow).toBeGreaterThanOrEqual(100);
  supply.purchases.push({
    order: 'x',
    item: first.item,
    quantity: 10_000,
    ordered: '2026-07-01',
    promised: '2026-07-15',
  });
  expect(planOf(supply).items.find((i) => i.item === first.item)).toMatchObject({ onOrder: 10_000, orderNow: 0 });
});

test('recorded forecasts are compared with actual demand: once, by class and over time', { tags: 'slow' }, () => {
  const supply = catalogue();
  const earlier = planOf(supply, [], NO_MEMORY, { today: '2026-06-10' });
  expect(earlier.memory.demands).toHaveLength(12);
  const again = planOf(supply, [], earlier.memory, { today: '2026-06-11' });
  expect(again.memory.demands).toHaveLength(12);
  const later = planOf(supply, [], again.memory);
  expect(later.memory.measures.map((m) => m.class)).toEqual(expect.arrayContaining(['all', 'smooth']));
  expect(later.memory.measures.find((m) => m.class === 'all')!.measures.n).toBe(12);
  expect(planOf(supply, [], later.memory).memory.measures).toHaveLength(later.memory.measures.length);
  const past = later.series.find((s) => s.item === 'i0')!.history.told;
  expect(past[past.length - 1]).not.toBeNull();
  expect(past[0]).toBeNull();
});

test('a method that has become inaccurate is replaced according to the backtest, and the plan says so', () => {
  const random = randomOf(4);
  // The level jumps: the naive method follows at once.
  let level = 100;
  const demand = Array.from({ length: 48 }, (_, i) => {
    if (i % 4 === 0) level = 60 + 300 * random();
    const month = 2022 * 12 + 6 + i;
    return {
      item: 'a',
      kind: 'order',
      quantity: Math.round(level),
      date: `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-05`,
    };
  });
  const supply = { ...noSupply(), demand };
  const period = 2026 * 12 + 6;
  const bad = Array.from({ length: 8 }, (_, i) => ({
    item: 'a',
    site: '',
    class: 'smooth',
    period: period - 8 + i,
    mean: 500,
    naive: 150,
    fan: [0, 0, 0, 0, 0],
    actual: 160,
  }));
  const plan = planOf(supply, [], { ...NO_MEMORY, demands: bad });
  const [method] = plan.memory.methods;
  expect(method.why).toMatch(/mean_of_ets_theta_ces had erred more than naive over the last 8 periods/);
  expect(plan.items[0].method).toBe(method.method);
  expect(plan.items[0].why).toMatch(/had turned bad/);
  const good = bad.map((d) => ({ ...d, mean: 155 }));
  expect(planOf(supply, [], { ...NO_MEMORY, demands: good }).memory.methods).toEqual([]);
});

test('chances whose horizon has passed recalibrate; those of a replaced part correct estimates', () => {
  const past = Array.from({ length: 30 }, (_, i) => ({
    day: dayOf('2025-01-01') + 31 * (i % 10),
    item: 'bearing',
    machine: `pump-${i}`,
    stream: 'alarmed' as const,
    chance: 0.9,
    horizonDays: 30,
    saidDays: 15,
  }));
  const none = recalibrations(past, new Map(), dayOf(TODAY));
  expect(none.get('alarmed')!.a).toBeLessThan(-0.5);
  expect(recalibrations(past, new Map(), dayOf('2025-01-15')).size).toBe(0);
  const records = past.map((t) => ({ machine: t.machine, item: 'bearing', kind: 'failure', date: dateOf(t.day + 10) }));
  const bom = past.map(({ machine, item }) => ({ machine, item }));
  const outcomes = estimateOutcomes(past, findRemovals(bom, records));
  expect(outcomes).toHaveLength(30);
  expect(outcomes[0]).toEqual({ saidDays: 15, cameDays: 10, weight: 1 });
});

test('usage that names its machine is a replacement; a machine silent for weeks is no longer watched', () => {
  const usage = plant().bom.map(({ machine }) => ({
    item: 'bearing',
    machine,
    kind: 'usage',
    quantity: 1,
    date: '2026-06-15',
  }));
  const [item] = planOf(plant({ demand: usage })).items;
  expect(item.machines[0].chance).toBeLessThan(planOf(plant()).items[0].machines[0].chance);
  const old = plant().bom.map((b) => ({ ...health(b.machine), timeMs: atMs('2026-05-01') }));
  const [silent] = planSupply(plant(), { health: old, alerts: [] }, NO_MEMORY, settings).items;
  expect(silent.machines.every((m) => m.stream === 'unwatched')).toBe(true);
});

test('a family without active items, and an item without a history, give finite numbers', () => {
  const demand = [{ item: 'B', kind: 'order', quantity: 3, date: '2026-05-03' }];
  const plan = planOf({ ...noSupply(), items: [{ item: 'A', family: 'F' }, { item: 'B' }], demand });
  for (const item of plan.items)
    for (const value of Object.values(item)) if (typeof value === 'number') expect(value).not.toBeNaN();
});

test('counts an order for an unknown place, and plans an item that only orders name', () => {
  const order = {
    order: '1',
    item: 'bearing',
    quantity: 9,
    ordered: '2026-07-01',
    promised: '2026-07-15',
    site: 'central',
  };
  const stock = [{ item: 'bearing', quantity: 1, site: 'north' }];
  expect(planOf(plant({ stock, purchases: [order] })).items.find((i) => i.item === 'bearing')?.onOrder).toBe(9);
  expect(planOf({ ...noSupply(), purchases: [order] }).items).toMatchObject([{ item: 'bearing', onOrder: 9 }]);
});

test('half a month of a rare part is half its demand: counts are thinned', () => {
  const demand = Array.from({ length: 48 }, (_, i) => {
    const month = 2022 * 12 + 6 + i;
    const date = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-05`;
    return { item: 'a', kind: 'order', quantity: [0, 2, 0, 1, 1, 3, 0, 1][i % 8], date };
  });
  const items = [{ item: 'a', lead_time_days: 14 }];
  const [item] = planOf({ ...noSupply(), items, demand: demand.filter((d) => d.quantity > 0) }).items;
  // A mean of one a month; Poisson in 14 days: 0.37.
  expect(item.runOutProbability).toBeGreaterThan(0.28);
  expect(item.runOutProbability).toBeLessThan(0.47);
});

test('records give lives, ages and foresight', () => {
  const supply = plant();
  const news = {
    health: [health('pump-3')],
    alerts: [alert('pump-3', 6, { raisedAtMs: atMs('2025-01-01'), returnedAtMs: atMs('2025-02-20') })],
  };
  const base = installedBase(
    supply.bom,
    groupedBy(supply.maintenance, (m) => m.machine),
    news,
    dayOf(TODAY),
    1500,
  );
  expect(base.machines).toHaveLength(10);
  expect(base.machines[0].ageDays).toBe(dayOf(TODAY) - dayOf('2026-01-10'));
  expect(base.lives.ongoing).toBe(10);
  const failure = { machine: 'pump-3', item: 'bearing', kind: 'failure', date: '2025-02-10' };
  const since = new Map([['s/e/pump-3', dayOf('2024-12-01')]]);
  const seen = foresightOf({ ...supply, maintenance: [failure] }, news, since, []);
  const blind = foresightOf({ ...supply, maintenance: [failure] }, { ...news, alerts: [] }, since, []);
  const unwatched = foresightOf({ ...supply, maintenance: [failure] }, news, new Map(), []);
  expect(seen.detected).toBeCloseTo(9 / 11, 9);
  expect(blind.detected).toBeCloseTo(8 / 11, 9);
  expect(unwatched.detected).toBeCloseTo(0.8, 9);
});

test('a plan of nothing is empty, and an item without any data needs nothing', () => {
  expect(planOf(noSupply()).items).toEqual([]);
  const [item] = planOf({ ...noSupply(), items: [{ item: 'a' }] }).items;
  expect(item).toMatchObject({ expectedDemand: 0, orderNow: 0, runOutProbability: 0, runOutDate: null });
  expect(item.flags).toEqual(expect.arrayContaining(['no_demand_in_history', 'lead_time_assumed']));
});

test('remaining stock and open orders of a superseded item are used up first', () => {
  const bought = { order: '1', item: 'bearing', quantity: 3, ordered: '2026-07-01', promised: '2026-07-20' };
  const replaced = plant({
    items: [{ item: 'bearing-2', supersedes: 'bearing', lead_time_days: 21 }],
    stock: [
      { item: 'bearing', quantity: 4 },
      { item: 'bearing-2', quantity: 1 },
    ],
    purchases: [bought],
  });
  expect(planOf(replaced).items).toMatchObject([{ item: 'bearing-2', stock: 5, onOrder: 3 }]);
});

test('items that supersede each other in a circle stay in the plan', () => {
  const circle = [
    { item: 'bearing', supersedes: 'seal' },
    { item: 'seal', supersedes: 'bearing' },
    { item: 'own', supersedes: 'own' },
  ];
  const names = planOf(plant({ items: circle })).items.map((i) => i.item);
  expect(names.sort()).toEqual(['bearing', 'own', 'seal']);
});

test('an order to be received on a later day is still open, and its lead time is not counted', () => {
  const order = { order: '1', item: 'bearing', quantity: 3, ordered: '2026-07-01', received: '2026-07-20' };
  const [coming] = planOf(plant({ purchases: [order] })).items;
  expect(coming.onOrder).toBe(3);
  const [there] = planOf(plant({ purchases: [{ ...order, received: '2026-07-09' }] })).items;
  expect(there.onOrder).toBe(0);
});

test('an item with its first demand this month is in the plan', () => {
  const demand = [{ item: 'seal', quantity: 2, date: '2026-07-09' }];
  expect(
    planOf(plant({ demand }))
      .items.map((i) => i.item)
      .sort(),
  ).toEqual(['bearing', 'seal']);
});

test('orders of another century, or received before they were ordered, do not break the plan', () => {
  const orders = [
    { order: '1', item: 'bearing', quantity: 1, ordered: '1900-01-01', promised: '1900-01-02' },
    { order: '2', item: 'bearing', quantity: 1, ordered: '2026-07-01', promised: '2199-01-01' },
    { order: '3', item: 'bearing', quantity: 1, ordered: '2026-07-01', received: '2026-06-01' },
  ];
  const [item] = planOf(plant({ purchases: orders, items: [{ item: 'bearing' }] })).items;
  expect(item.leadTimeDays).toBeLessThan(3651);
  expect(Number.isFinite(item.expectedDemand)).toBe(true);
});

test('stock without a table is unknown, not 0', () => {
  const flags = (stock: Supply['stock']) => planOf(plant({ stock })).items.find((i) => i.item === 'bearing')!.flags;
  expect(flags([])).toContain('stock_unknown');
  expect(flags([{ item: 'seal', quantity: 1 }])).toContain('stock_assumed_none');
  expect(flags([{ item: 'bearing', quantity: 0 }]).filter((f) => f.startsWith('stock'))).toEqual([]);
});

test('demand ahead of a seasonal item is counted from today, not from the beginning of the month', () => {
  const demand = Array.from({ length: 60 }, (_, i) => {
    const month = 2021 * 12 + 6 + i;
    const date = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-03`;
    return { item: 'fan', quantity: month % 12 === 6 || month % 12 === 7 ? 100 : 2, date };
  });
  const items = [{ item: 'fan', lead_time_days: 21 }];
  const expectedOn = (today: string) =>
    planOf(plant({ demand, items, bom: [] }), [], NO_MEMORY, { today }).items[0].expectedDemand;
  // July and August are in season: most demand is ahead at the beginning of August, little at its end.
  const [begins, ends] = [expectedOn('2026-08-01'), expectedOn('2026-08-31')];
  expect(begins).toBeGreaterThan(70);
  expect(ends).toBeLessThan(20);
});

test('history and stock of a superseded item lie at one place, and delays count for its supplier', () => {
  const items = [
    { item: 'old', supplier: 'A' },
    { item: 'new', supersedes: 'old', supplier: 'B', lead_time_days: 10 },
  ];
  const demand = Array.from({ length: 12 }, (_, i) => ({
    item: 'old',
    quantity: 9,
    date: dateOf(dayOf('2025-07-05') + 30 * i),
  }));
  const late = Array.from({ length: 6 }, (_, i) => {
    const [ordered, promised, received] = [0, 10, 30].map((d) => dateOf(dayOf('2026-01-01') + 20 * i + d));
    return { order: `o${i}`, item: 'old', quantity: 1, ordered, promised, received };
  });
  const stock = [{ item: 'old', quantity: 50, site: 'north' }];
  const plan = planOf(plant({ items, demand, stock, purchases: late, bom: [], maintenance: [] }));
  expect(plan.items).toMatchObject([{ item: 'new', site: 'north', stock: 50 }]);
  expect(plan.suppliers.map((s) => [s.supplier, s.received])).toEqual([['A', 6]]);
});

test('cancelled orders stay cancelled; work on a future day is not done', () => {
  const cancelled = {
    order: '1',
    item: 'bearing',
    quantity: 77,
    ordered: '2026-05-01',
    cancelled: '2026-06-01',
    received: '2026-09-01',
  };
  expect(planOf(plant({ purchases: [cancelled] })).items[0].onOrder).toBe(0);
  const work = ['planned', 'preventive'].map((kind, i) => ({
    machine: 'pump-1',
    item: 'bearing',
    kind,
    date: `2026-0${7 + i}-20`,
  }));
  const [item] = planOf(plant({ maintenance: [...plant().maintenance, ...work] })).items;
  expect(item.machines[0]).toMatchObject({ machine: 'pump-1', stream: 'planned' });
});

/** One item with a demand of five a week. */
function weekly(stock: number, purchases: Supply['purchases'], leadDays = 28): Supply {
  const demand = Array.from({ length: 104 }, (_, i) => ({
    item: 'seal',
    quantity: 5,
    date: dateOf(dayOf(TODAY) - 7 * i - 1),
  }));
  const items = [{ item: 'seal', unit_cost: 10, lead_time_days: leadDays, supplier: 'acme' }];
  return { ...noSupply(), items, demand, stock: [{ item: 'seal', quantity: stock }], purchases };
}

test('an empty shelf is a stock-out, whatever arrives within the lead time; a full one is not', () => {
  const order = { order: '1', item: 'seal', quantity: 100, ordered: '2026-07-01', promised: dateOf(dayOf(TODAY) + 25) };
  const [empty] = planOf(weekly(0, [order])).items;
  expect(empty.runOutProbability).toBeGreaterThan(0.95);
  expect(empty.runOutDate! < dateOf(dayOf(TODAY) + 10)).toBe(true);
  expect(planOf(weekly(40, [order])).items[0].runOutProbability).toBeLessThan(0.05);
});

test('an open order without a promise is expected after its lead time', () => {
  const order = { order: '1', item: 'seal', quantity: 100, ordered: dateOf(dayOf(TODAY) - 24) };
  expect(planOf(weekly(15, [order])).items[0].runOutProbability).toBeLessThan(0.1);
  expect(planOf(weekly(15, [])).items[0].runOutProbability).toBeGreaterThan(0.5);
});

test('a forgotten order neither stops ordering nor lengthens lead times, and the plan says so', () => {
  const forgotten = { order: 'S1', item: 'seal', quantity: 500, ordered: '2021-01-01', promised: '2021-01-31' };
  const plan = planOf(weekly(10, [{ ...forgotten, supplier: 'acme' }]));
  expect(plan.items[0]).toMatchObject({ onOrder: 0 });
  expect(plan.items[0].orderNow).toBeGreaterThan(0);
  expect(plan.items[0].leadTimeDays).toBeLessThan(40);
  expect(plan.cleaning.join()).toMatch(/1 open orders are so long overdue .*: S1 of seal/);
  expect(plan.suppliers[0]).toMatchObject({ supplier: 'acme', cancelled: 1 });
});

test('the cost of waiting is what an order of today could still save, however long its lead time', () => {
  const costs = [28, 280].map((days) => planOf(weekly(0, [], days)).items[0].costOfWaiting);
  // A week's five seals at ten each.
  for (const cost of costs) expect(cost).toBeGreaterThan(30);
  for (const cost of costs) expect(cost).toBeLessThan(100);
});
