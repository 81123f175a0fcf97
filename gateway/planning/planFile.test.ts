import { expect, test } from 'vitest';
import { forecastTable } from '#models/demand/forecastTable.ts';
import { randomOf } from '#models/random/random.ts';
import { type PlanOptions, planFile } from './planFile.ts';

const random = randomOf(5);
const poisson = (rate: number) => {
  let k = -1;
  for (let p = 1; p > Math.exp(-rate); k++) p *= random();
  return k;
};
const PARTS = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, rate: 0.2 + i / 30 }));
const DEMAND = [
  ['id', ...Array.from({ length: 36 }, (_, t) => `t${t}`)].join(','),
  ...PARTS.map(({ id, rate }) => [id, ...Array.from({ length: 36 }, () => poisson(rate))].join(',')),
].join('\n');
const HEADER = 'id,stock,on_order,lead_time,unit_cost,order_cost,holding_rate,shortage_cost,minimum_order,pack_size';
const ITEMS = [HEADER, ...PARTS.map(({ id }, i) => `${id},${i % 4},0,2,10,0,0.02,50,0,1`)].join('\n');
const base: PlanOptions = {
  format: 'wide',
  target: { kind: 'cycle', level: 0.95 },
  reviewPeriods: 1,
  frequency: [12],
  jsonl: true,
};

function run(change: Partial<PlanOptions> = {}, items = ITEMS, demand = DEMAND) {
  const lines: string[] = [];
  const said: string[] = [];
  planFile(
    { name: 'demand.csv', bytes: Buffer.from(demand) },
    { name: 'items.csv', bytes: Buffer.from(items) },
    { ...base, ...change },
    (l) => lines.push(l),
    (l) => said.push(l),
  );
  return { lines, said, plans: base.jsonl && (change.jsonl ?? true) ? lines.map((l) => JSON.parse(l)) : [] };
}

test('orders raise the inventory position to the order-up-to level, ranked by the cost of waiting', () => {
  const { plans } = run();
  expect(plans).toHaveLength(60);
  for (const plan of plans) {
    if (plan.position < plan.reorderPoint) expect(plan.position + plan.orderNow).toBe(plan.orderUpTo);
    else expect(plan.orderNow).toBe(0);
    expect(plan.safetyStock).toBeCloseTo(plan.reorderPoint - plan.expectedDemand, 9);
    expect(plan.expectedCycleService).toBeGreaterThanOrEqual(0.94);
  }
  const costs = plans.map((p) => p.costOfWaiting);
  expect(costs).toEqual(costs.toSorted((a, b) => b - a));
});

test('a 95 % reorder point holds in 95 of 100 Poisson intervals', () => {
  for (const plan of run().plans) {
    const { rate } = PARTS[Number(plan.id.slice(1))];
    // No demand in its last eight months, by chance: the forecast allows for obsolescence.
    if (plan.id === 'p28') continue;
    const mean = 3 * rate;
    let [probability, within] = [Math.exp(-mean), 0];
    for (let k = 0; k <= plan.reorderPoint; k++) {
      within += probability;
      probability *= mean / (k + 1);
    }
    expect(within, plan.id).toBeGreaterThan(0.85);
  }
});

test('with frequent orders, a fill-rate target needs less stock than the same cycle-service target', () => {
  const fill = run({ target: { kind: 'fill', level: 0.95 } }).plans;
  expect(fill.every((p) => p.expectedFill >= 0.949)).toBe(true);
  const stock = (plans: { reorderPoint: number }[]) => plans.reduce((sum, p) => sum + p.reorderPoint, 0);
  expect(stock(run({ target: { kind: 'fill', level: 0.99 } }).plans)).toBeGreaterThan(stock(fill));
});

test('least cost balances holding against stock-outs', () => {
  const held = (shortage: number) => {
    const items = ITEMS.replaceAll(',50,0,1', `,${shortage},0,1`);
    return run({ target: { kind: 'cost' } }, items).plans.reduce((sum, p) => sum + p.reorderPoint, 0);
  };
  expect(held(100)).toBeGreaterThan(held(1));
});

