import type { Alarm, AlertRecord } from '#models/contracts/alert.ts';
import type { Suppression, SuppressionRequest } from '#models/contracts/suppression.ts';
import { withTransition } from './alarmLifecycle.ts';
import { matchesName } from './matchesName.ts';

/** A machine that needs to be silent for longer belongs out of service. */
const LONGEST_MS = 30 * 86_400_000;

/** Why a suppression is not allowed; null: it is. Pure. */
export function suppressionFault({ fromMs, untilMs }: SuppressionRequest, nowMs: number): string | null {
  const beginMs = Math.max(fromMs ?? nowMs, nowMs);
  if (untilMs <= beginMs) return 'its end is in the past, or before its start';
  if (untilMs - beginMs > LONGEST_MS) return 'it lasts at most 30 days: remove the alerts from service instead';
  return null;
}

/** Whether a suppression is in force at a time. */
export const isCurrent = ({ fromMs, untilMs, ended }: Suppression, atMs: number): boolean =>
  ended === null && fromMs <= atMs && atMs < untilMs;

/** Whether a suppression covers a machine. */
export const isOfMachine = (s: Suppression, machine: { site: string; asset: string }): boolean =>
  s.site === machine.site && (s.machines === undefined || s.machines.some((p) => matchesName(p, machine.asset)));

/**
 * An alert under the suppressions now in force: suppressed by the first that covers its machine, or no longer. Pure.
 * @param before the alert as it was annunciated; null: it is new, and has not been notified.
 * @param current suppressions in force at `atMs`.
 * @returns the same record if nothing has changed.
 */
export function applySuppressions(
  before: Alarm | null,
  alert: AlertRecord,
  current: readonly Suppression[],
  atMs: number,
): AlertRecord {
  const found = current.find((s) => isOfMachine(s, alert));
  if (found?.id === alert.suppressed?.id) return alert;
  const { suppressed: last, ...rest } = alert;
  if (found === undefined) return withTransition(rest, atMs, null, 'unsuppress', 'the suppression is over');
  const { id, kind, by, reason, untilMs } = found;
  // A suppression that follows another without a gap inherits whether the alert was annunciated before.
  const wasStanding = last?.wasStanding ?? (before !== null && before.returnedAtMs === null);
  const suppressed = { id, kind, by, reason, untilMs, wasStanding };
  return withTransition({ ...rest, suppressed }, atMs, by, 'suppress', reason);
}
