import { coveredFaults, type Diagnosis, type Fault } from '#models/contracts/alert.ts';

/** A second cause is reported when this many diagnoses in a row name it. */
const NAMED_IN_A_ROW = 2;

/** The cause of an alert, and another one that its newest diagnoses name. */
export interface AlertCause {
  diagnosis: Diagnosis;
  /** Made of too little signal: the next one replaces it, whatever it names. */
  isProvisional: boolean;
  other: { fault: Fault; inARow: number } | null;
}

const BEARING: ReadonlySet<string> = new Set(coveredFaults('bearing'));

/**
 * The cause of an alert after one more diagnosis. A name may become certain; it never gives way to a different fault: that
 * is a second one. Parts of one bearing exchange their lines, so among them the newest stands, and says what was named
 * before. Pure.
 * @returns `second`: the diagnosis of a second fault, once it has been named often enough; null before that.
 */
export function stepCause(
  before: AlertCause | null,
  now: Diagnosis,
  isProvisional: boolean,
): { cause: AlertCause; second: Diagnosis | null } {
  const replaced = (diagnosis: Diagnosis) => ({ cause: { diagnosis, isProvisional, other: null }, second: null });
  if (before === null || before.diagnosis.fault === 'undetermined') return replaced(now);
  const known = before.diagnosis;
  const keep = { cause: { ...before, other: null }, second: null };
  if (now.fault === 'undetermined' || (isProvisional && !before.isProvisional)) return keep;
  if (before.isProvisional) return replaced(now);
  if (now.fault !== known.fault && coveredFaults(now.fault).includes(known.fault)) return keep;
  if (coveredFaults(known.fault).includes(now.fault)) return replaced(now);
  if (BEARING.has(known.fault) && BEARING.has(now.fault)) {
    const reasons = [...now.reasons, `named ${known.fault.replaceAll('_', ' ')} before`];
    return replaced({ ...now, reasons });
  }
  const inARow = before.other?.fault === now.fault ? before.other.inARow + 1 : 1;
  const cause = { ...before, other: { fault: now.fault, inARow } };
  return { cause, second: inARow >= NAMED_IN_A_ROW ? now : null };
}
