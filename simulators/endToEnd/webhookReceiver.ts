import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook that recognises repeated notifications by their key; returns machine and event of each. */
export async function startWebhookReceiver() {
  const accepted = new Map<string, string>();
  const counts = { requests: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      counts.requests++;
      const { asset } = JSON.parse(Buffer.concat(chunks).toString()) as { asset: string };
      accepted.set(String(request.headers['idempotency-key']), `${asset} ${request.headers['x-millwright-event']}`);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    accepted,
    counts,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
