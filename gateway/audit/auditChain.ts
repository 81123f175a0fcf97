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

/** Checks a log entry by entry, in stored order. */
export class AuditCheck {
  readonly #faults: string[] = [];
  #sequence = 0;
  #hash = NO_HASH;
  #count = 0;

  /** Sequence of the last entry; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  get count(): number {
    return this.#count;
  }

  add(entry: AuditEntry): void {
    const [sequence, hash] = [this.#sequence, this.#hash];
    if (entry.sequence > sequence + 1)
      this.#faults.push(
        entry.sequence === sequence + 2
          ? `entry ${sequence + 1} is missing`
          : `entries ${sequence + 1} to ${entry.sequence - 1} are missing`,
      );
    if (entry.sequence <= sequence) this.#faults.push(`entry ${entry.sequence} stands after entry ${sequence}`);
    // After a gap the previous hash is unknown: only the chain that follows locates it.
    else if (entry.sequence === sequence + 1 && entry.hash !== hashEntry(hash, entry))
      this.#faults.push(`entry ${entry.sequence} was changed: its hash does not match`);
    [this.#sequence, this.#hash] = [entry.sequence, entry.hash];
    this.#count++;
  }

  /**
   * The faults of the log; empty if it is intact.
   * @param head as stored with the log; null if unknown, in which case a missing end goes undetected.
   */
  faults(head: AuditHead | null): string[] {
    const faults = [...this.#faults];
    if (head === null) return faults;
    const sequence = this.#sequence;
    if (head.sequence > sequence)
      faults.push(`the end is missing: the last entry was ${head.sequence}, found ${sequence}`);
    if (head.sequence < sequence) faults.push(`entries after ${head.sequence}, the last one written, were added`);
    if (head.sequence === sequence && head.hash !== this.#hash)
      faults.push(`entry ${sequence} is not the last one written: its hash differs`);
    return faults;
  }
}

/**
 * The faults of a log; empty if it is intact. A changed entry has a different hash, a removed or moved one breaks the
 * sequence and the chain, and the head gives the end of the log.
 * @param entries in stored order. @param head see `AuditCheck.faults`.
 */
export function findAuditFaults(entries: Iterable<AuditEntry>, head: AuditHead | null): string[] {
  const check = new AuditCheck();
  for (const entry of entries) check.add(entry);
  return check.faults(head);
}
