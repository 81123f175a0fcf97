import { closeSync, mkdtempSync, openSync, statSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { gatewayConfigSchema } from './config.ts';
import { startGateway } from './main.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listen(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

async function freePort(): Promise<number> {
  const { server, port } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a failed start leaves nothing running: the next one succeeds in the same process', { tags: 'slow' }, async () => {
  const { server: occupant, port: apiPort } = await listen();
  const brokerPort = await freePort();
  const config = gatewayConfigSchema.parse({
    dataDirectory: mkdtempSync(join(tmpdir(), 'millwright-main-')),
    broker: { url: `mqtt://127.0.0.1:${brokerPort}` },
    embeddedBroker: { port: brokerPort },
    api: { port: apiPort },
  });
  await expect(startGateway(config, '0')).rejects.toThrow(/api\.port: found .*another program listens/);
  const { server } = await listen(brokerPort);
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => occupant.close(resolve));
  const gateway = await startGateway(config, '0');
  expect((await fetch(`http://127.0.0.1:${gateway.apiPort}/healthz`)).status).toBe(200);
  await gateway.stop();
  const { server: later } = await listen(brokerPort);
  let connections = 0;
  later.on('connection', (socket) => {
    connections++;
    socket.destroy();
  });
  // Longer than the first reconnect delay of a broker client.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(connections).toBe(0);
});

test('a database damaged while the gateway runs is repaired, and the gateway resumes', {
  tags: 'slow',
  timeout: 60_000,
}, async () => {
  const brokerPort = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'millwright-main-'));
  const config = gatewayConfigSchema.parse({
    dataDirectory: directory,
    broker: { url: `mqtt://127.0.0.1:${brokerPort}` },
    embeddedBroker: { port: brokerPort },
    api: { port: 0 },
  });
  const first = await startGateway(config, '0');
  await first.stop();
  const db = new Database(join(directory, 'gateway.db'));
  const record = JSON.stringify({ text: 'x'.repeat(200_000) });
  for (let i = 0; i < 10; i++) db.prepare("INSERT INTO evidence VALUES (?, ?, 1, '{}', ?)").run(`e${i}`, i, record);
  db.close();
  const gateway = await startGateway(config, '0');
  const api = `http://127.0.0.1:${gateway.apiPort}`;
  // The tail of the file, which is not cached: evidence signals.
  const size = statSync(join(directory, 'gateway.db')).size;
  const handle = openSync(join(directory, 'gateway.db'), 'r+');
  writeSync(handle, Buffer.alloc(size / 2, 0xa5), 0, size / 2, size / 2);
  closeSync(handle);
  const warnings = async (): Promise<string[]> => {
    const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    return answer === null ? [] : ((await answer.json()) as { warnings: string[] }).warnings;
  };
  await vi.waitFor(
    async () => {
      await fetch(`${api}/api/v1/evidence/e9/0`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      expect((await warnings()).join()).toMatch(/gateway\.db was damaged/);
    },
    { timeout: 30_000, interval: 200 },
  );
  expect((await fetch(`${api}/api/v1/alerts?state=all`)).status).toBe(200);
  expect(await (await fetch(`${api}/metrics`)).text()).toMatch(
    /storage_incidents\{database="gateway\.db",kind="damaged"\} 1/,
  );
  await gateway.stop();
});
