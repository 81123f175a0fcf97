import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { Routing } from '../notify/routing.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { planningSchema } from './planningConfig.ts';
import { PlanStore } from './planStore.ts';
import { RequisitionSender } from './requisitionSender.ts';

const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** An ERP system that refuses the first requests, and a sender of a store's accepted orders. */
async function erp(refusals: number) {
  const taken: { key: unknown; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      taken.push({ key: request.headers['idempotency-key'], body });
      if (taken.length <= refusals) return response.writeHead(503).end();
      response.writeHead(201).end(JSON.stringify({ d: { Requisition: 10_000_000 + taken.length } }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const clock = { ms: Date.parse('2026-07-10T08:00:00Z') };
  const now = () => clock.ms;
  const plans = new PlanStore(testPlace(mkdtempSync(join(tmpdir(), 'millwright-erp-'))), new Routing([]), now);
  const { requisitions } = planningSchema.parse({
    requisitions: {
      create: {
        url: `http://127.0.0.1:${port}/requisitions`,
        body: { Material: '{item}', Plant: '{site}', Quantity: '{quantity}', Note: '{by}: {reason}' },
        id: '/d/Requisition',
      },
      allowLocal: true,
    },
  });
  const sender = new RequisitionSender({ plans, system: requisitions!, now }, pino({ level: 'silent' }));
  stops.push(() => sender.stop());
  const decide = (item: string, decision: Parameters<typeof plans.decisions.decide>[0]['decision']) =>
    plans.decisions.decide({ item, site: 'north', by: 'eve', decision }, { proposed: 1, openOrders: [] }, now()).id;
  return { taken, plans, sender, decide, clock };
}

test('an accepted order is sent once, with the same key after a failure; a frozen one is not sent', async () => {
  const { taken, plans, sender, decide, clock } = await erp(1);
  const id = decide('belt', { action: 'accept', quantity: 90, reason: 'outage' });
  decide('hose', { action: 'freeze', quantity: 3, reason: 'r' });
  await sender.run();
  const { requisition } = plans.decisions.decision(id)!;
  expect(requisition).toEqual({
    number: null,
    attempts: 1,
    nextMs: clock.ms + 1000,
    error: 'the receiver responded with 503',
  });
  await sender.run();
  expect(taken).toHaveLength(1);
  clock.ms += 1000;
  await sender.run();
  await sender.run();
  expect(plans.decisions.decision(id)?.requisition).toEqual({
    number: '10000002',
    attempts: 2,
    nextMs: null,
    error: null,
  });
  expect(taken.map(({ body }) => body)).toEqual(
    Array(2).fill({ Material: 'belt', Plant: 'north', Quantity: 90, Note: 'eve: outage' }),
  );
  expect(new Set(taken.map(({ key }) => key)).size).toBe(1);
});

test('plans do not overwrite a requisition; a withdrawn one is not sent; after three days it is abandoned', async () => {
  const { taken, plans, sender, decide, clock } = await erp(Number.POSITIVE_INFINITY);
  const withdrawn = decide('hose', { action: 'accept', quantity: 3 });
  plans.decisions.withdraw(withdrawn, clock.ms);
  const id = decide('belt', { action: 'accept', quantity: 90 });
  const read = plans.decisions.current();
  await sender.run();
  plans.decisions.keep(read);
  expect(plans.decisions.decision(id)?.requisition?.attempts).toBe(1);
  clock.ms += 73 * 3_600_000;
  await sender.run();
  clock.ms += 3_600_000;
  await sender.run();
  expect(taken).toHaveLength(2);
  expect(plans.decisions.decision(id)?.requisition).toMatchObject({ number: null, nextMs: null, attempts: 2 });
});

test('a template with an unknown field is refused', () => {
  const create = { url: 'https://erp/r', body: { a: '{article}' }, id: '/id' };
  expect(planningSchema.safeParse({ requisitions: { create } }).error?.message).toMatch(/only the fields .*\{item\}/);
});
