/** Whether this gateway does the work that only one may do: notifications, escalation, retention, planning. */
export interface Lead {
  readonly isLeader: boolean;
}

/** A gateway whose state is in its own files is always the only one. */
export const ALONE: Lead = { isLeader: true };
