import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, expect, test } from 'vitest';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { alertMessage } from '../../simulators/endToEnd/alertMessage.ts';
import { Gateway } from '../../simulators/endToEnd/services.ts';
import { until } from '../../simulators/endToEnd/until.ts';
import { freePort } from '../../simulators/freePort.ts';

const MACHINES = 12;
const KILLS = 3;
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** A maintenance system that fails in various ways while down, recognises repeats by key, and closes orders. */
async function maintenanceSystem() {
  const orders = new Map<string, { number: string; body: Record<string, unknown>; status: string }>();
  const state = { isDown: true, requests: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      state.requests++;
      const isAccepted = !state.isDown || state.requests % 3 === 0;
      if (!isAccepted && state.requests % 3 === 1) return response.writeHead(503).end();
      const key = String(request.headers['idempotency-key']);
      if (request.method === 'POST' && !orders.has(key))
        orders.set(key, {
          number: `4${orders.size}`,
          body: JSON.parse(Buffer.concat(chunks).toString()),
          status: 'OPEN',
        });
      // Accepted without a response, so the order is sent again.
      if (!isAccepted) return request.socket.destroy();
      if (request.method === 'POST')
        return response.writeHead(201).end(JSON.stringify({ d: { Order: orders.get(key)?.number } }));
      const number = request.url?.split('/').at(-1);
      const found = [...orders.values()].find((order) => order.number === number);
      return response.writeHead(200).end(JSON.stringify({ Status: found?.status }));
    });
    request.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { orders, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('orders reach a failing maintenance system once, through kill -9; expensive ones wait for approval; closing is followed', async () => {
  const system = await maintenanceSystem();
  const port = await freePort();
  const gateway = await Gateway.start(
    mkdtempSync(join(tmpdir(), 'millwright-work-orders-')),
    `mqtt://127.0.0.1:${port}`,
    {
      embeddedBroker: { port },
      workOrders: {
        create: { url: `${system.url}/orders`, body: { title: '{task} {asset}', cost: '{amount}' }, id: '/d/Order' },
        status: { url: `${system.url}/orders/{id}`, at: '/Status', over: ['CLOSED'], everySeconds: 1 },
        allowLocal: true,
        rules: [{ automaticUpTo: 500 }],
      },
    },
  );
  stops.push(() => gateway.process.end('SIGTERM'));
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 200 });
  stops.push(() => client.endAsync(true));
  const send = (index: number, severity: 'warning' | 'critical') =>
    client.publishAsync(
      `millwright/v1/plant/e1/alerts/m${index}`,
      JSON.stringify(alertMessage({ sequence: index + 1, asset: `m${index}`, severity })),
      { qos: 1 },
    );
  const orders = async () => (await gateway.get('/api/v1/work-orders?state=all')) as WorkOrder[];
  for (let i = 0; i < MACHINES; i++) await send(i, i === 0 ? 'critical' : 'warning');
  await until(async () => (await orders()).length === MACHINES, 20_000);
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((done) => setTimeout(done, 700));
    await gateway.process.crash();
  }
  system.state.isDown = false;
  const inState = async (state: string) => (await orders()).filter((order) => order.state === state);
  await until(async () => (await inState('sent')).length === MACHINES - 1, 60_000);
  const [proposed] = await inState('proposed');
  expect(proposed).toMatchObject({ asset: 'm0', task: 'repair', amount: 2000, currency: 'EUR' });
  expect([...system.orders.values()].map(({ body }) => body.title).sort()).toEqual(
    Array.from({ length: MACHINES - 1 }, (_, i) => `inspect m${i + 1}`).sort(),
  );
  await gateway.post(`/api/v1/work-orders/${proposed.id}/approve`, { by: 'Ann', reason: 'stop on Friday' });
  await until(async () => (await inState('sent')).length === MACHINES, 20_000);
  expect([...system.orders.values()].at(-1)?.body).toEqual({ title: 'repair m0', cost: 2000 });
  for (const order of system.orders.values()) order.status = 'CLOSED';
  await until(async () => (await inState('done')).length === MACHINES, 30_000);
  expect(system.orders.size).toBe(MACHINES);
});
