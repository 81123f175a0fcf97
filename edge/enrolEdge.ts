import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { type Enrolled, enrolledSchema } from '#models/contracts/enrolment.ts';

const ANSWER_MS = 20_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The code was refused, or the gateway cannot be reached. */
export class EnrolmentError extends Error {}

/**
 * Exchanges a one-time code for the edge's broker account and stores the reply: `mqtt-password`, and `broker-ca.crt`
 * and `command.pub` if the gateway has them; a password file is replaced atomically, as running edges read it at each
 * connection.
 * @returns the lines of a configuration (YAML) that use them.
 * @throws EnrolmentError if the gateway refuses the code or gives no valid answer; the file system's errors.
 */
export async function enrolEdge(gateway: string, code: string, directory: string): Promise<string> {
  const { protocol, hostname } = new URL(gateway);
  if (protocol !== 'https:' && !LOOPBACK.test(hostname))
    throw new EnrolmentError(`${gateway}: the password must not cross a network in clear: use https://`);
  // Fails before the code is used up.
  mkdirSync(directory, { recursive: true });
  const enrolled = await exchange(new URL('/api/v1/enrol', gateway), code);
  const { site, edge, brokerUrl, username, password, certificateAuthority, commandKey } = enrolled;
  const kept = (name: string, content: string | null, mode: number) => {
    if (content === null) return undefined;
    const file = resolve(directory, name);
    writeFileSync(`${file}.new`, content, { mode });
    renameSync(`${file}.new`, file);
    return file;
  };
  const uplink = {
    url: brokerUrl,
    username,
    passwordFile: kept('mqtt-password', `${password}\n`, 0o600),
    caFile: kept('broker-ca.crt', certificateAuthority, 0o644),
    commandKeyFile: kept('command.pub', commandKey, 0o644),
  };
  return stringify({ site, edge, uplink });
}

async function exchange(address: URL, code: string): Promise<Enrolled> {
  const answer = await fetch(address, {
    method: 'POST',
    body: JSON.stringify({ code }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error: Error & { cause?: { message?: string } }) => {
    throw new EnrolmentError(`${address}: ${error.cause?.message || error.message}`);
  });
  const content: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const { detail = `status ${answer.status}` } = (content ?? {}) as { detail?: string };
    throw new EnrolmentError(`${address.origin}: ${detail}`);
  }
  const enrolled = enrolledSchema.safeParse(content);
  if (!enrolled.success) throw new EnrolmentError(`${address}: not the answer of a gateway`);
  return enrolled.data;
}
