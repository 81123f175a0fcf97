import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const MIN_BITS = 128;
/** A text with fewer different characters than this is not random, whatever its length. */
const MIN_DISTINCT = 8;
/** Alphabets of common encodings, smallest first. */
const ALPHABETS: readonly [RegExp, number][] = [
  [/^[0-9]*$/, 10],
  [/^([0-9a-f]*|[0-9A-F]*)$/, 16],
  [/^([0-9a-z]*|[0-9A-Z]*)$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
  [/^[0-9A-Za-z_+/=-]*$/, 64],
];
const PRINTABLE = 94;

/** Generates a secret of 256 bits, in base64url. */
export function generateSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256: sufficient for secrets of 128 bits or more, which cannot be guessed; passwords use scrypt. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * The maximum entropy of a text in bits, if each character was drawn from the smallest common alphabet that contains
 * all of them; 0 with too few different characters to be random.
 */
export function bitsOf(secret: string): number {
  if (new Set(secret).size < MIN_DISTINCT) return 0;
  const size = ALPHABETS.find(([alphabet]) => alphabet.test(secret))?.[1] ?? PRINTABLE;
  return secret.length * Math.log2(size);
}

/** The reason for refusing a token as too weak; null if it is strong enough. */
export function findWeakness(secret: string): string | null {
  const bits = Math.floor(bitsOf(secret));
  if (bits >= MIN_BITS) return null;
  return `at most ${bits} bits; a token needs ${MIN_BITS} or more: openssl rand -hex 32`;
}
