import type { Role } from '../contracts/identity.ts';
import type { WorkOrderTask } from '../contracts/workOrder.ts';
import { type AlertMatch, alertMatches, type MatchedAlert } from './alertMatch.ts';
import type { MachineCosts } from './valueLedger.ts';

/** Whether an alert creates a work order, and who approves it. */
export interface WorkOrderRule {
  match: AlertMatch;
  /** Orders of at most this amount are sent without approval; 0: none. */
  automaticUpTo: number;
  /** Roles besides administrators that may approve a larger one. */
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
 * The decision of the first rule that applies to an alert; null: no order. A warning calls for an inspection, a
 * critical alert for a repair; the machine's costs are the estimate. Pure.
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
