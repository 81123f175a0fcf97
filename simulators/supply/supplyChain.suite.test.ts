import { expect, test } from 'vitest';
import { NO_MEMORY } from '#models/planning/planMemory.ts';
import { planSupply } from '#models/planning/planSupply.ts';
import { readSupply } from '#models/supply/readSupply.ts';
import { supplyTableNames } from '#models/supply/supplyTables.ts';
import { parseTable } from '#models/tables/parseTable.ts';
import { simulateSupplyChain, supplyCsv } from './supplyChain.ts';

const options = {
  seed: 7,
  today: '2026-07-10',
  months: 60,
  watchedMachines: ['pump-101', 'pump-102', 'fan-301'],
  unwatchedMachines: 6,
};
const supply = simulateSupplyChain(options);

test('the same seed gives the same records, another seed different ones', () => {
  expect(simulateSupplyChain(options)).toEqual(supply);
  expect(simulateSupplyChain({ ...options, seed: 8 }).demand).not.toEqual(supply.demand);
});

test('its tables can be read back without a note', () => {
  for (const table of supplyTableNames) {
    const { rows, notes } = readSupply(table, parseTable(Buffer.from(supplyCsv(table, supply[table]))));
    expect(rows, table).toEqual(supply[table]);
    expect(notes, table).toEqual([]);
  }
});

test('it has every kind of demand, late suppliers, and machines that use bearings', () => {
  const settings = {
    today: options.today,
    period: 'month',
    horizon: 6,
    reviewDays: 7,
    target: { kind: 'cycle', level: 0.95 },
    usualLifeDays: 1500,
    holdingRateAYear: 0.2,
    budget: null,
  } as const;
  const plan = planSupply(supply, { health: [], alerts: [] }, NO_MEMORY, settings);
  const classes = new Set(plan.items.map((i) => i.class));
  for (const kind of ['smooth', 'intermittent', 'lumpy']) expect(classes).toContain(kind);
  expect(plan.items.some((i) => i.flags.includes('seasonal'))).toBe(true);
  const [worst] = plan.suppliers;
  expect(worst.supplier).not.toBe('Norden Bearings');
  const late = plan.suppliers.find((s) => s.supplier === 'Harbour Castings')!;
  expect(late.delayTrendDaysAYear).toBeGreaterThan(3);
  const bearing = plan.items.find((i) => i.item === 'bearing 6205')!;
  expect(bearing.machines).toHaveLength(9);
  expect(bearing.expectedDemand).toBeCloseTo(bearing.expectedByMachines, 6);
  const all = plan.backtest.steps.find((s) => s.class === 'all')!.measures;
  expect(all.coverage['0.95']).toBeGreaterThan(0.88);
  expect(all.valueAdded).toBeGreaterThan(0);
});
