import type { StockItem } from './stockPolicy.ts';

/** An item without stock, order cost or packs; tests override what they need. */
export const ITEM: StockItem = {
  stock: 0,
  onOrder: 0,
  unitCost: 10,
  orderCost: 0,
  holdingRate: 0.02,
  shortageCost: 10,
  minimumOrder: 0,
  packSize: 1,
  unit: 1,
};
