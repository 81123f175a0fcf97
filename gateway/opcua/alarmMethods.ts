import type { AlarmAction } from '#models/contracts/alert.ts';

/** Seven days, less what two clocks may differ: an alert cannot be shelved for longer. */
export const LONGEST_SHELVED_MS = 7 * 86_400_000 - 60_000;
const SHELVED = 'shelved over OPC UA';

/** What an OPC UA client asks of a condition (OPC 10000-9, 5.5 to 5.8). */
export type ConditionCall =
  | { method: 'Acknowledge' | 'Confirm' | 'AddComment'; comment: string }
  | { method: 'TimedShelve'; durationMs: number }
  | { method: 'OneShotShelve' | 'Unshelve' };

/**
 * The transition of the alert that a call asks for; null: the call has no meaning here. To confirm that the corrective
 * action was taken closes the alert as found true. Pure.
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
