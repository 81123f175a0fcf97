/** From this order quantity on, all units have this cost. */
export interface PriceBreak {
  from: number;
  unitCost: number;
}

const PAIR = /^(\d+(?:[.,]\d+)?)\s*[:=]\s*(\d+(?:[.,]\d+)?)$/;
/** One thousand in one language, one in another. */
const EITHER = /^[1-9]\d{0,2}[.,]\d{3}$/;

export const PRICE_BREAKS_EXPECTED =
  'quantities and unit costs such as 400:0.72; 800:0.68 are needed, quantities rising, costs falling, no signs for thousands';

/** Quantities from which a unit costs less, as in `400:0.72; 800:0.68`; null: ambiguous or unreadable. */
export function parsePriceBreaks(text: string): PriceBreak[] | null {
  const pairs = text
    .split(/[;|]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => PAIR.exec(pair)?.slice(1) ?? null);
  if (pairs.length === 0 || pairs.some((pair) => pair === null || pair.some((cell) => EITHER.test(cell)))) return null;
  const breaks = pairs.map((pair) => {
    const [from, unitCost] = (pair as string[]).map((cell) => Number(cell.replace(',', '.')));
    return { from, unitCost };
  });
  const ordered = breaks.every(
    ({ from, unitCost }, i) =>
      from > 0 && (i === 0 || (from > breaks[i - 1].from && unitCost < breaks[i - 1].unitCost)),
  );
  return ordered ? breaks : null;
}

/** Unit cost of an order of a given size. */
export function unitCostOf(quantity: number, unitCost: number, breaks: readonly PriceBreak[] = []): number {
  return breaks.findLast(({ from }) => quantity >= from)?.unitCost ?? unitCost;
}

interface Priced {
  /** Fixed cost of one order. */
  orderCost: number;
  unitCost: number;
  minimumOrder: number;
  priceBreaks?: readonly PriceBreak[];
}

/** The item at each of its prices: orders at a lower one have at least its quantity. */
export function offersOf<T extends Priced>(item: T): T[] {
  const lower = (item.priceBreaks ?? []).filter(({ unitCost }) => unitCost < item.unitCost);
  return [
    item,
    ...lower.map(({ from, unitCost }) => ({ ...item, unitCost, minimumOrder: Math.max(item.minimumOrder, from) })),
  ];
}

/** Cost of an order, at the unit price for its size. */
export function costOfOrder({ orderCost, unitCost, priceBreaks }: Priced, units: number): number {
  return units > 0 ? orderCost + units * unitCostOf(units, unitCost, priceBreaks) : 0;
}
