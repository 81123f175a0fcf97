import { chmodSync, mkdtempSync, openSync, rmdirSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatewayConfigSchema } from '../config.ts';
import { IdentityStore } from '../identity/identityStore.ts';
import { clockFinding } from './checkServers.ts';
import { linesOf, runChecks } from './doctor.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';

/** Findings of each check of a configuration; passed checks are omitted. */
async function examined(change: object, prepare: (directory: string) => void = () => undefined) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'millwright-doctor-'));
  chmodSync(dataDirectory, 0o700);
  prepare(dataDirectory);
  const config = gatewayConfigSchema.parse({
    dataDirectory,
    broker: { url: 'mqtt://127.0.0.1:1' },
    embeddedBroker: { port: 0 },
    api: { port: 0 },
    ...change,
  });
  return { dataDirectory, findings: await runChecks(config, Date.now) };
}

const stateOf = (findings: Awaited<ReturnType<typeof runChecks>>, check: string) =>
  findings.find((f) => f.check === check)?.state;

test('a sound gateway has no fault', async () => {
  const { findings } = await examined({}, (directory) => new IdentityStore(directory, Date.now).close());
  expect(findings.filter(({ state }) => state === 'fault')).toEqual([]);
  expect(stateOf(findings, 'identity.db')).toBe('ok');
  expect(stateOf(findings, 'broker')).toBe('ok');
});

test('a missing data directory before the first start is not a fault', async () => {
  const { findings } = await examined({}, rmdirSync);
  expect(stateOf(findings, 'data directory')).toBe('warning');
  expect(findings.filter(({ state }) => state === 'fault')).toEqual([]);
});

test('a damaged database, an open directory and an absent broker are reported with a remedy', async () => {
  const { findings, dataDirectory } = await examined({ embeddedBroker: undefined }, (directory) => {
    new IdentityStore(directory, Date.now).close();
    writeSync(openSync(join(directory, 'identity.db'), 'r+'), Buffer.alloc(4096, 7), 0, 4096, 4096);
    chmodSync(directory, 0o755);
  });
  expect(stateOf(findings, 'identity.db')).toBe('fault');
  expect(stateOf(findings, 'broker')).toBe('fault');
  const directory = findings.find((f) => f.check === 'data directory');
  expect(directory).toMatchObject({ state: 'warning', remedy: `chmod 700 ${dataDirectory}` });
  expect(directory && linesOf(directory)).toEqual([
    `warning data directory: ${dataDirectory} is accessible to other users`,
    `        → chmod 700 ${dataDirectory}`,
  ]);
});

test('secrets that are missing, open or weak are distinguished', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-secrets-'));
  const secret = (name: string, text: string, mode: number) => {
    writeFileSync(join(directory, name), text, { mode });
    return join(directory, name);
  };
  const tokens = [
    { name: 'a', role: 'viewer', tokenFile: secret('good', TOKEN, 0o600) },
    { name: 'b', role: 'viewer', tokenFile: secret('open', TOKEN, 0o644) },
    { name: 'c', role: 'viewer', tokenFile: secret('weak', 'secret', 0o600) },
    { name: 'd', role: 'viewer', tokenFile: join(directory, 'none') },
  ];
  const { findings } = await examined({ api: { port: 0, tokens } });
  const states = [0, 1, 2, 3].map((i) => stateOf(findings, `api.tokens.${i}.tokenFile`));
  expect(states).toEqual(['ok', 'warning', 'fault', 'fault']);
});

test('the API port is free, used by a gateway that is not ready, or by another program', async () => {
  const serve = (answer: string) =>
    new Promise<Server>((resolve) => {
      const server: Server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1', () =>
        resolve(server),
      );
    });
  for (const [answer, state, text] of [
    ['{"ok":true,"why":[]}', 'ok', 'is ready'],
    ['{"ok":false,"why":["the broker is disconnected"]}', 'fault', 'the broker is disconnected'],
    ['hello', 'fault', 'another program'],
  ]) {
    const server = await serve(answer);
    const { findings } = await examined({ api: { port: (server.address() as AddressInfo).port } });
    expect(findings.find((f) => f.check === 'API')).toMatchObject({ state, text: expect.stringContaining(text) });
    server.close();
  }
});

test("the clock is compared with a server's", () => {
  const at = Date.parse('2026-06-01T12:00:00Z');
  expect(clockFinding('clock', 'S', 'Mon, 01 Jun 2026 11:59:58 GMT', at)).toMatchObject([{ state: 'ok' }]);
  expect(clockFinding('clock', 'S', 'Mon, 01 Jun 2026 11:59:00 GMT', at)).toMatchObject([{ text: '60 s ahead of S' }]);
  expect(clockFinding('clock', 'S', 'Mon, 01 Jun 2026 12:01:00 GMT', at)).toMatchObject([{ text: '60 s behind S' }]);
  expect(clockFinding('clock', 'S', null, at)).toEqual([]);
});
