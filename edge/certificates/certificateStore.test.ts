import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import {
  CertificateError,
  listCertificates,
  moveCertificate,
  preferTrusted,
  renewOwn,
  trustFile,
} from './certificateStore.ts';
import { CertificateWatch } from './certificateWatch.ts';

/** A store with the edge's own certificate of 365 days and a rejected server's of ten. */
async function store(): Promise<string> {
  const pki = mkdtempSync(join(tmpdir(), 'millwright-pki-'));
  for (const folder of ['own/certs', 'trusted/certs', 'rejected']) mkdirSync(join(pki, folder), { recursive: true });
  const manager = new OPCUACertificateManager({ rootFolder: mkdtempSync(join(tmpdir(), 'millwright-key-')) });
  await manager.initialize();
  const make = (name: string, file: string, validity: number) =>
    manager.createSelfSignedCertificate({
      applicationUri: `urn:${name}`,
      dns: [name],
      subject: `/O=Plant/CN=${name}`,
      startDate: new Date(),
      validity,
      outputFile: join(pki, file),
    });
  await make('edge', 'own/certs/client_certificate.pem', 365);
  await make('plc', 'rejected/plc.pem', 10);
  await manager.dispose();
  return pki;
}
const now = () => Date.now();

test('certificates are listed with subject and expiry', { tags: 'slow' }, async () => {
  const pki = await store();
  writeFileSync(join(pki, 'own/certs/client_certificate.pem.mutex'), '');
  const [own, rejected, ...more] = listCertificates(pki, now());
  expect(more).toEqual([]);
  expect(own).toMatchObject({ place: 'own', subject: 'O=Plant, CN=edge', daysLeft: 364 });
  expect(rejected).toMatchObject({ place: 'rejected', daysLeft: 9 });
  expect(rejected.thumbprint).toMatch(/^[0-9a-f]{40}$/);
  expect(listCertificates('/nowhere', now())).toEqual([]);
});

test('a server is trusted and rejected by a prefix of its thumbprint', async () => {
  const pki = await store();
  const [, { thumbprint }] = listCertificates(pki, now());
  expect(moveCertificate(pki, thumbprint.slice(0, 8).toUpperCase(), 'trusted', now()).place).toBe('trusted');
  expect(readdirSync(join(pki, 'trusted/certs'))).toEqual(['plc.pem']);
  moveCertificate(pki, thumbprint, 'trusted', now());
  moveCertificate(pki, thumbprint, 'rejected', now());
  expect(readdirSync(join(pki, 'rejected'))).toEqual(['plc.pem']);
  expect(() => moveCertificate(pki, 'zz', 'trusted', now())).toThrow(
    `0 certificates of servers begin with zz; there are: ${thumbprint}`,
  );
});

test('the own certificate is set aside once; a file that is not a certificate is named', async () => {
  const pki = await store();
  expect(renewOwn(pki, 5).place).toBe('own');
  expect(readdirSync(join(pki, 'own/certs'))).toEqual(['client_certificate.pem.until-5']);
  expect(() => renewOwn(pki, 6)).toThrow(CertificateError);
  writeFileSync(join(pki, 'trusted/certs/bad.pem'), 'x');
  expect(() => listCertificates(pki, 0)).toThrow('bad.pem');
});

test('an expiring certificate brings a warning, a rejected one does not', async () => {
  const pki = await store();
  const log = pino({ level: 'silent' });
  const warn = vi.spyOn(log, 'warn');
  const watch = new CertificateWatch(pki, now, log);
  watch.check();
  expect(warn).not.toHaveBeenCalled();
  moveCertificate(pki, listCertificates(pki, now())[1].thumbprint, 'trusted', now());
  watch.check();
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ daysLeft: 9 }), 'a certificate runs out');
  expect(watch.current.map((c) => c.place)).toEqual(['own', 'trusted']);
});

test('trusting a file ends its rejection; one that is not a certificate is refused', async () => {
  const pki = await store();
  const trusted = trustFile(pki, readFileSync(join(pki, 'rejected/plc.pem')), now());
  expect(listCertificates(pki, now()).map((c) => c.place)).toEqual(['own', 'trusted']);
  expect(moveCertificate(pki, trusted.thumbprint.slice(0, 8), 'rejected', now()).place).toBe('rejected');
  expect(() => trustFile(pki, Buffer.from('no certificate'), now())).toThrow(CertificateError);
});

test('a trusted certificate is no longer rejected, however it was added', async () => {
  const pki = await store();
  const file = join(pki, 'trusted/certs/by-hand.pem');
  copyFileSync(join(pki, 'rejected/plc.pem'), file);
  const { raw } = new X509Certificate(readFileSync(file));
  const verified = async () => {
    const manager = new OPCUACertificateManager({ rootFolder: pki });
    await manager.initialize();
    const status = await manager.verifyCertificate(raw);
    await manager.dispose();
    return status;
  };
  expect(await verified()).toBe('BadCertificateUntrusted');
  preferTrusted(pki, now());
  expect(listCertificates(pki, now()).map((c) => c.place)).toEqual(['own', 'trusted']);
  expect(await verified()).toBe('Good');
});
