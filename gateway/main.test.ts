import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
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

test('a start that fails leaves nothing running: the next one succeeds in the same process', async () => {
  const { server: occupant, port: apiPort } = await listen();
  const brokerPort = await freePort();
  const config = gatewayConfigSchema.parse({
    dataDirectory: mkdtempSync(join(tmpdir(), 'millwright-main-')),
    broker: { url: `mqtt://127.0.0.1:${brokerPort}` },
    embeddedBroker: { port: brokerPort },
    api: { port: apiPort },
  });
  await expect(startGateway(config, '0')).rejects.toThrow(/EADDRINUSE/);
  const { server } = await listen(brokerPort);
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => occupant.close(resolve));
  const gateway = await startGateway(config, '0');
  expect((await fetch(`http://127.0.0.1:${gateway.apiPort}/healthz`)).status).toBe(200);
  await gateway.stop();
  await listen(brokerPort);
});
