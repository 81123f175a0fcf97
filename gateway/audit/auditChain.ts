import { createHash } from 'node:crypto';
import type { AuditEntry } from '#models/contracts/audit.ts';

/** The hash before the first entry. */
export const NO_HASH = '0'.repeat(64);

/** The last entry written, stored separately from the entries. */
export interface AuditHead {
  sequence: number;
  hash: string;
}

/** SHA-256 of an entry and the previous hash, in hexadecimal. */
export function hashEntry(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, atMs, who, what, subject, detail } = entry;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, atMs, who, what, subject, detail]))
    .digest('hex');
}

/**
 * The faults of a log; empty if it is intact. A changed entry has a different hash, a removed or moved one breaks the
 * sequence and the chain, and the head gives the end of the log.
 * @param entries in stored order.
 * @param head as stored with the log; null if unknown, in which case a missing end goes undetected.
 */
export function findAuditFaults(entries: Iterable<AuditEntry>, head: AuditHead | null): string[] {
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
    // After a gap the previous hash is unknown: only the chain that follows locates it.
    else if (entry.sequence === sequence + 1 && entry.hash !== hashEntry(hash, entry))
      faults.push(`entry ${entry.sequence} was changed: its hash does not match`);
    [sequence, hash] = [entry.sequence, entry.hash];
  }
  if (head !== null && head.sequence > sequence)
    faults.push(`the end is missing: the last entry was ${head.sequence}, found ${sequence}`);
  if (head !== null && head.sequence < sequence)
    faults.push(`entries after ${head.sequence}, the last one written, were added`);
  if (head !== null && head.sequence === sequence && head.hash !== hash)
    faults.push(`entry ${sequence} is not the last one written: its hash differs`);
  return faults;
}
