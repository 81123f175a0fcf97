import type { Alarm } from '#models/contracts/alert.ts';

/** What people are notified of. Mere updates are not among them. */
export type NotificationEvent =
  | 'raised'
  | 'escalated'
  | 'returned'
  | 'reopened'
  | 'unshelved'
  | 'unacknowledged'
  | 'test';

/** States that annunciate nothing. */
const isSilent = ({ state }: Alarm) => state === 'shelved' || state === 'out_of_service';

/** What a change of an alarm is to those who are notified; null: nothing. Pure. */
export function notificationEvent(before: Alarm | null, after: Alarm): NotificationEvent | null {
  if (isSilent(after)) return null;
  if (before === null) return after.returnedAtMs === null ? 'raised' : null;
  if (before.severity === 'warning' && after.severity === 'critical' && after.returnedAtMs === null) return 'escalated';
  if (before.returnedAtMs === null && after.returnedAtMs !== null)
    return after.closed === undefined ? 'returned' : null;
  if (before.returnedAtMs !== null && after.returnedAtMs === null) return 'raised';
  if (before.closed !== undefined && after.closed === undefined) return 'reopened';
  return isSilent(before) && after.state === 'unacknowledged' ? 'unshelved' : null;
}
