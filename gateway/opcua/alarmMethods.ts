import type { AlarmAction } from '#models/contracts/alert.ts';

/** Seven days, the longest possible shelving, less a tolerance for clock differences. */
export const LONGEST_SHELVED_MS = 7 * 86_400_000 - 60_000;
const SHELVED = 'shelved over OPC UA';

/** Methods of a condition that an OPC UA client may call (OPC 10000-9, 5.5 to 5.8). */
export type ConditionCall =
  | { method: 'Acknowledge' | 'Confirm' | 'AddComment'; comment: string }
  | { method: 'TimedShelve'; durationMs: number }
  | { method: 'OneShotShelve' | 'Unshelve' };

/**
 * Maps a method call to a transition of the alert; null if the call does not apply. Confirming the corrective action
 * closes the alert with the finding confirmed. Pure.
 */
export function actionOf(call: ConditionCall, nowMs: number): AlarmAction | null {
  switch (call.method) {
    case 'Acknowledge':
      return { action: 'acknowledge', ...(call.comment === '' ? {} : { comment: call.comment }) };
    case 'Confirm':
      return { action: 'close', finding: 'confirmed', ...(call.comment === '' ? {} : { comment: call.comment }) };
    case 'AddComment':
      return call.comment === '' ? null : { action: 'comment', text: call.comment };
    case 'TimedShelve':
      if (!(call.durationMs > 0 && call.durationMs <= LONGEST_SHELVED_MS)) return null;
      return { action: 'shelve', untilMs: Math.round(nowMs + call.durationMs), reason: SHELVED };
    case 'OneShotShelve':
      return { action: 'shelve', untilMs: nowMs + LONGEST_SHELVED_MS, reason: SHELVED };
    case 'Unshelve':
      return { action: 'unshelve' };
  }
}
