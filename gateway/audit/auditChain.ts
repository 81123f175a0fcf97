import { createHash } from 'node:crypto';
import type { AuditEntry } from '#models/contracts/audit.ts';

/** Before the first entry. */
export const NO_HASH = '0'.repeat(64);

/** The last entry that was written, as the log keeps it apart from the entries. */
export interface AuditHead {
  sequence: number;
  hash: string;
}

/** SHA-256 of an entry and of the hash before it, in hexadecimal. */
export function auditHash(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, atMs, who, what, subject, detail } = entry;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, atMs, who, what, subject, detail]))
    .digest('hex');
}

/**
 * What is wrong with a log; empty: nothing. An entry that was changed has another hash, one that was removed or moved
 * breaks the sequence and the chain, and the end of the log is known from its head.
 * @param entries in the order in which they are kept.
 * @param head as the log keeps it; null: not known, so a missing end is not found.
 */
export function auditFaults(entries: Iterable<AuditEntry>, head: AuditHead | null): string[] {
  const faults: string[] = [];
  let [sequence, hash] = [0, NO_HASH];
  for (const entry of entries) {
    if (entry.sequence > sequence + 1)
      faults.push(
        entry.sequence === sequence + 2
          ? `entry ${sequence + 1} is missing`
          : `entries ${sequence + 1} to ${entry.sequence - 1} are missing`,
      );
    if (entry.sequence <= sequence) faults.push(`entry ${entry.sequence} stands after entry ${sequence}`);
    // After a gap the hash before is not known: only the chain after it shows its place.
    else if (entry.sequence === sequence + 1 && entry.hash !== auditHash(hash, entry))
      faults.push(`entry ${entry.sequence} is not what was written: its hash does not fit`);
    [sequence, hash] = [entry.sequence, entry.hash];
  }
  if (head !== null && head.sequence > sequence)
    faults.push(`the end is missing: the last entry was ${head.sequence}, found ${sequence}`);
  if (head !== null && head.sequence < sequence)
    faults.push(`entries after ${head.sequence}, the last one that was written, were added`);
  if (head !== null && head.sequence === sequence && head.hash !== hash)
    faults.push(`entry ${sequence} is not the last one that was written: its hash is another`);
  return faults;
}
