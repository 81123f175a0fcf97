import { gaussian, type Random, randomOf, seedOf } from '#models/random/random.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import { noSupply, SUPPLY_TABLES, type Supply, type SupplyRow, type SupplyTable } from '#models/supply/supplyTables.ts';
import { csvCell } from '#models/tables/csvCell.ts';
import { PLANT_LIVES, PlantLives } from './plantLives.ts';

export interface SupplyChainOptions {
  seed: number;
  /** The last day of the records, `2026-01-31`. */
  today: string;
  months: number;
  /** Machines that use bearings, in addition to the plant's unmonitored ones. */
  watchedMachines: readonly string[];
  unwatchedMachines: number;
}

/** Daily demand of an item, and its supply. */
interface Article {
  row: SupplyRow<'items'>;
  site: string;
  /** Orders a day, and units an order. */
  rate: (day: number) => number;
  size: (random: Random) => number;
  supplier: Supplier;
  /** Order this many when stock and open orders fall to `at`. */
  at: number;
  lot: number;
}

interface Supplier {
  name: string;
  promisedDays: number;
  /** Actual over promised days: lognormal. */
  median: number;
  logDeviation: number;
  /** Share of the deliveries that are short. */
  short: number;
  /** Growth of the delay, in days a year. */
  laterAYear: number;
}

const SUPPLIERS: readonly Supplier[] = [
  { name: 'Norden Bearings', promisedDays: 14, median: 1.05, logDeviation: 0.15, short: 0.02, laterAYear: 0 },
  { name: 'Meridian Supply', promisedDays: 28, median: 1.2, logDeviation: 0.35, short: 0.1, laterAYear: 0 },
  { name: 'Harbour Castings', promisedDays: 42, median: 0.95, logDeviation: 0.2, short: 0.03, laterAYear: 6 },
];
const YEAR = 365.25;
const BEARING = 'bearing 6205';
const BEARING_FAULTS = 'outer_race inner_race ball cage';

/**
 * The records of some years of a supply chain: products with trend, season and promotions at two sites, parts with
 * intermittent demand, suppliers with varying lead times, and a plant whose machines use bearings as they fail. Seeded:
 * the same options give the same records.
 */
export function simulateSupplyChain(options: SupplyChainOptions): Supply {
  const lastDay = dayOf(options.today);
  const firstDay = lastDay - Math.round((options.months * YEAR) / 12);
  const supply = noSupply();
  supply.suppliers = SUPPLIERS.map(({ name, promisedDays }) => ({
    supplier: name,
    name,
    lead_time_days: promisedDays,
  }));
  for (const article of [...products(options.seed, firstDay), ...spares(options.seed)])
    trade(article, supply, firstDay, lastDay, randomOf(seedOf(options.seed, article.row.item, article.site)));
  addPlant(supply, options, firstDay, lastDay);
  return supply;
}

function products(seed: number, firstDay: number): Article[] {
  const random = randomOf(seedOf(seed, 'products'));
  return ['P20', 'P40', 'P60', 'F10', 'F30', 'V15'].flatMap((name, i) =>
    ['north', 'south'].map((site): Article => {
      const level = 0.4 + 2 * random();
      const trend = 0.25 * gaussian(random);
      const phase = 2 * Math.PI * random();
      const depth = 0.2 + 0.4 * random();
      const promotions = new Set(Array.from({ length: 3 }, () => Math.floor(48 * random())));
      const cost = Math.round(40 + 400 * random());
      const month = (day: number) => Math.floor((12 * (day - firstDay)) / YEAR);
      const rate = (day: number) => {
        const years = (day - firstDay) / YEAR;
        const season = 1 + depth * Math.sin(2 * Math.PI * years + phase);
        return Math.max(0.05, level * (1 + trend * years * 0.5) * season * (promotions.has(month(day)) ? 1.8 : 1));
      };
      const supplier = SUPPLIERS[1 + (i % 2)];
      const families: Record<string, string> = { P: 'pumps', F: 'fans', V: 'valves' };
      const row = {
        item: name,
        name: `${families[name[0]].slice(0, -1)} ${name}`,
        family: families[name[0]],
        unit: 'each',
        unit_cost: cost,
        order_cost: 60,
        supplier: supplier.name,
        lead_time_days: supplier.promisedDays,
      };
      const daily = level * 2.5;
      return {
        row,
        site,
        rate,
        size: (r) => 1 + poisson(1.5, r),
        supplier,
        at: Math.ceil(daily * 2.2 * supplier.promisedDays),
        lot: Math.ceil(daily * 30),
      };
    }),
  );
}

function spares(seed: number): Article[] {
  const random = randomOf(seedOf(seed, 'spares'));
  const names = [
    'seal 32',
    'seal 45',
    'belt SPA-1250',
    'coupling insert',
    'gasket DN50',
    'impeller P40',
    'oil filter',
    'fan blade set',
    'thermocouple',
    'contactor 25A',
  ];
  return names.map((item, i): Article => {
    const everyDays = 10 + 80 * random();
    const size = i % 3 === 0 ? 6 : 1.5;
    const supplier = SUPPLIERS[i % 3];
    const row = {
      item,
      family: 'spares',
      unit: 'each',
      unit_cost: Math.round(5 + 150 * random() ** 2),
      order_cost: 25,
      supplier: supplier.name,
      lead_time_days: supplier.promisedDays,
      ...(i % 4 === 0 ? { pack_size: 5, minimum_order: 10 } : {}),
    };
    const lumpy = (r: Random) => Math.max(1, Math.round(size * Math.exp(0.8 * gaussian(r) - 0.32)));
    return {
      row,
      site: '',
      rate: () => 1 / everyDays,
      size: lumpy,
      supplier,
      at: Math.ceil(((2.2 * supplier.promisedDays) / everyDays) * size + size),
      lot: Math.ceil((90 / everyDays) * size),
    };
  });
}

