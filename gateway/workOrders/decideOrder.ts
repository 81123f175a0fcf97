import { decideWorkOrder } from '#models/alerting/workOrderRule.ts';
import type { GatewayConfig } from '../config.ts';
import { machineCosts } from '../machineCosts.ts';
import type { DecideOrder } from './workOrderTable.ts';

/** The configured approval policy; undefined without a maintenance system. */
export function decideOrderBy({ workOrders, costs }: GatewayConfig): DecideOrder | undefined {
  if (workOrders === undefined) return undefined;
  return (alert) => {
    const decision = decideWorkOrder(
      workOrders.rules,
      { ...alert, machine: alert.asset },
      machineCosts(costs, alert.asset),
    );
    return decision && { ...decision, currency: costs.currency };
  };
}
