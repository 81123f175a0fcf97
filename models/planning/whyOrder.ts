import type { PlanItem } from '#models/contracts/plan.ts';
import { exact } from './lotCycle.ts';
import type { StockItem, StockPlan } from './stockPolicy.ts';

type Planned = Pick<
  PlanItem,
  | 'stock'
  | 'onOrder'
  | 'orderNow'
  | 'reorderPoint'
  | 'orderUpTo'
  | 'safetyStock'
  | 'expectedDemand'
  | 'expectedByMachines'
  | 'protectionDays'
  | 'service'
>;

const SERVICE = {
  cycle: 'nothing runs out in this part of the cycles:',
  fill: 'this part is served from the shelf:',
  cost: 'cost of holding and of running out is least',
} as const;

const shown = (units: number) => String(Number(units.toPrecision(3)));
const whole = (units: number) => String(Number(units.toPrecision(12)));

/** Reason for an order quantity, in one or two sentences; null without an order. Pure. */
export function whyOrder(
  plan: Planned,
  { packSize, minimumOrder, transferIn = 0 }: Pick<StockItem, 'packSize' | 'minimumOrder' | 'transferIn'>,
  { discountFrom, unitCost }: Pick<StockPlan, 'discountFrom' | 'unitCost'> = { discountFrom: null, unitCost: 0 },
) {
  const { stock, onOrder, orderNow, reorderPoint, orderUpTo, expectedDemand, expectedByMachines, service } = plan;
  if (orderNow <= 0) return null;
  const position = exact(stock + onOrder + transferIn);
  const need = orderUpTo - position;
  const days = Math.round(plan.protectionDays);
  const ofMachines = expectedByMachines > 0.05 ? ` (${shown(expectedByMachines)} of them for machines)` : '';
  const level = service.level === null ? '' : ` ${Math.round(1000 * service.level) / 10} %`;
  const reserve =
    plan.safetyStock > 0 ? ` and ${shown(plan.safetyStock)} are kept so that ${SERVICE[service.kind]}${level}` : '';
  const rounded =
    orderNow > need + 1e-9
      ? `, more than the ${whole(need)} that are missing: ${need < Math.max(minimumOrder, discountFrom ?? 0) ? `the least order is ${whole(Math.max(minimumOrder, discountFrom ?? 0))}` : `packs hold ${whole(packSize)}`}`
      : '';
  const discount =
    discountFrom === null
      ? ''
      : ` From ${whole(discountFrom)} on a unit costs ${whole(unitCost)}, which is worth their stock.`;
  return `${whole(position)} are there or coming, below the reorder point of ${whole(reorderPoint)}: ${shown(expectedDemand)} are expected in the ${days} days until the order after this one could come${ofMachines}${reserve}. ${whole(orderNow)} fill up to ${whole(position + orderNow)}${rounded}.${discount}`;
}