test('pack sizes, minimum orders and the economic order quantity', () => {
  const packs = run({}, ITEMS.replaceAll(',50,0,1', ',50,7,4')).plans.filter((p) => p.orderNow > 0);
  expect(packs.every((p) => p.orderNow % 4 === 0 && p.orderNow >= 8)).toBe(true);
  const fixed = run({}, ITEMS.replaceAll(',10,0,0.02', ',10,20,0.02')).plans;
  expect(fixed.every((p) => p.orderUpTo > p.reorderPoint)).toBe(true);
});

test('a budget covers the orders with the highest cost of waiting, and defers the others', () => {
  const all = run().plans.filter((p) => p.orderNow > 0);
  const whole = all.reduce((sum, p) => sum + p.orderCost, 0);
  const some = run({ budget: whole / 3 }).plans.filter((p) => p.orderNow > 0);
  const paid = some.filter((p) => !p.deferred);
  expect(paid.reduce((sum, p) => sum + p.orderCost, 0)).toBeLessThanOrEqual(whole / 3);
  const worth = (p: { costOfWaiting: number; orderCost: number }) => p.costOfWaiting / p.orderCost;
  const first = some.reduce((a, b) => (worth(b) > worth(a) ? b : a));
  expect(first.deferred).toBe(false);
  const left = whole / 3 - paid.reduce((sum, p) => sum + p.orderCost, 0);
  expect(some.filter((p) => p.deferred).every((p) => p.orderCost > left)).toBe(true);
  const gained = (plans: typeof some) => plans.reduce((sum, p) => sum + p.costOfWaiting, 0);
  expect(gained(paid) / gained(some)).toBeGreaterThan(1 / 3);
});

test('for people: one sentence per item; items in only one of the tables are reported', () => {
  const { lines, said } = run({ jsonl: false }, `${ITEMS}\nlonely,1,0,1,1,0,0,1,0,1`);
  expect(lines[0]).toMatch(/^p\d+ {2}order \d+ now: .* expected, reorder at \d+, up to \d+; runs out with \d+ %/);
  expect(said).toEqual(['1 items without a demand history are left out: lonely']);
  expect(run({}, `${HEADER}\np1,0,0,1,1,0,0,1,0,1`).said[0]).toMatch(/^59 histories only inform the others/);
});

test.each([
  ['name\np1\n', 'no column id'],
  ['id,colour\np1,red\n', 'found colour; allowed: id, stock'],
  ['id,stock\np1,many\n', 'items.csv: line 2, column 2 (stock): found "many"'],
  ['id,on_order\np1,-1\n', 'items.csv: line 2, column 2 (on_order): found "-1"'],
  ['id,lead_time\np1,1.5\n', 'a whole number of periods'],
  ['id,pack_size\np1,0\n', 'pack_size'],
  ['id\np1\np1\n', 'stands twice'],
  ['id,stock\n,1\n', 'without an id'],
  ['id,stock\np1,1e15\n', 'found "1e15"'],
  ['', 'items.csv: line 1: the file is empty'],
])('%j is refused with its position', (items, message) => {
  expect(() => run({}, items)).toThrow(message);
});

test('a regular product is planned by its own forecast, not as a part', () => {
  const growing = Array.from({ length: 24 }, (_, t) => 100 + Math.round(2.4 * t));
  const demand = `id,${growing.map((_, t) => `t${t}`).join(',')}\ns,${growing.join(',')}\n`;
  const lines: string[] = [];
  const files = [demand, 'id,lead_time\ns,3\n'].map((text, i) => ({ name: `${i}.csv`, bytes: Buffer.from(text) }));
  planFile(
    files[0],
    files[1],
    base,
    (l) => lines.push(l),
    () => undefined,
  );
  const [plan] = lines.map((l) => JSON.parse(l));
  const settings = { horizon: 4, frequency: [12], quantiles: [0.95], leadTime: 4 };
  const [forecast] = forecastTable([{ id: 's', history: growing }], settings);
  expect(plan.expectedDemand).toBeCloseTo(forecast.leadTime.mean, 9);
  expect(plan.method).toBe(forecast.method);
  expect(Math.abs(plan.reorderPoint - forecast.leadTime.quantiles['0.95'])).toBeLessThanOrEqual(2);
});

test('at long lead times, a fill target is met by stock, without conflicting distributions', () => {
  const items = ITEMS.replaceAll(',0,2,10,', ',0,20,10,');
  for (const plan of run({ target: { kind: 'fill', level: 0.95 } }, items).plans)
    if (plan.expectedDemand > 5) expect(plan.reorderPoint, plan.id).toBeGreaterThan(0.5 * plan.expectedDemand);
});

