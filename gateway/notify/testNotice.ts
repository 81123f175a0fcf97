import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Notification } from './notifier.ts';

/** Content of a channel test. */
export const testNotification = (nowMs: number): Notification => ({
  key: `test-${nowMs}`,
  event: 'test',
  notice: testNotice(nowMs),
});

/** A dummy alert for channel tests. */
function testNotice(nowMs: number): AlertRecord {
  return {
    id: `test/${nowMs}`,
    site: 'test',
    edge: 'test',
    asset: 'test',
    point: 'test',
    state: 'normal',
    severity: 'warning',
    text: 'This is a test of the notification channel. Nothing is wrong.',
    index: 0,
    raisedAtMs: nowMs,
    updatedAtMs: nowMs,
    returnedAtMs: nowMs,
    acknowledgedAtMs: nowMs,
    acknowledgedBy: 'test',
    comment: null,
    evidence: { contributions: [], diagnosis: { fault: 'undetermined', confidence: 0, reasons: [] } },
    remainingLife: { assessment: 'not_assessable', reason: 'a test', remedy: 'none is needed' },
  };
}
