import { expect, test } from 'vitest';
import { whyOrder } from './whyOrder.ts';

const plan = {
  stock: 1,
  onOrder: 2,
  orderNow: 7,
  reorderPoint: 4,
  orderUpTo: 10,
  safetyStock: 1.5,
  expectedDemand: 2.5,
  expectedByMachines: 0,
  protectionDays: 22,
  service: { kind: 'cycle' as const, level: 0.95 },
};
const free = { packSize: 1, minimumOrder: 0 };

test('explains a quantity by stock, expected demand and safety stock', () => {
  expect(whyOrder(plan, free)).toBe(
    '3 are there or coming, below the reorder point of 4: 2.5 are expected in the 22 days until the order after this one could come and 1.5 are kept so that nothing runs out in this part of the cycles: 95 %. 7 fill up to 10.',
  );
  expect(whyOrder({ ...plan, orderNow: 0 }, free)).toBeNull();
  expect(whyOrder({ ...plan, expectedByMachines: 1 }, free)).toContain('(1 of them for machines)');
});

test('mentions the quantity added by packs or the minimum order', () => {
  expect(whyOrder({ ...plan, orderNow: 8 }, { packSize: 4, minimumOrder: 0 })).toMatch(
    /8 fill up to 11, more than the 7 that are missing: packs hold 4\.$/,
  );
  expect(whyOrder({ ...plan, orderNow: 20 }, { packSize: 1, minimumOrder: 20 })).toMatch(
    /20 fill up to 23, more than the 7 that are missing: the least order is 20\.$/,
  );
});

test('mentions the quantity raised to a lower price, with the price', () => {
  expect(whyOrder({ ...plan, orderNow: 20 }, free, { discountFrom: 20, unitCost: 4.5 })).toMatch(
    /missing: the least order is 20\. From 20 on a unit costs 4\.5, which is worth their stock\.$/,
  );
});
