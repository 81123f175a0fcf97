import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { settled } from './scoreScenario.ts';

let server: Server | null = null;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A gateway that listens after `afterMs`, and answers its first request with an error. */
async function gatewayAfter(afterMs: number): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  let requests = 0;
  server = createServer((request, response) => {
    response.statusCode = requests++ === 0 ? 503 : 200;
    response.setHeader('connection', 'close');
    response.end(JSON.stringify(request.url?.includes('ledger') ? { points: [] } : []));
  });
  setTimeout(() => server?.listen(port, '127.0.0.1'), afterMs);
  return `http://127.0.0.1:${port}`;
}
const judged = () => ({ unexplained: 0, faults: [] }) as never;

test('a restarting gateway is polled until it answers', async () => {
  const api = await gatewayAfter(300);
  expect(await settled(api, judged, 20_000)).toMatchObject({ unexplained: 0 });
});

test('a gateway that never answers is named', async () => {
  await expect(settled('http://127.0.0.1:9', judged, 100)).rejects.toThrow('the gateway did not answer within');
});
