import type { AlertRecord } from '#models/contracts/alert.ts';
import type { PlanAlert } from '#models/contracts/plan.ts';

/** An alert of a machine, or one for planners. */
export type Notice = AlertRecord | PlanAlert;

/** Tells people outside of Millwright of an alert. Rejects where it could not. */
export interface Notifier {
  readonly name: string;
  notify(notice: Notice): Promise<void>;
}
