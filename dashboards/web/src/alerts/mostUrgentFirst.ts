import type { Alarm } from '#models/contracts/alert.ts';

/** Shelved, suppressed and out-of-service alerts, which need no response. */
const SILENT: readonly Alarm['state'][] = ['shelved', 'suppressed', 'out_of_service'];

/** Alerts that need a response first, then critical ones, then unacknowledged ones, then the newest. */
export function mostUrgentFirst(a: Alarm, b: Alarm): number {
  return (
    Number(SILENT.includes(a.state)) - Number(SILENT.includes(b.state)) ||
    Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
    Number(a.acknowledgedAtMs !== null) - Number(b.acknowledgedAtMs !== null) ||
    b.raisedAtMs - a.raisedAtMs
  );
}
