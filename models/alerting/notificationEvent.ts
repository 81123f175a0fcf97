import type { Alarm } from '#models/contracts/alert.ts';

/** What people are notified of. Mere updates are not among them. */
export type NotificationEvent =
  | 'raised'
  | 'escalated'
  | 'returned'
  | 'reopened'
  | 'unshelved'
  | 'unsuppressed'
  | 'unacknowledged'
  | 'test';

/** States that annunciate nothing. */
const isSilent = ({ state }: Alarm) => state === 'shelved' || state === 'suppressed' || state === 'out_of_service';

/**
 * What those who are notified learn of a change of an alarm, in order; empty: nothing. Pure. An alarm whose return is the
 * first that is known of it was raised all the same: a passing alarm is annunciated, and each return has its raise.
 */
export function notificationEvents(before: Alarm | null, after: Alarm): NotificationEvent[] {
  if (isSilent(after)) return [];
  if (before === null) return after.returnedAtMs === null ? ['raised'] : ['raised', 'returned'];
  const event = eventOf(before, after);
  return event === null ? [] : [event];
}

function eventOf(before: Alarm, after: Alarm): NotificationEvent | null {
  if (before.severity === 'warning' && after.severity === 'critical' && after.returnedAtMs === null) return 'escalated';
  if (before.returnedAtMs === null && after.returnedAtMs !== null)
    return after.closed === undefined ? 'returned' : null;
  if (before.returnedAtMs !== null && after.returnedAtMs === null) return 'raised';
  if (before.closed !== undefined && after.closed === undefined) return 'reopened';
  // It was annunciated, and returned unseen.
  if (before.suppressed?.wasStanding && after.suppressed === undefined && after.returnedAtMs !== null)
    return after.closed === undefined ? 'returned' : null;
  if (!isSilent(before) || after.state !== 'unacknowledged') return null;
  return before.state === 'suppressed' ? 'unsuppressed' : 'unshelved';
}
