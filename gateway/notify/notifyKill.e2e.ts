import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { AlertSender } from '../../simulators/endToEnd/alertSender.ts';
import { Gateway } from '../../simulators/endToEnd/services.ts';
import { until } from '../../simulators/endToEnd/until.ts';
import { freePort } from '../../simulators/freePort.ts';

/** Five in CI, twenty with `npm run soak:notify`. */
const KILLS = Number(process.env.MILLWRIGHT_KILLS ?? 5);
const GROUP = 25;
const ALERTS = KILLS * GROUP;
let stop: () => Promise<void> = async () => undefined;
afterAll(() => stop());

test(
  `every notification of ${ALERTS} alerts is delivered once, through ${KILLS} kill -9 and a failing receiver`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millwright-notify-kill-'));
    const random = randomOf(20);
    // Accepted notifications by key, by which a receiver should recognise repeats.
    const accepted = new Map<string, { event: string; asset: string; times: number }>();
    let isDown = true;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const fate = isDown ? random() : 1;
        if (fate < 0.4) return response.writeHead(503).end();
        if (fate < 0.6) return request.socket.destroy();
        // No response at all: the sender must time out.
        if (fate < 0.61) return undefined;
        const key = String(request.headers['idempotency-key']);
        const { asset } = JSON.parse(Buffer.concat(chunks).toString()) as { asset: string };
        const known = accepted.get(key);
        accepted.set(key, {
          event: String(request.headers['x-millwright-event']),
          asset,
          times: (known?.times ?? 0) + 1,
        });
        return response.writeHead(200).end();
      });
      request.on('error', () => undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const port = await freePort();
    const gateway = await Gateway.start(directory, `mqtt://127.0.0.1:${port}`, {
      embeddedBroker: { port },
      notifiers: [{ type: 'webhook', url: hook, allowLocal: true }],
    });
    const sender = await AlertSender.connect(`mqtt://127.0.0.1:${port}`);
    stop = async () => {
      await sender.end();
      await gateway.process.end('SIGTERM');
      server.closeAllConnections();
      server.close();
    };
    const returning = new Set(Array.from({ length: ALERTS / 5 }, (_, i) => `m${5 * i}`));
    const raised: string[] = [];
    // An alert returns only after its raise has arrived: one that returns before is not notified.
    const sendReturns = () => {
      for (const id of raised.filter((id) => returning.has(id) && sender.isTaken(id))) {
        returning.delete(id);
        sender.send(id, 'return');
      }
    };
    for (let kill = 0; kill < KILLS; kill++) {
      sendReturns();
      for (let i = 0; i < GROUP; i++) {
        const id = `m${kill * GROUP + i}`;
        raised.push(id);
        sender.send(id, 'raise');
      }
      await new Promise((done) => setTimeout(done, 50 + 300 * random()));
      await gateway.process.crash();
      sender.resend();
    }
    isDown = false;
    const events = ALERTS + ALERTS / 5;
    await until(async () => {
      sendReturns();
      if (sender.pending > 0) sender.resend();
      const metrics = await gateway.metrics();
      const waiting = metrics.get('millwright_gateway_notifications{channel="webhook",state="waiting"}') ?? 0;
      return returning.size + sender.pending + waiting === 0 && accepted.size >= events;
    }, 120_000);
    expect(accepted.size).toBe(events);
    const eventsOf = (asset: string) => [...accepted.values()].filter((a) => a.asset === asset).map((a) => a.event);
    for (let i = 0; i < ALERTS; i++)
      expect(eventsOf(`m${i}`), `m${i}`).toEqual(i % 5 === 0 ? ['raised', 'returned'] : ['raised']);
  },
  120_000 + 30_000 * KILLS,
);
