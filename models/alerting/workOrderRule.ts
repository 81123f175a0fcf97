import type { Role } from '../contracts/identity.ts';
import type { WorkOrderTask } from '../contracts/workOrder.ts';
import { type AlertMatch, alertMatches, type MatchedAlert } from './alertMatch.ts';
import type { MachineCosts } from './valueLedger.ts';

/** Whether an order for work is made for an alert, and who decides on it. */
export interface WorkOrderRule {
  match: AlertMatch;
  /** An order of at most this amount is sent without anybody's approval; 0: none is. */
  automaticUpTo: number;
  /** Roles that may approve a dearer one, beside administrators. */
  approvedBy: readonly Role[];
}

export interface WorkOrderDecision {
  task: WorkOrderTask;
  /** Estimated, in the currency of the costs. */
  amount: number;
  isAutomatic: boolean;
  approvers: readonly Role[];
}

/**
 * What the first rule that is about an alert decides; null: no order. A warning asks for an inspection, a critical alert
 * for a repair; the machine's costs are the estimate. Pure.
 */
export function decideWorkOrder(
  rules: readonly WorkOrderRule[],
  alert: MatchedAlert,
  costs: MachineCosts,
): WorkOrderDecision | null {
  const rule = rules.find(({ match }) => alertMatches(match, alert));
  if (rule === undefined) return null;
  const task = alert.severity === 'critical' ? 'repair' : 'inspect';
  const amount = task === 'repair' ? costs.plannedStop : costs.inspection;
  return { task, amount, isAutomatic: amount <= rule.automaticUpTo, approvers: rule.approvedBy };
}
