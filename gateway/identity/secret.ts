import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const MIN_BITS = 128;
/** Below so many different characters a text was not drawn at random, however long it is. */
const MIN_DISTINCT = 8;
/** Alphabets of common encodings, the smallest first. */
const ALPHABETS: readonly [RegExp, number][] = [
  [/^[0-9]*$/, 10],
  [/^([0-9a-f]*|[0-9A-F]*)$/, 16],
  [/^([0-9a-z]*|[0-9A-Z]*)$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
  [/^[0-9A-Za-z_+/=-]*$/, 64],
];
const PRINTABLE = 94;

/** A new secret of 256 bits, in base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256. Enough for secrets of 128 bits or more, which cannot be guessed; passwords are hashed by scrypt. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * The most bits that a text can hold if each character was drawn from the smallest common alphabet that has them all;
 * 0 where it has too few different characters to be random.
 */
export function bitsOf(secret: string): number {
  if (new Set(secret).size < MIN_DISTINCT) return 0;
  const size = ALPHABETS.find(([alphabet]) => alphabet.test(secret))?.[1] ?? PRINTABLE;
  return secret.length * Math.log2(size);
}

/** Why a text is too weak to be a token; null: it is not. */
export function weaknessOf(secret: string): string | null {
  const bits = Math.floor(bitsOf(secret));
  if (bits >= MIN_BITS) return null;
  return `at most ${bits} bits; a token has ${MIN_BITS} or more: openssl rand -hex 32`;
}
