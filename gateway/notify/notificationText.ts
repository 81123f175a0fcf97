import type { NotificationEvent } from '#models/alerting/notificationEvent.ts';
import type { Notification } from './notifier.ts';

const EVENTS: Record<NotificationEvent, string> = {
  raised: 'Raised',
  escalated: 'Now critical',
  returned: 'Returned to normal',
  reopened: 'Reopened',
  unshelved: 'No longer shelved',
  unsuppressed: 'No longer suppressed',
  unacknowledged: 'Still not acknowledged',
  test: 'Test',
};

/** One line: what happened, how severe it is, and the alert's own sentence. */
export function notificationLine({ event, notice }: Notification): string {
  return `${EVENTS[event]} (${notice.severity}): ${notice.text}`;
}

/** A title for one notification or for a digest of several. */
export function notificationTitle(notifications: readonly Notification[]): string {
  if (notifications.length === 1) {
    const [{ event, notice }] = notifications;
    return `Millwright: ${EVENTS[event].toLowerCase()}, ${'asset' in notice ? notice.asset : notice.item}`;
  }
  const critical = notifications.filter(({ notice }) => notice.severity === 'critical').length;
  return `Millwright: ${notifications.length} notifications${critical > 0 ? `, ${critical} critical` : ''}`;
}
