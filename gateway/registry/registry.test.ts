import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PIECE_CHARACTERS } from '#models/contracts/modelPieces.ts';
import { isSigned, openPackage, packageText, packModel } from '#models/packages/modelPackage.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { Registry, RegistryError } from './registry.ts';

const directory = mkdtempSync(join(tmpdir(), 'millwright-registry-'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keyFile = join(directory, 'command.key');
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));

const packed = (release: string, size = 10) =>
  packModel(
    {
      name: 'pump',
      release,
      kind: 'process',
      card: {},
      code: { version: '0', sha256: '0' },
      dataSha256: null,
    },
    new Map([['model.json', new Uint8Array(size)]]),
  );
const target = { site: 's', edge: 'e', asset: 'a' };

test('a package waits for approval, which signs it, and is reassembled from its pieces', async () => {
  const registry = new Registry(testPlace(directory), keyFile, () => 5);
  const one = await packed('1', 3 * PIECE_CHARACTERS);
  const id = await registry.add(packageText(one), 'Ann');
  expect(await registry.add(packageText(one), 'Bob')).toBe(id);
  expect(registry.piece(id, 0).text).toBeNull();
  await registry.approve(id, 'Bob');
  const { of } = registry.piece(id, 0);
  expect(of).toBeGreaterThan(3);
  const text = Array.from({ length: of }, (_, i) => registry.piece(id, i).text).join('');
  expect(registry.piece(id, of).text).toBeNull();
  const opened = await openPackage(text);
  expect(opened.id).toBe(id);
  expect(await isSigned(opened, publicKey.export({ format: 'der', type: 'spki' }))).toBe(true);
  expect(registry.models([])).toMatchObject([
    { id, added: { by: 'Ann', atMs: 5 }, approved: { by: 'Bob' }, where: [] },
  ]);
  registry.close();
});

test('a duplicate name and release, an invalid package, and a roll-out without approval are refused', async () => {
  const registry = new Registry(testPlace(mkdtempSync(join(tmpdir(), 'millwright-registry-'))), undefined, () => 5);
  const id = await registry.add(packageText(await packed('1')), 'Ann');
  await expect(registry.add(packageText(await packed('1', 11)), 'Ann')).rejects.toThrow('needs a new release');
  await expect(registry.add('{}', 'Ann')).rejects.toThrow(RegistryError);
  await expect(registry.approve(id, 'Ann')).rejects.toThrow('set commands.keyFile');
  expect(() => registry.start({ model: id, by: 'Ann', rows: 1, canaries: 1, targets: [target] })).toThrow(
    'not approved',
  );
  registry.close();
});

test('roll-outs survive a restart, and a machine is in only one of them', async () => {
  const kept = mkdtempSync(join(tmpdir(), 'millwright-registry-'));
  const registry = new Registry(testPlace(kept), keyFile, () => 5);
  const id = await registry.add(packageText(await packed('1')), 'Ann');
  await registry.approve(id, 'Ann');
  const started = registry.start({ model: id, by: 'Ann', rows: 1, canaries: 1, targets: [target] });
  expect(() => registry.start({ ...started })).toThrow('s/e/a is already in an active roll-out');
  registry.close();
  const again = new Registry(testPlace(kept), keyFile, () => 9);
  expect(again.running()).toEqual([started]);
  again.change(started.id, (now) => ({ ...now, stage: 'done' }));
  expect(again.running()).toEqual([]);
  again.close();
});
