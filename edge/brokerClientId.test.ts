import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokerClientId } from './brokerClientId.ts';
import { edgeConfigSchema } from './config.ts';

const configOf = (dataDirectory: string) =>
  edgeConfigSchema.parse({
    site: 's',
    edge: 'e',
    dataDirectory,
    sources: [
      { type: 'mqtt', url: 'mqtt://x', subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }] },
    ],
    uplink: { url: 'mqtt://x' },
  });
const newDirectory = () => mkdtempSync(join(tmpdir(), 'millwright-client-id-'));

test('client ids of an edge are unique, persistent and unguessable', () => {
  const directory = newDirectory();
  const [uplink, source] = ['uplink', 'source-0'].map((of) => brokerClientId(configOf(directory), of));
  expect(uplink).toMatch(/^millwright-s-e-uplink-[0-9a-f]{16}$/);
  expect(source).toBe(uplink.replace('uplink', 'source-0'));
  expect(brokerClientId(configOf(directory), 'uplink')).toBe(uplink);
  expect(brokerClientId(configOf(newDirectory()), 'uplink')).not.toBe(uplink);
  expect(statSync(join(directory, 'broker-client-id')).mode & 0o077).toBe(0);
});

test('a file left empty by a crash is rewritten', () => {
  const directory = newDirectory();
  writeFileSync(join(directory, 'broker-client-id'), '');
  expect(brokerClientId(configOf(directory), 'uplink')).toMatch(/-[0-9a-f]{16}$/);
});
