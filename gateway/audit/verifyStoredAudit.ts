import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditVerification } from '#models/contracts/audit.ts';
import type { Store } from '../store/store.ts';
import { AuditCheck } from './auditChain.ts';

/** Some milliseconds of reading and hashing, after which other requests are served. */
const ENTRIES_A_TURN = 500;
const MOST_FAULTS = 100;

/**
 * Verifies the audit log of a running gateway, a few entries at a time. It recognises any change that leaves the stored
 * hashes and the stored head inconsistent; a log rewritten as a whole is recognised only by a head noted elsewhere.
 */
export async function verifyStoredAudit(store: Pick<Store, 'auditLog'>, now: () => number): Promise<AuditVerification> {
  const check = new AuditCheck();
  for (;;) {
    // The head is read before the entries: when none follow, it is that of the last entry.
    const { head, entries } = store.auditLog(check.sequence, ENTRIES_A_TURN);
    if (entries.length === 0) {
      const faults = check.faults(head);
      return {
        entries: check.count,
        head,
        faultCount: faults.length,
        faults: faults.slice(0, MOST_FAULTS),
        atMs: now(),
      };
    }
    for (const entry of entries) check.add(entry);
    await nextTurn();
  }
}
