import { coveredFaults, type Diagnosis, type Fault } from '#models/contracts/alert.ts';

/** A second cause is reported when this many diagnoses in a row name it. */
const NAMED_IN_A_ROW = 2;

/** The cause of an alert, and a second fault that its newest diagnoses name. */
export interface AlertCause {
  diagnosis: Diagnosis;
  /** Diagnosed from too little signal: the next diagnosis replaces it, whatever it names. */
  isProvisional: boolean;
  other: { fault: Fault; inARow: number } | null;
}

const BEARING: ReadonlySet<string> = new Set(coveredFaults('bearing'));

/**
 * The cause of an alert after one more diagnosis. A name may become certain but is never replaced by a different fault,
 * which is reported as a second one. Parts of one bearing are easily confused, so among them the newest diagnosis wins
 * and mentions the earlier one. Pure.
 * @param beside machine fault that the signal shows in addition to the bearing's.
 * @returns `second`: the diagnosis of a second fault, once it has been named often enough; null before that.
 */
export function stepCause(
  before: AlertCause | null,
  now: Diagnosis,
  isProvisional: boolean,
  beside: Diagnosis | null = null,
): { cause: AlertCause; second: Diagnosis | null } {
  const cause = causeAfter(before, now, isProvisional);
  const found = isProvisional ? [] : [now, ...(beside ? [beside] : [])];
  const other = found.find(({ fault }) => isAnother(cause.diagnosis.fault, fault));
  if (!other) return { cause: { ...cause, other: null }, second: null };
  const inARow = before?.other?.fault === other.fault ? before.other.inARow + 1 : 1;
  return {
    cause: { ...cause, other: { fault: other.fault, inARow } },
    second: inARow >= NAMED_IN_A_ROW ? other : null,
  };
}

function causeAfter(before: AlertCause | null, now: Diagnosis, isProvisional: boolean): AlertCause {
  const replaced = { diagnosis: now, isProvisional, other: null };
  if (before === null || before.diagnosis.fault === 'undetermined') return replaced;
  const known = before.diagnosis.fault;
  if (now.fault === 'undetermined' || (isProvisional && !before.isProvisional)) return before;
  if (before.isProvisional || coveredFaults(known).includes(now.fault)) return replaced;
  if (isAnother(known, now.fault) || coveredFaults(now.fault).includes(known)) return before;
  const reasons = [...now.reasons, `named ${known.replaceAll('_', ' ')} before`];
  return { ...replaced, diagnosis: { ...now, reasons } };
}

/**
 * Whether both faults can coexist: neither is undetermined or a wider name of the other, and not both are bearing
 * parts.
 */
function isAnother(known: Fault, fault: Fault): boolean {
  if (known === 'undetermined' || fault === 'undetermined') return false;
  if (BEARING.has(known) && BEARING.has(fault)) return false;
  return !coveredFaults(known).includes(fault) && !coveredFaults(fault).includes(known);
}
