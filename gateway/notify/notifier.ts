import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { PlanAlert } from '#models/contracts/plan.ts';

/** An alert of a machine, or one for planners. */
export type Notice = AlertRecord | PlanAlert;

export interface Notification {
  /** The same for each attempt, also after a restart: a receiver knows a repeated one by it. */
  key: string;
  event: NotificationEvent;
  notice: Notice;
}

/** A channel to people outside of Millwright. */
export interface Notifier {
  readonly name: string;
  /** Notifications that one message of the channel can carry: floods become digests. */
  readonly most: number;
  /** Rejects where they could not all be delivered. */
  notify(notifications: readonly Notification[]): Promise<void>;
}
