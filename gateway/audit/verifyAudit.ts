import type { AuditEntry } from '#models/contracts/audit.ts';
import { type AuditHead, findAuditFaults } from './auditChain.ts';
import { readAudit } from './auditTable.ts';

export interface AuditReport {
  entries: number;
  head: AuditHead | null;
  faults: string[];
}

/**
 * Verifies the audit log of a gateway database, opened read-only.
 * @param noted a head stored elsewhere, or null; detects a log that was rewritten entirely.
 * @throws Error if the file is not a gateway database with a hashed log.
 */
export async function verifyAudit(file: string, noted: AuditHead | null): Promise<AuditReport> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // One consistent snapshot: a running gateway appends entries meanwhile.
    db.exec('BEGIN');
    const { entries, head } = readAudit(db);
    let count = 0;
    let isThere = noted === null;
    function* counted(): Iterable<AuditEntry> {
      for (const entry of entries) {
        count++;
        if (entry.sequence === noted?.sequence) isThere = entry.hash === noted.hash;
        yield entry;
      }
    }
    const faults = findAuditFaults(counted(), head);
    if (!isThere) faults.push(`entry ${noted?.sequence} differs from --head`);
    return { entries: count, head, faults };
  } finally {
    db.close();
  }
}
