import type { Alarm } from '#models/contracts/alert.ts';

/** Events that are notified. Mere updates are not. */
export type NotificationEvent =
  | 'raised'
  | 'escalated'
  | 'returned'
  | 'reopened'
  | 'unshelved'
  | 'unsuppressed'
  | 'unacknowledged'
  | 'test';

/** States in which nothing is annunciated. */
const isSilent = ({ state }: Alarm) => state === 'shelved' || state === 'suppressed' || state === 'out_of_service';

/**
 * Events to notify for a change of an alarm, in order; may be empty. Pure. An alarm first seen at its return still gets
 * a raise event: a transient alarm is annunciated, and each return has its raise.
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
  // It was annunciated before, and returned while suppressed.
  if (before.suppressed?.wasStanding && after.suppressed === undefined && after.returnedAtMs !== null)
    return after.closed === undefined ? 'returned' : null;
  if (!isSilent(before) || after.state !== 'unacknowledged') return null;
  return before.state === 'suppressed' ? 'unsuppressed' : 'unshelved';
}
