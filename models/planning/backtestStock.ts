import type { ItemHistory } from '#models/demand/readHistory.ts';
import { type PlannedItem, planItems } from './planItems.ts';
import type { StockTarget } from './stockPolicy.ts';

/** What a policy would have done over the replayed periods. */
export interface PlayedStock {
  /** Share of the demand that was served from the shelf. */
  fill: number;
  /** Share of the periods without a stock-out. */
  cycleService: number;
  meanStock: number;
  meanStockValue: number;
  orders: number;
  /** Of holding, ordering and shortage. */
  cost: number;
}

export interface StockBacktest {
  periods: number;
  all: PlayedStock;
  items: (PlayedStock & { id: string })[];
}

interface Shelf {
  item: PlannedItem;
  /** Negative: backordered units. */
  onHand: number;
  coming: { period: number; units: number }[];
  asked: number;
  served: number;
  dry: number;
  stock: number;
  orders: number;
}

/** Shortest history that a plan is made from. */
const MIN_LEFT = 4;

/**
 * Replays the newest periods: in each period everything is planned from the data known at that time, orders arrive
 * after the lead time, and demand is the actual demand. Shortages are backordered and served first from receipts, or
 * lost where the item says so. The stock starts at the order-up-to level of the first plan.
 */
export function backtestStock(
  items: readonly PlannedItem[],
  others: readonly ItemHistory[],
  target: StockTarget,
  frequency: readonly number[],
  reviewPeriods: number,
  periods: number,
): StockBacktest {
  const played = items.filter(({ history }) => history.length >= periods + MIN_LEFT);
  const shelves = new Map<string, Shelf>();
  for (let back = periods; back > 0; back--) {
    const cut = played.map((item) => cutBack(item, back, shelves.get(item.id)));
    const teachers = others
      .filter((o) => o.history.length > back + 1)
      .map((o) => ({ ...o, history: o.history.slice(0, -back) }));
    const now = periods - back;
    if (now % reviewPeriods === 0) {
      for (const plan of planItems(cut, teachers, target, frequency, reviewPeriods)) {
        const shelf =
          shelves.get(plan.id) ?? newShelf(played.find((i) => i.id === plan.id) as PlannedItem, plan.orderUpTo);
        if (shelves.has(plan.id) && plan.orderNow > 0) {
          shelf.coming.push({ period: now + shelf.item.leadTime, units: plan.orderNow });
          shelf.orders++;
        }
        shelves.set(plan.id, shelf);
      }
    }
    for (const shelf of shelves.values()) pass(shelf, now, shelf.item.history[shelf.item.history.length - back]);
  }
  const all = [...shelves.values()];
  const results = all.map((shelf) => ({ id: shelf.item.id, ...resultOf([shelf], periods) }));
  return { periods, all: resultOf(all, periods), items: results };
}

function newShelf(item: PlannedItem, onHand: number): Shelf {
  return { item, onHand, coming: [], asked: 0, served: 0, dry: 0, stock: 0, orders: 0 };
}

function cutBack(item: PlannedItem, back: number, shelf: Shelf | undefined): PlannedItem {
  const onOrder = shelf?.coming.reduce((sum, c) => sum + c.units, 0) ?? 0;
  return { ...item, history: item.history.slice(0, -back), stock: shelf?.onHand ?? 0, onOrder };
}

function pass(shelf: Shelf, now: number, demand: number): void {
  shelf.onHand += shelf.coming.filter((c) => c.period <= now).reduce((sum, c) => sum + c.units, 0);
  shelf.coming = shelf.coming.filter((c) => c.period > now);
  const served = Math.min(demand, Math.max(0, shelf.onHand));
  shelf.onHand -= shelf.item.unmetDemand === 'lost' ? served : demand;
  shelf.asked += demand;
  shelf.served += served;
  shelf.stock += Math.max(0, shelf.onHand);
  if (served < demand) shelf.dry++;
}

function resultOf(shelves: readonly Shelf[], periods: number): PlayedStock {
  const sum = (value: (s: Shelf) => number) => shelves.reduce((total, s) => total + value(s), 0);
  const totalDemand = sum((s) => s.asked);
  return {
    fill: totalDemand > 0 ? sum((s) => s.served) / totalDemand : 1,
    cycleService: 1 - sum((s) => s.dry) / Math.max(1, shelves.length * periods),
    meanStock: sum((s) => s.stock) / periods,
    meanStockValue: sum((s) => s.stock * s.item.unitCost) / periods,
    orders: sum((s) => s.orders),
    cost: sum(
      ({ item, stock, orders, asked: demanded, served }) =>
        stock * item.unitCost * item.holdingRate + orders * item.orderCost + (demanded - served) * item.shortageCost,
    ),
  };
}
