import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string | Buffer, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

/** Cost parameters of scrypt (RFC 7914). */
export interface PasswordCost {
  logN: number;
  r: number;
  p: number;
}

/** 32 MiB and about 0.1 s a hash. https://cheatsheetseries.owasp.org, "Password Storage". */
export const PASSWORD_COST: PasswordCost = { logN: 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MIN_LENGTH = 12;
const MAX_LENGTH = 200;
const FORMAT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** Hashes a password, with salt and cost, in the PHC string format. */
export async function hashPassword(password: string, cost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await keyOf(password, salt, cost, KEY_BYTES);
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Verifies a password against a hash. @throws Error if the text is not a hash. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const match = FORMAT.exec(hash);
  if (match === null) throw new Error('not a password hash');
  const [logN, r, p] = match.slice(1, 4).map(Number);
  const known = Buffer.from(match[5], 'base64url');
  const key = await keyOf(password, Buffer.from(match[4], 'base64url'), { logN, r, p }, known.length);
  return timingSafeEqual(key, known);
}

/** Takes as long as checking a wrong password, so that timing does not reveal whether an account exists. */
export async function simulatePasswordCheck(password: string, cost = PASSWORD_COST): Promise<false> {
  await keyOf(password, Buffer.alloc(SALT_BYTES), cost, KEY_BYTES);
  return false;
}

/** Generates a one-time password for the first sign-in: 80 bits in groups that are easy to read out. */
export function oneTimePassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const groups = Array.from({ length: 4 }, () => [...randomBytes(4)].map((byte) => letters[byte % 32]).join(''));
  return groups.join('-');
}

/** The reason for refusing a password; null if it is acceptable. */
export function checkPassword(password: string, account: string): string | null {
  const length = [...password].length;
  if (length < MIN_LENGTH || length > MAX_LENGTH)
    return `a password must have ${MIN_LENGTH} to ${MAX_LENGTH} characters`;
  if (password.toLowerCase().includes(account.toLowerCase())) return 'a password must not contain the account name';
  if (new Set(password).size < 5) return 'a password must have at least five different characters';
  return null;
}

function keyOf(password: string, salt: Buffer, { logN, r, p }: PasswordCost, bytes: number): Promise<Buffer> {
  const N = 2 ** logN;
  return derive(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem: 256 * N * r });
}
