import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NamespaceMemory, namespaceIndexOf, resolveNodeId } from './namespaces.ts';

const STANDARD = 'http://opcfoundation.org/UA/';
const before = [STANDARD, 'urn:server', 'urn:pumps', 'urn:fans'];
const after = [STANDARD, 'urn:server', 'urn:fans', 'urn:pumps'];

test('a namespace URI is found at any index', () => {
  const resolve = (nodeId: string) => resolveNodeId(nodeId, { now: after, first: new Map(), file: 'file' });
  expect(resolve('nsu=urn:pumps;s=P1.Speed')).toEqual({ ok: true, nodeId: 'ns=3;s=P1.Speed' });
  expect(resolve('nsu=urn:nobody;s=x')).toMatchObject({ ok: false, reason: 'namespace_unknown' });
  expect(
    resolveNodeId('nsu=urn:a%3Bb%25;i=5', { now: [STANDARD, 'urn:a;b%'], first: new Map(), file: 'file' }),
  ).toEqual({
    ok: true,
    nodeId: 'ns=1;i=5',
  });
});

test('an index counts only while it denotes the same namespace, and the refusal names the remedy', () => {
  const first = new Map([[2, 'urn:pumps']]);
  expect(resolveNodeId('ns=2;s=x', { now: before, first, file: 'file' })).toEqual({ ok: true, nodeId: 'ns=2;s=x' });
  expect(resolveNodeId('i=2258', { now: after, first, file: 'file' })).toEqual({ ok: true, nodeId: 'i=2258' });
  const changed = resolveNodeId('ns=2;s=x', { now: after, first, file: 'file' });
  expect(changed).toMatchObject({ ok: false, reason: 'namespace_changed' });
  expect(changed.ok ? '' : changed.detail).toMatch(/nsu=urn:pumps;s=x.*delete file/);
  expect(resolveNodeId('ns=2;s=x', { now: before.slice(0, 2), first, file: 'file' })).toMatchObject({ ok: false });
});

test('the namespace of an index is kept across restarts and never overwritten', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-namespaces-'));
  const memory = new NamespaceMemory(directory, 'opc.tcp://a:4840');
  const indices = ['ns=2;s=x', 'nsu=urn:fans;s=y', 'i=2258'].flatMap((id) => namespaceIndexOf(id) ?? []);
  expect(indices).toEqual([2, 0]);
  memory.remember(indices, before);
  memory.remember([2], after);
  expect([...new NamespaceMemory(directory, 'opc.tcp://a:4840').first]).toEqual([[2, 'urn:pumps']]);
  expect([...new NamespaceMemory(directory, 'opc.tcp://b:4840').first]).toEqual([]);
  expect(JSON.parse(readFileSync(memory.file, 'utf8'))).toMatchObject({ endpoint: 'opc.tcp://a:4840' });
  writeFileSync(memory.file, '{');
  expect(() => new NamespaceMemory(directory, 'opc.tcp://a:4840')).toThrow(/damaged: delete it/);
});
