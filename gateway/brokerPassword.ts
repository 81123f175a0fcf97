import { createHash, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** PBKDF2-HMAC-SHA-512 iterations, as Mosquitto stores passwords; computed once per connection. */
const ITERATIONS = 10_000;
const KEY_BYTES = 64;
const HASH = /^\$7\$(\d+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** A password as configured, or the hash of one that only its owner has. */
export type BrokerSecret = { password: string } | { hash: string };

/** A salted hash in the format of Mosquitto's `password_file`. */
export function hashBrokerPassword(password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha512');
  return `$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether a client's password is right; takes as long without such an account. @throws Error on a damaged hash. */
export async function isBrokerPassword(given: Buffer, secret: BrokerSecret | undefined): Promise<boolean> {
  const hash = secret !== undefined && 'hash' in secret ? HASH.exec(secret.hash) : DUMMY;
  if (hash === null) throw new Error('not a password hash');
  const known = Buffer.from(hash[3], 'base64');
  const key = await derive(given, Buffer.from(hash[2], 'base64'), Number(hash[1]), known.length, 'sha512');
  if (secret === undefined) return false;
  return 'hash' in secret ? timingSafeEqual(key, known) : timingSafeEqual(digest(given), digest(secret.password));
}

/** Compared where there is no hash, so that timing does not reveal which accounts exist. */
const DUMMY = ['', String(ITERATIONS), Buffer.alloc(12).toString('base64'), Buffer.alloc(KEY_BYTES).toString('base64')];
const digest = (text: string | Buffer) => createHash('sha256').update(text).digest();
