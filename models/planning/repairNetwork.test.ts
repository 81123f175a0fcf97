import { describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { countLaw, momentsBeyond } from './countLaw.ts';
import {
  bestLevels,
  depotDaysOf,
  levelsWithin,
  type RepairNetwork,
  type RepairSite,
  serviceOf,
} from './repairNetwork.ts';

const site = (rate: number, more: Partial<RepairSite> = {}): RepairSite => ({
  ...{ rate, transportDays: 0, ownShare: 0, ownDays: 0, ...more },
});
const network = (depotDays: number, sites: RepairSite[], varianceRatio = 1): RepairNetwork => ({
  ...{ depotDays, sites, varianceRatio },
});
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Five bases as in Sherbrooke, "Optimal Inventory Modeling of Systems" (2004), ch. 3; times in years. */
const fiveBases = network(
  0.02531,
  Array.from({ length: 5 }, () => site(23.2, { transportDays: 0.01, ownShare: 0.2, ownDays: 0.01 })),
);

test('backorders of one site are the Poisson loss: 1, 0.368, 0.104, 0.023, 0.004 of one unit in repair', () => {
  const backorders = [0, 1, 2, 3, 4].map((s) => momentsBeyond(countLaw(1), s).mean.toFixed(3));
  expect(backorders).toEqual(['1.000', '0.368', '0.104', '0.023', '0.004']);
  // P(X > s) falls with each further unit, and large means do not underflow.
  const law = countLaw(900);
  expect(sum([...law])).toBeCloseTo(1, 9);
  expect(momentsBeyond(law, 0).mean).toBeCloseTo(900, 6);
  const wide = countLaw(12, 30);
  expect(momentsBeyond(wide, 0).mean).toBeCloseTo(12, 8);
  expect(momentsBeyond(wide, 0).variance).toBeCloseTo(30, 6);
});

test('the pipelines of five bases and a depot: 92.8 requests a year, 2.3488 in repair', () => {
  expect(sum(fiveBases.sites.map((s) => s.rate * (1 - s.ownShare)))).toBeCloseTo(92.8, 9);
  // Without stock, everything in the pipeline is owed: 5 · 0.232 of own repair and transport, and the depot's 2.348768.
  const none = serviceOf(fiveBases, { depot: 0, sites: [0, 0, 0, 0, 0] });
  expect(sum(none.map((s) => s.backorders))).toBeCloseTo(5 * 0.232 + 2.348768, 9);
  // With a depot that never runs out, only own repair and transport remain.
  const full = serviceOf(fiveBases, { depot: 40, sites: [1, 0, 0, 0, 0] }, 'poisson');
  expect(full[1].backorders).toBeCloseTo(0.232, 9);
  expect(full[0]).toMatchObject({ fill: expect.closeTo(Math.exp(-0.232), 9) });
  expect(full[0].ready).toBeCloseTo(Math.exp(-0.232) * 1.232, 9);
});

/**
 * The exact distribution of a site's outstanding requests with a fixed transport time: Graves (1985), equations 2 to 4.
 */
function exactBackorders(net: RepairNetwork, depot: number, j: number, stock: number): number {
  const total = sum(net.sites.map((s) => s.rate));
  const part = net.sites[j].rate / total;
  const poisson = (mean: number, most: number) => {
    const p = [Math.exp(-mean)];
    for (let k = 1; k <= most; k++) p.push((p[k - 1] * mean) / k);
    return p;
  };
  const MOST = 120;
  const inRepair = poisson(total * net.depotDays, MOST);
  const way = poisson(net.sites[j].rate * net.sites[j].transportDays, MOST);
  let backorders = 0;
  for (let repair = 0; repair <= MOST; repair++) {
    const owed = Math.max(0, repair - depot);
    let chance = (1 - part) ** owed;
    for (let own = 0; own <= owed; own++) {
      for (let k = 0; k <= MOST; k++) backorders += inRepair[repair] * chance * way[k] * Math.max(0, own + k - stock);
      chance *= ((owed - own) / (own + 1)) * (part / (1 - part));
    }
  }
  return backorders;
}

describe('against the exact law of Poisson failures', () => {
  // Low rates and equal sites, as in Graves: 2 to 6 sites, pipelines from 0.5 to 8, depots with and without stock.
  const cases = [2, 4, 6].flatMap((n) => [0.25, 1].flatMap((rate) => [2, 5].map((days) => ({ n, rate, days }))));

  test('the corrected backorders lie within 2 % of it, METRIC alone up to 75 % below', () => {
    let [worst, worstPoisson] = [0, 0];
    for (const { n, rate, days } of cases) {
      const net = network(
        days,
        Array.from({ length: n }, () => site(rate, { transportDays: 1 })),
      );
      for (const depot of [0, Math.round(n * rate * days)])
        for (const stock of [0, 1, 2, 3]) {
          const exact = exactBackorders(net, depot, 0, stock);
          if (exact < 0.005) continue;
          const levels = { depot, sites: Array.from({ length: n }, () => stock) };
          const [corrected] = serviceOf(net, levels);
          const [poisson] = serviceOf(net, levels, 'poisson');
          worst = Math.max(worst, Math.abs(corrected.backorders / exact - 1));
          worstPoisson = Math.max(worstPoisson, 1 - poisson.backorders / exact);
        }
    }
    expect(worst).toBeLessThan(0.02);
    expect(worstPoisson).toBeCloseTo(0.75, 2);
  });
});

/** Simulates failures, repair and transport unit by unit, independently of the formulas. */
function played(
  net: RepairNetwork,
  levels: { depot: number; sites: number[] },
  days: number,
  repair: () => number,
  seed: number,
) {
  const random = randomOf(seed);
  const exponential = (rate: number) => -Math.log(1 - random()) / rate;
  type Event = { at: number; kind: 'fail' | 'repaired' | 'arrived'; j: number };
  const events: Event[] = net.sites.map((s, j) => ({ at: exponential(s.rate), kind: 'fail', j }));
  const stock = [...levels.sites];
  let depot = levels.depot;
  const waiting: number[] = [];
  const owedFor = net.sites.map(() => 0);
  const served = net.sites.map(() => [0, 0]);
  let now = 0;
  const ship = (j: number) => events.push({ at: now + net.sites[j].transportDays, kind: 'arrived', j });
  for (;;) {
    let next = 0;
    for (let i = 1; i < events.length; i++) if (events[i].at < events[next].at) next = i;
    const [{ at, kind, j }] = events.splice(next, 1);
    stock.forEach((s, k) => {
      owedFor[k] += Math.max(0, -s) * (Math.min(at, days) - now);
    });
    if (at >= days) break;
    now = at;
    if (kind === 'arrived') stock[j]++;
    else if (kind === 'repaired') {
      const first = waiting.shift();
      if (first === undefined) depot++;
      else ship(first);
    } else {
      events.push({ at: now + exponential(net.sites[j].rate), kind: 'fail', j });
      served[j][1]++;
      if (stock[j] > 0) served[j][0]++;
      stock[j]--;
      events.push({ at: now + repair(), kind: 'repaired', j });
      if (depot > 0) {
        depot--;
        ship(j);
      } else waiting.push(j);
    }
  }
  return net.sites.map((_, j) => ({ backorders: owedFor[j] / days, fill: served[j][0] / served[j][1] }));
}

test('a simulation of 240,000 days, with varying repair times and a part that is scrapped and purchased', () => {
  const [repairDays, scrapShare, purchaseDays] = [12, 0.1, 60];
  const days = depotDaysOf(repairDays, scrapShare, purchaseDays);
  expect(days).toBeCloseTo(16.8, 9);
  const net = network(days, [
    site(0.1, { transportDays: 2 }),
    site(0.05, { transportDays: 5 }),
    site(0.2, { transportDays: 1 }),
  ]);
  const levels = { depot: 5, sites: [1, 1, 2] };
  const random = randomOf(5);
  const repair = () => (random() < scrapShare ? purchaseDays : -Math.log(1 - random()) * repairDays);
  const found = played(net, levels, 240_000, repair, 7);
  serviceOf(net, levels).forEach(({ backorders, fill }, j) => {
    expect(Math.abs(fill - found[j].fill)).toBeLessThan(0.012);
    expect(Math.abs(backorders / found[j].backorders - 1)).toBeLessThan(0.08);
  });
});

describe('levels', () => {
  const net = network(10, [site(0.1, { transportDays: 2 }), site(0.3, { transportDays: 4 })]);
  /** Every allocation of a number of units. */
  const everyWay = (units: number) =>
    Array.from({ length: units + 1 }, (_, depot) =>
      Array.from({ length: units - depot + 1 }, (__, a) => ({ depot, sites: [a, units - depot - a] })),
    ).flat();

  test('for each number of units no other allocation has fewer backorders', () => {
    const options = bestLevels(net, 9);
    expect(options.map((o) => o.units)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { units, backorders, depot, sites } of options) {
      const all = everyWay(units).map((levels) => sum(serviceOf(net, levels).map((s) => s.backorders)));
      expect(backorders).toBeCloseTo(Math.min(...all), 9);
      expect(sum(serviceOf(net, { depot, sites }).map((s) => s.backorders))).toBeCloseTo(backorders, 9);
    }
  });

  test('a budget over two items removes as many backorders as any way to spend it, on the hull', () => {
    const items = [
      { network: net, unitCost: 100 },
      { network: network(20, [site(0.05, { transportDays: 3 })]), unitCost: 40 },
    ];
    const chosen = levelsWithin(items, 620);
    const cost = sum(chosen.map(({ units }, i) => units * items[i].unitCost));
    expect(cost).toBeLessThanOrEqual(620);
    const [a, b] = items.map(({ network: own }) => bestLevels(own, 15));
    const within = a.flatMap((x) =>
      b.filter((y) => x.units * 100 + y.units * 40 <= cost).map((y) => x.backorders + y.backorders),
    );
    expect(sum(chosen.map((c) => c.backorders))).toBeCloseTo(Math.min(...within), 9);
  });
});
