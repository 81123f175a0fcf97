import type { AlertCause } from '#models/alerting/alertCause.ts';
import type { Evidence } from '#models/contracts/alert.ts';

/** What an alert reported at its worst, and its cause. */
export interface ReportedAlert {
  cause: AlertCause | null;
  /** Null before it is first reported. */
  worst: { index: number; text: string; evidence: Evidence } | null;
}

/** What an alert reports: its worst moment, or the present one if that is worse or the cause has changed. */
export function worstOf(
  before: ReportedAlert['worst'],
  now: NonNullable<ReportedAlert['worst']>,
  isReturn: boolean,
): NonNullable<ReportedAlert['worst']> {
  if (before === null) return now;
  if (isReturn) return before;
  const isRenamed = now.evidence.diagnosis.fault !== before.evidence.diagnosis.fault;
  return isRenamed || now.index >= before.index ? { ...now, index: Math.max(now.index, before.index) } : before;
}
