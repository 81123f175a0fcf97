import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate authority and certificates signed by it, each for `localhost`, made with openssl. */
export function makeCertificates(directory: string, names: readonly string[]) {
  const folder = join(directory, 'certificates');
  mkdirSync(folder, { recursive: true });
  const file = (name: string, ending: string) => join(folder, `${name}.${ending}`);
  // The OPC UA library sets OPENSSL_CONF in its process; another test file may have loaded it.
  const { OPENSSL_CONF: _, ...env } = process.env;
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe', env });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    file('ca', 'key'),
    '-out',
    file('ca', 'crt'),
    '-subj',
    '/CN=ca',
    '-days',
    '2',
  );
  writeFileSync(file('san', 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of names) {
    openssl('req', ...key, '-keyout', file(name, 'key'), '-out', file(name, 'csr'), '-subj', `/CN=${name}`);
    const by = [
      '-CA',
      file('ca', 'crt'),
      '-CAkey',
      file('ca', 'key'),
      '-CAcreateserial',
      '-extfile',
      file('san', 'ext'),
    ];
    openssl('x509', '-req', '-in', file(name, 'csr'), '-out', file(name, 'crt'), '-days', '1', ...by);
  }
  return { ca: file('ca', 'crt'), of: (name: string) => ({ cert: file(name, 'crt'), key: file(name, 'key') }) };
}
