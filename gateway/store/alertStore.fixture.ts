import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { AlertMessage } from '#models/contracts/alert.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import { Routing } from '../notify/routing.ts';
import type { DecideOrder } from '../workOrders/workOrderTable.ts';
import { SqliteStore } from './sqliteStore.ts';
import { testPlace } from './testPlace.fixture.ts';

export const START_MS = Date.UTC(2026, 5, 1);
const open: SqliteStore[] = [];
afterEach(() => {
  // Closing twice does nothing: a test may have closed it already.
  for (const store of open.splice(0)) store.close();
});

/** A store with one channel, and its clock; `directory` of an earlier gateway, `decideOrder` creates work orders. */
export function alertStore(directory = mkdtempSync(join(tmpdir(), 'millwright-alerts-')), decideOrder?: DecideOrder) {
  const clock = { ms: START_MS };
  const routing = new Routing([{ type: 'webhook', url: 'http://192.0.2.1/', allowLocal: false }]);
  const limits = { maxQueueBytes: 1e7, maxEvidenceBytes: 1e6 };
  const store = new SqliteStore(testPlace(directory), { ...limits, routing, decideOrder, now: () => clock.ms });
  open.push(store);
  return { store, clock, directory };
}

let sequence = 0;
/** Stores one alert message, as an edge sends it. */
export function takeAlert(store: SqliteStore, change: Partial<AlertMessage> & { id: string }): void {
  const body = {
    v: 1,
    site: 's',
    edge: 'e',
    outbox: 'o',
    sequence: ++sequence,
    oldest: 1,
    timeMs: START_MS,
    timeQuality: 'source',
    asset: 'a',
    point: '1H',
    change: 'raise',
    severity: 'warning',
    raisedAtMs: START_MS + sequence,
    text: 't',
    index: 2,
    evidence: { contributions: [], diagnosis: { fault: 'outer_race', confidence: 1, reasons: [] } },
    remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'm' },
    ...change,
  } as AlertMessage;
  store.take([{ message: { kind: 'alerts', body } as KeptMessage, text: JSON.stringify(body) }]);
}
/** The channel's notifications, in order. */
export const alertEvents = (store: SqliteStore) =>
  store.deliveries
    .list(null, 100)
    .map((d) => `${d.alert} ${d.event}`)
    .reverse();
