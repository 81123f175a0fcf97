import { expect, test } from 'vitest';
import type { PlanItem } from '#models/contracts/plan.ts';
import { parseWorkbook } from '#models/tables/parseWorkbook.ts';
import { planCsv, planWorkbook } from './planCsv.ts';

const item = { item: 'seal', site: 'north', unitCost: 2.5, orderNow: 0, transfersIn: [{ site: 'south', quantity: 7 }] };

test('transfers have columns in the plan and a separate sheet', () => {
  const [header, row] = planCsv([item as PlanItem]).split('\n');
  expect(row.split(',')[header.split(',').indexOf('transfersIn')]).toBe('7 south');
  const { rows } = parseWorkbook(planWorkbook([item as PlanItem], []), 'Transfers');
  expect(rows[0].slice(0, 7)).toEqual(['item', 'name', 'from', 'to', 'quantity', 'unit', 'value']);
  expect(rows[1].slice(2, 7)).toEqual(['south', 'north', '7', '', '17.5']);
});