test('an order without cost is never deferred', () => {
  const free = ITEMS.replaceAll(',2,10,0,', ',2,0,0,');
  expect(run({ budget: 1 }, free).plans.every((p) => !p.deferred)).toBe(true);
});

test('backtest of the latest periods: service, stock and cost of each item and in total', { tags: 'slow' }, () => {
  const { plans } = run({ backtest: 6, reviewPeriods: 2 });
  expect(plans).toHaveLength(PARTS.length + 1);
  expect(plans.at(-1)).toMatchObject({ id: null, periods: 6 });
  expect(plans.at(-1).fill).toBeGreaterThan(0.8);
  const { lines } = run({ backtest: 6, jsonl: false });
  expect(lines[0]).toContain('60 items over the newest 6 periods');
});

test('items without any demand are refused; packs of 0.3 are printed as given', () => {
  const { plans } = run({}, 'id,stock,pack_size\np59,0,0.3\np58,0,0.3\n');
  for (const { orderNow } of plans) expect(String(orderNow).length).toBeLessThan(6);
  expect(() => run({}, 'id,stock\nzzz,1\n')).toThrow(/no item of items.csv is in/);
});

test('an obsolete item is not ordered, however expensive an order is', () => {
  const months = (at: (t: number) => number) => Array.from({ length: 48 }, (_, t) => at(t)).join(',');
  const header = ['id', ...Array.from({ length: 48 }, (_, t) => `t${t}`)].join(',');
  const demand = [header, `ended,${months((t) => (t < 20 ? 4 : 0))}`, `going,${months(() => 4)}`].join('\n');
  const { plans } = run({}, 'id,stock,order_cost\nended,0,100\ngoing,0,100\n', demand);
  expect(plans.find((p) => p.id === 'ended').orderNow).toBe(0);
  expect(plans.find((p) => p.id === 'going').orderNow).toBeGreaterThan(8);
});

test('seasonal demand is served in season: the fill rate is that of its own review period', () => {
  const header = ['id', ...Array.from({ length: 48 }, (_, t) => `t${t}`)].join(',');
  const season = Array.from({ length: 48 }, (_, t) => (t % 12 > 6 ? 28 + Math.floor(6 * random()) : 0)).join(',');
  const [plan] = run(
    { target: { kind: 'fill', level: 0.95 } },
    'id,stock,lead_time\ns,0,8\n',
    `${header}\ns,${season}`,
  ).plans;
  // Two of the nine months are in season.
  expect(plan.expectedDemand).toBeGreaterThan(45);
  expect(plan.reorderPoint).toBeLessThan(100);
});

test('price breaks and lost sales are read from their columns, and change the orders', { tags: 'slow' }, () => {
  const header = `${HEADER},price_breaks,unmet_demand`;
  const items = (breaks: string, unmet: string) =>
    [header, ...PARTS.map(({ id }) => `${id},0,0,2,10,0,0.02,50,0,1,${breaks},${unmet}`)].join('\n');
  const cycle = run({}, items('', 'owed')).plans;
  const cheaper = run({}, items('12:9; 40:2', '')).plans;
  const ordered = cheaper.filter((p) => p.orderNow > 0);
  expect(ordered.length).toBeGreaterThan(30);
  expect(ordered.every((p) => p.discountFrom === 40 && p.orderNow >= 40 && p.orderCost === 2 * p.orderNow)).toBe(true);
  const fill: PlanOptions['target'] = { kind: 'fill', level: 0.8 };
  const stock = (unmet: string) =>
    run({ target: fill }, items('', unmet)).plans.reduce((sum, p) => sum + p.reorderPoint, 0);
  expect(stock('lost')).toBeLessThan(stock(''));
  expect(cycle).toEqual(run({}, items('', '')).plans);
  expect(() => run({}, items('1,000:9', '').replaceAll('1,000:9', '"1,000:9"'))).toThrow(
    /line 2, column 11 \(price_breaks\): found "1,000:9"; quantities and unit costs such as/,
  );
  expect(() => run({}, items('', 'maybe'))).toThrow(/\(unmet_demand\): found "maybe"; one of owed, lost is needed/);
});
