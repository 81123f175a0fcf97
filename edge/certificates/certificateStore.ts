import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folders of an OPC UA certificate store (OPC 10000-12, 7.5, as node-opcua keeps it). */
const FOLDERS = { own: 'own/certs', trusted: 'trusted/certs', rejected: 'rejected' } as const;
const CERTIFICATE = /\.(pem|der|crt|cer)$/;
const DAY_MS = 86_400_000;
/** Days before expiry from which there is a warning. */
export const WARN_DAYS = 30;

export interface StoredCertificate {
  /** `own`: the edge's; `trusted` and `rejected`: servers'. */
  place: keyof typeof FOLDERS;
  /** SHA-1, 40 hexadecimal digits, as OPC UA names certificates. */
  thumbprint: string;
  subject: string;
  validToMs: number;
  daysLeft: number;
  file: string;
}

/** The store cannot do what was requested; the message is for the user. */
export class CertificateError extends Error {}

/**
 * The certificates of an edge's `pki` folder; none if there is no folder yet. @throws if a file is not a certificate.
 */
export function listCertificates(pki: string, nowMs: number): StoredCertificate[] {
  return (Object.keys(FOLDERS) as StoredCertificate['place'][]).flatMap((place) => {
    const folder = join(pki, FOLDERS[place]);
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => CERTIFICATE.test(name));
    return files.sort().map((name) => stored(place, join(folder, name), nowMs));
  });
}

/** Moves a server's certificate between `trusted` and `rejected`, by any unambiguous prefix of its thumbprint. */
export function moveCertificate(
  pki: string,
  thumbprint: string,
  to: 'trusted' | 'rejected',
  nowMs: number,
): StoredCertificate {
  const servers = listCertificates(pki, nowMs).filter((c) => c.place !== 'own');
  const found = servers.filter((c) => c.thumbprint.startsWith(thumbprint.toLowerCase()));
  if (new Set(found.map((c) => c.thumbprint)).size !== 1) {
    const known = servers.map((c) => c.thumbprint).join(', ') || 'none';
    throw new CertificateError(`${found.length} certificates of servers begin with ${thumbprint}; there are: ${known}`);
  }
  const [certificate] = found;
  const file = join(pki, FOLDERS[to], basename(certificate.file));
  if (file !== certificate.file) renameSync(certificate.file, file);
  return { ...certificate, place: to, file };
}

/** Trusts a server from a file with its certificate, before the first connection. */
export function trustFile(pki: string, content: Uint8Array, nowMs: number): StoredCertificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(content);
  } catch {
    throw new CertificateError('the file is no X.509 certificate in PEM or DER');
  }
  const folder = join(pki, FOLDERS.trusted);
  mkdirSync(folder, { recursive: true });
  const thumbprint = certificate.fingerprint.replaceAll(':', '').toLowerCase();
  const file = join(folder, `${thumbprint}.pem`);
  writeFileSync(file, certificate.toString());
  preferTrusted(pki, nowMs);
  return stored('trusted', file, nowMs);
}

/**
 * Removes the rejection of a certificate that is trusted as well: somebody trusted it deliberately, and the library
 * would go on rejecting it. (It may have been rejected before it was trusted, or copied by hand.)
 * @throws CertificateError if a file is not a certificate.
 */
export function preferTrusted(pki: string, nowMs: number): void {
  const all = listCertificates(pki, nowMs);
  const trusted = new Set(all.filter((c) => c.place === 'trusted').map((c) => c.thumbprint));
  for (const { place, thumbprint, file } of all) if (place === 'rejected' && trusted.has(thumbprint)) rmSync(file);
}

/** Sets the edge's own certificate aside; the next connection creates a new one for the same key. */
export function renewOwn(pki: string, nowMs: number): StoredCertificate {
  const own = listCertificates(pki, nowMs).find((c) => c.place === 'own');
  if (!own) throw new CertificateError('the edge has no certificate yet: one is made when it first connects');
  renameSync(own.file, `${own.file}.until-${nowMs}`);
  return own;
}

function stored(place: StoredCertificate['place'], file: string, nowMs: number): StoredCertificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(file));
  } catch (error) {
    throw new CertificateError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const validToMs = Date.parse(certificate.validTo);
  return {
    place,
    thumbprint: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    subject: certificate.subject.replaceAll('\n', ', '),
    validToMs,
    daysLeft: Math.floor((validToMs - nowMs) / DAY_MS),
    file,
  };
}
