import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { PlanAlert } from '#models/contracts/plan.ts';

/** A machine alert or a planner alert. */
export type Notice = AlertRecord | PlanAlert;

export interface Notification {
  /** The same for each attempt, even after a restart, so that a receiver can discard repeats. */
  key: string;
  event: NotificationEvent;
  notice: Notice;
}

/** A notification channel. */
export interface Notifier {
  readonly name: string;
  /** Notifications that one message of the channel can carry; more during floods form a digest. */
  readonly most: number;
  /** Rejects if any of them could not be delivered. */
  notify(notifications: readonly Notification[]): Promise<void>;
}
