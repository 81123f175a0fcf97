import { expect, test } from 'vitest';
import { isSigned, openPackage, packageText, packModel, signPackage } from './modelPackage.ts';

const about = {
  name: 'line',
  release: '1',
  kind: 'process',
  card: { purpose: 'a test' },
  code: { version: '0', sha256: '0' },
  dataSha256: null,
} as const;
const files = new Map([['model.json', new TextEncoder().encode('{"a":1}')]]);

async function keys() {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('no pair');
  const { privateKey, publicKey } = pair;
  const bytes = async (format: 'pkcs8' | 'spki', key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key));
  return { own: await bytes('pkcs8', privateKey), shown: await bytes('spki', publicKey) };
}

test('a package opens as it was packed; the same files give the same package', async () => {
  const packed = await packModel(about, files);
  expect(await openPackage(packageText(packed))).toEqual(packed);
  expect((await packModel(about, files)).id).toBe(packed.id);
  expect((await packModel({ ...about, release: '2' }, files)).id).not.toBe(packed.id);
});

test('a signature belongs to one key and one manifest', async () => {
  const [ours, others] = [await keys(), await keys()];
  const packed = await packModel(about, files);
  expect(await isSigned(packed, ours.shown)).toBe(false);
  const signed = await signPackage(packed, ours.own);
  const opened = await openPackage(packageText(signed));
  expect(await isSigned(opened, ours.shown)).toBe(true);
  expect(await isSigned(opened, others.shown)).toBe(false);
  const other = await packModel({ ...about, release: '2' }, files);
  expect(await isSigned({ ...other, signature: opened.signature }, ours.shown)).toBe(false);
});

test('damaged and invalid packages are reported as such', async () => {
  const text = packageText(await packModel(about, files));
  await expect(openPackage(text.replace(btoa('{"a":1}'), btoa('{"a":2}')))).rejects.toThrow('damaged');
  await expect(openPackage(text.slice(0, -5))).rejects.toThrow('not a model package');
  await expect(openPackage('{"manifest":"{}","signature":null,"files":{}}')).rejects.toThrow('manifest: format');
});
