import type { AuditEntry } from '#models/contracts/audit.ts';
import { type AuditHead, auditFaults } from './auditChain.ts';
import { readAudit } from './auditTable.ts';

export interface AuditReport {
  entries: number;
  head: AuditHead | null;
  faults: string[];
}

/**
 * Checks the audit log of a gateway's database, which is opened to be read alone.
 * @param noted an entry that was noted elsewhere; null: none. It finds a log that was written anew as a whole.
 * @throws Error where the file is no database of a gateway with a hashed log.
 */
export async function verifyAudit(file: string, noted: AuditHead | null): Promise<AuditReport> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // One view of it, however long it takes: a gateway that runs adds entries meanwhile.
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
    const faults = auditFaults(counted(), head);
    if (!isThere) faults.push(`entry ${noted?.sequence} is not the one that was noted`);
    return { entries: count, head, faults };
  } finally {
    db.close();
  }
}
