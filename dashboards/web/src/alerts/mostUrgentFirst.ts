import type { Alarm } from '#models/contracts/alert.ts';

/** Shelved, suppressed and out of service: nobody is to be called for them. */
const SILENT: readonly Alarm['state'][] = ['shelved', 'suppressed', 'out_of_service'];

/** Those that call somebody first, then critical ones, then those that nobody has acknowledged, then the newest. */
export function mostUrgentFirst(a: Alarm, b: Alarm): number {
  return (
    Number(SILENT.includes(a.state)) - Number(SILENT.includes(b.state)) ||
    Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
    Number(a.acknowledgedAtMs !== null) - Number(b.acknowledgedAtMs !== null) ||
    b.raisedAtMs - a.raisedAtMs
  );
}
