import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { AlarmMeasures } from '../alerts/alarmMeasures.ts';
import { apiSchema } from '../apiConfig.ts';
import { BrokerAccounts } from '../brokerAccounts.ts';
import { gatewayConfigSchema } from '../config.ts';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { IdentityStore } from '../identity/identityStore.ts';
import { Routing } from '../notify/routing.ts';
import { Planner } from '../planning/planner.ts';
import { PlanStore } from '../planning/planStore.ts';
import { Registry as ModelRegistry } from '../registry/registry.ts';
import { Rollouts } from '../registry/rollouts.ts';
import { Proposals } from '../registry/watchFit.ts';
import { SqliteStore } from '../store/sqliteStore.ts';
import { testPlace } from '../store/testPlace.fixture.ts';
import { SupplyIntake } from '../supply/supplyIntake.ts';
import { SupplyStore } from '../supply/supplyStore.ts';
import type { Run } from '../thread/runInThread.ts';
import { doTask } from '../thread/tasks.ts';
import { Events } from './events.ts';
import { FailedLogins } from './failedLogins.ts';
import { createServer } from './server.ts';

function proposalParts(registry: ModelRegistry) {
  const historian = new SqliteHistorian(mkdtempSync(join(tmpdir(), 'millwright-api-')), 1, 1, () => 0);
  return { historian, registry, edges: () => [], points: () => [], alerts: () => [], now: () => 5, version: '0' };
}

const runHere: Run = async (task) => doTask(task);

/** A planner that runs in the test's own thread. */
function plannerOf(directory: string, store: SqliteStore, plans: PlanStore): Planner {
  const { planning } = gatewayConfigSchema.parse({ dataDirectory: directory, broker: { url: 'mqtt://127.0.0.1' } });
  const parts = {
    place: testPlace(directory),
    config: planning,
    store,
    plans,
    now: () => NOW_MS,
    planned: () => undefined,
    run: runHere,
  };
  return new Planner(parts, pino({ level: 'silent' }));
}
/** Broker accounts with one configured edge, north.edge-1. */
function enrolmentsOf(directory: string, identities: IdentityStore, now: () => number): BrokerAccounts {
  const passwordFile = join(directory, 'mqtt-password');
  writeFileSync(passwordFile, 'a password');
  const config = gatewayConfigSchema.parse({
    dataDirectory: directory,
    broker: { url: 'mqtts://broker:8883', username: 'gateway', passwordFile },
    brokerAccounts: {
      edges: [{ site: 'north', edge: 'edge-1', passwordFile }],
      enrolment: { mosquittoDirectory: join(directory, 'mosquitto') },
    },
  });
  return new BrokerAccounts(config, identities, now);
}

/** The production cost is tested in password tests; here it would take half of the test time. */
const CHEAP = { logN: 4, r: 8, p: 1 };
const NOW_MS = Date.parse('2026-07-10T08:00:00Z');
const ROUTING = new Routing([{ type: 'webhook', url: 'http://127.0.0.1:9', allowLocal: true }]);

/** The API with its own stores; `api` as in a configuration. */
export async function apiServer(api: object = {}, time: number | (() => number) = 5) {
  const now = typeof time === 'number' ? () => time : time;
  const directory = mkdtempSync(join(tmpdir(), 'millwright-api-'));
  const registry = new ModelRegistry(testPlace(directory), undefined, now);
  const store = new SqliteStore(testPlace(directory), {
    maxQueueBytes: 1e6,
    maxEvidenceBytes: 1e6,
    routing: ROUTING,
    now,
  });
  const supply = new SupplyStore(testPlace(directory), 1000, now);
  const plans = new PlanStore(testPlace(directory), ROUTING, now);
  const historian = new SqliteHistorian(directory, 30, 30, now);
  const identities = new IdentityStore(testPlace(directory), now, CHEAP);
  const enrolments = enrolmentsOf(directory, identities, now);
  const audited: string[] = [];
  const events = new Events();
  const app = await createServer(apiSchema.parse({ port: 0, ...api }), {
    supply,
    intake: new SupplyIntake(
      {
        place: testPlace(directory),
        mostRows: 1000,
        store: supply,
        dates: undefined,
        now,
        run: runHere,
        taken: () => undefined,
      },
      pino({ level: 'silent' }),
    ),
    plans,
    planner: plannerOf(directory, store, plans),
    planAcknowledged: () => undefined,
    store,
    historian,
    events,
    now,
    acknowledged: () => undefined,
    watches: () => () => ({ state: 'watched' }),
    deliveries: { alerts: store.deliveries },
    channels: ROUTING.channels,
    deliver: () => undefined,
    testChannel: async () => undefined,
    suppressionsChanged: () => undefined,
    workOrderDecided: () => undefined,
    alarms: new AlarmMeasures({
      place: testPlace(directory),
      statistics: store.statistics,
      run: runHere,
      now,
      sites: () => [],
    }),
    costs: gatewayConfigSchema.shape.costs.parse(undefined),
    failures: () => [{ machine: 'pump-1', atMs: now() - 1 }],
    audit: (...entry) => audited.push(entry.join(' ')),
    identities,
    enrolments,
    passwordChosen: () => undefined,
    failedLogins: new FailedLogins(now),
    turnedAway: new Map(),
    command: null,
    registry,
    proposals: new Proposals(proposalParts(registry), pino({ level: 'silent' })),
    rollouts: new Rollouts(registry, () => [], null, now, pino({ level: 'silent' })),
    metrics: new Registry(),
    notReady: () => ['the broker is disconnected'],
    warnings: () => [],
    failed: () => undefined,
    version: '0',
  });
  return { app, directory, supply, store, plans, historian, identities, enrolments, audited, events };
}

/** A file with a secret, as a configuration names it. */
export function secretFile(secret: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'millwright-secret-')), 'secret');
  writeFileSync(file, `${secret}\n`);
  return file;
}