/** Daily orders, deliveries and stock of one article. */
function trade(article: Article, supply: Supply, firstDay: number, lastDay: number, random: Random): void {
  const { row, site, rate, size } = article;
  if (!supply.items.some((i) => i.item === row.item)) supply.items.push(row);
  const its = { item: row.item, ...(site ? { site } : {}) };
  let [stock, coming, number] = [article.at + article.lot, 0, 0];
  const arrivals: { day: number; units: number }[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    while (arrivals.length > 0 && arrivals[0].day <= day) {
      const { units } = arrivals.shift() as { units: number };
      stock += units;
      coming -= units;
    }
    for (let n = poisson(rate(day), random); n > 0; n--) {
      const quantity = size(random);
      const reference = `${row.item}-${site}-${++number}`;
      supply.demand.push({ ...its, date: dateOf(day), quantity, reference });
      stock = Math.max(0, stock - quantity);
      if (random() < 0.01)
        supply.demand.push({
          ...its,
          date: dateOf(Math.min(lastDay, day + 10)),
          quantity: 1,
          kind: 'return',
          reference: `${reference}-r`,
        });
    }
    if (stock + coming > article.at) continue;
    const order = ordered(article, supply, day, lastDay, random);
    coming += order.units;
    arrivals.push(order);
    arrivals.sort((a, b) => a.day - b.day);
  }
  supply.stock.push({ ...its, quantity: stock, date: dateOf(lastDay) });
}

function ordered(
  article: Article,
  supply: Supply,
  day: number,
  lastDay: number,
  random: Random,
): { day: number; units: number } {
  const { row, supplier, lot, site } = article;
  const years = (day - dayOf('2022-01-01')) / YEAR;
  const ratio = supplier.median * Math.exp(supplier.logDeviation * gaussian(random));
  const arrives =
    day + Math.max(1, Math.round(supplier.promisedDays * ratio + supplier.laterAYear * Math.max(0, years)));
  const units = random() < supplier.short ? Math.ceil(lot * 0.8) : lot;
  const done = arrives <= lastDay;
  supply.purchases.push({
    order: `PO-${row.item}-${site}-${day}`,
    item: row.item,
    supplier: supplier.name,
    ...(site ? { site } : {}),
    quantity: lot,
    ordered: dateOf(day),
    promised: dateOf(day + supplier.promisedDays),
    ...(done ? { received: dateOf(arrives), received_quantity: units } : {}),
  });
  return { day: arrives, units };
}

/** Machines that use bearings: their bill of materials and usage, and an empty shelf. */
function addPlant(supply: Supply, options: SupplyChainOptions, firstDay: number, lastDay: number): void {
  const { watchedMachines, unwatchedMachines } = options;
  const names = [...watchedMachines, ...Array.from({ length: unwatchedMachines }, (_, i) => `conveyor-${601 + i}`)];
  const life = { shape: 2.2, scaleDays: 1400 };
  const plant = new PlantLives({ ...PLANT_LIVES, life, machines: names.length, watched: 0, seed: options.seed });
  const supplier = SUPPLIERS[0];
  supply.items.push({
    item: BEARING,
    name: 'deep groove ball bearing 6205',
    family: 'bearings',
    unit: 'each',
    unit_cost: 48,
    order_cost: 20,
    shortage_cost: 4000,
    supplier: supplier.name,
    lead_time_days: supplier.promisedDays,
  });
  supply.stock.push({ item: BEARING, quantity: 0, date: dateOf(lastDay) });
  plant.machines.forEach((m, i) => {
    supply.bom.push({
      machine: names[i],
      item: BEARING,
      quantity: 1,
      faults: BEARING_FAULTS,
      installed: dateOf(firstDay + m.installedDay),
    });
  });
  const place = new Map(plant.machines.map((m, i) => [m.name, names[i]]));
  for (let day = 1; firstDay + day <= lastDay; day++) {
    for (const { machine, kind } of plant.pass(day)) {
      const name = place.get(machine) as string;
      supply.maintenance.push({
        machine: name,
        date: dateOf(firstDay + day),
        kind,
        item: BEARING,
        quantity: 1,
        reference: `WO-${name}-${day}`,
      });
    }
  }
}

/** Source: Knuth, "The Art of Computer Programming", 3.4.1. */
function poisson(rate: number, random: Random): number {
  const limit = Math.exp(-rate);
  let n = -1;
  for (let p = 1; p > limit; p *= random()) n++;
  return n;
}

/** A table of separated values, like an export of a planner's system. */
export function supplyCsv<T extends SupplyTable>(table: T, rows: readonly SupplyRow<T>[]): string {
  const columns = Object.keys(SUPPLY_TABLES[table].columns);
  const used = columns.filter((name) => rows.some((row) => (row as Record<string, unknown>)[name] !== undefined));
  const lines = rows.map((row) =>
    used.map((name) => csvCell(String((row as Record<string, string | number>)[name] ?? ''))).join(','),
  );
  return `${[used.join(','), ...lines].join('\n')}\n`;
}
