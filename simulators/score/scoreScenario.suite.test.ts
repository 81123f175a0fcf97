import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { settled } from './scoreScenario.ts';

let server: Server | null = null;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A gateway that listens from `afterMs` on, and answers its first request with an error. */
async function gatewayAfter(afterMs: number): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  let asked = 0;
  server = createServer((request, response) => {
    response.statusCode = asked++ === 0 ? 503 : 200;
    response.setHeader('connection', 'close');
    response.end(JSON.stringify(request.url?.includes('ledger') ? { points: [] } : []));
  });
  setTimeout(() => server?.listen(port, '127.0.0.1'), afterMs);
  return `http://127.0.0.1:${port}`;
}
const judged = () => ({ unexplained: 0, faults: [] }) as never;

test('a gateway that is being started again is asked until it answers', async () => {
  const api = await gatewayAfter(300);
  expect(await settled(api, judged, 20_000)).toMatchObject({ unexplained: 0 });
});

test('one that does not answer to the end is named', async () => {
  await expect(settled('http://127.0.0.1:9', judged, 100)).rejects.toThrow('the gateway did not answer within');
});
