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

/** One line: the event, its severity, and the alert text. */
export function notificationLine({ event, notice }: Notification): string {
  return `${EVENTS[event]} (${notice.severity}): ${notice.text}`;
}

/** One line per notification; those of one case are grouped under a heading. */
export function notificationLines(notifications: readonly Notification[]): string[] {
  const cases = new Map<string, Notification[]>();
  for (const one of notifications) {
    const key = ('case' in one.notice && one.notice.case) || one.notice.id;
    cases.set(key, [...(cases.get(key) ?? []), one]);
  }
  return [...cases.values()].flatMap((own) =>
    own.length === 1 ? own.map(notificationLine) : [caseLine(own), ...own.map((n) => `- ${notificationLine(n)}`)],
  );
}

function caseLine(notifications: readonly Notification[]): string {
  const machines = new Set(notifications.map(({ notice }) => ('asset' in notice ? notice.asset : notice.item)));
  const [{ notice }] = notifications;
  const [first] = machines;
  const what = machines.size === 1 ? first : `${machines.size} machines alarmed together`;
  return `One case of ${notice.site}: ${what}, ${notifications.length} notifications`;
}

/** The title of one notification, or of a digest. */
export function notificationTitle(notifications: readonly Notification[]): string {
  if (notifications.length === 1) {
    const [{ event, notice }] = notifications;
    return `Millwright: ${EVENTS[event].toLowerCase()}, ${'asset' in notice ? notice.asset : notice.item}`;
  }
  const critical = notifications.filter(({ notice }) => notice.severity === 'critical').length;
  return `Millwright: ${notifications.length} notifications${critical > 0 ? `, ${critical} critical` : ''}`;
}
