import { pino } from 'pino';
import type { Order } from '#models/contracts/command.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import type { Origin } from '#models/contracts/topics.ts';
import { Events } from './api/events.ts';
import { createServer } from './api/server.ts';
import { startBroker } from './broker.ts';
import { CommandSigner } from './commands.ts';
import type { GatewayConfig } from './config.ts';
import { createHistorian } from './historian/createHistorian.ts';
import { HistorianPump } from './historian/pump.ts';
import { Ingest } from './ingest.ts';
import { gatewayMetrics } from './metrics.ts';
import { Notifications } from './notify/notifications.ts';
import { Planner } from './planning/planner.ts';
import { PlanStore } from './planning/planStore.ts';
import { Registry } from './registry/registry.ts';
import { Rollouts } from './registry/rollouts.ts';
import { Proposals } from './registry/watchFit.ts';
import { SqliteStore } from './store/sqliteStore.ts';
import type { Taken } from './store/store.ts';
import { SupplyFolder } from './supply/supplyFolder.ts';
import { SupplyIntake } from './supply/supplyIntake.ts';
import { SupplyStore } from './supply/supplyStore.ts';
import { runInThread } from './thread/runInThread.ts';

export interface RunningGateway {
  apiPort: number;
  stop(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;

/** Starts a gateway. Resolves when its API answers; an absent broker or InfluxDB is waited for. */
export async function startGateway(config: GatewayConfig, version: string): Promise<RunningGateway> {
  const log = pino({ name: 'gateway' }, pino.destination(2));
  const now = () => Date.now();
  const broker = config.embeddedBroker && (await startBroker(config.embeddedBroker.host, config.embeddedBroker.port));
  const store = new SqliteStore(config.dataDirectory, {
    maxQueueBytes: config.limits.maxQueueMegabytes * MEGABYTE,
    maxEvidenceBytes: config.limits.maxEvidenceMegabytes * MEGABYTE,
  });
  const signer = config.commands && new CommandSigner(config.commands.keyFile, now);
  const registry = new Registry(config.dataDirectory, config.commands?.keyFile, now);
  const historian = await createHistorian(config, now);
  const pump = new HistorianPump(store, historian, config.limits.maxSeries, log);
  const events = new Events();
  const notifications = new Notifications(config.notifiers, log);
  const supply = new SupplyStore(config.dataDirectory, config.limits.maxSupplyRows, now);
  const plans = new PlanStore(config.dataDirectory);
  const planner = new Planner(
    {
      directory: config.dataDirectory,
      config: config.planning,
      store,
      plans,
      now,
      planned: (result, alerts) => {
        pump.run();
        events.send({ type: 'plan', atMs: result.summary.atMs, alerts });
        for (const alert of alerts) notifications.tell(alert);
      },
      run: runInThread,
    },
    log,
  );
  const intake = new SupplyIntake(
    {
      directory: config.dataDirectory,
      mostRows: config.limits.maxSupplyRows,
      store: supply,
      dates: config.planning.dates,
      now,
      run: runInThread,
      taken: () => planner.ask('import'),
    },
    log,
  );
  const folder = config.planning.folder === undefined ? null : new SupplyFolder(config.planning.folder, intake, log);
  const ingest = new Ingest(
    config.broker,
    store,
    now,
    log,
    (taken) => {
      pump.run();
      show(taken, events, notifications);
      planner.heard(bodiesOf(taken.fresh, 'health'), bodiesOf(taken.fresh, 'alerts'));
    },
    ({ id, piece }) => registry.piece(id, piece),
    (table, payload) => intake.takeMessage(table, payload),
  );
  const command =
    signer &&
    (async (origin: Origin, order: Order) => {
      const { command, message } = signer.sign(origin, order);
      await ingest.tell(origin, message);
      return command;
    });
  const proposals = new Proposals(
    {
      historian,
      registry,
      edges: () => store.edges(),
      points: () => store.points(),
      alerts: ({ site, edge, asset }) =>
        store
          .alerts({ active: false, limit: 10_000 })
          .filter((a) => a.site === site && a.edge === edge && a.asset === asset),
      now,
      version,
    },
    log,
  );
  const rollouts = new Rollouts(registry, () => store.edges(), command ?? null, now, log);
  const metrics = gatewayMetrics({
    registry,
    ingest,
    pump,
    store,
    events,
    notifications,
    planner,
    plans,
    supply,
    intake,
    folder,
  });
  const server = await createServer(config.api, {
    store,
    historian,
    events,
    now,
    command: command ?? null,
    registry,
    rollouts,
    proposals,
    supply,
    intake,
    plans,
    planner,
    planAcknowledged: (alert) => events.send({ type: 'plan', atMs: alert.updatedAtMs, alerts: [alert] }),
    acknowledged: (alert) => events.send({ type: 'alert', alert }),
    metrics,
    notReady: () => [
      ...(ingest.connected ? [] : ['the broker is away']),
      ...(ingest.failure === null ? [] : [`the store takes nothing: ${ingest.failure}`]),
      ...(pump.failure === null ? [] : [`the historian takes nothing: ${pump.failure}`]),
    ],
    version,
  });
  await server.listen({ host: config.api.host, port: config.api.port });
  ingest.start();
  pump.run();
  planner.ask('start');
  const address = server.server.address();
  const apiPort = typeof address === 'object' && address ? address.port : config.api.port;
  log.info({ apiPort }, 'gateway started');
  return {
    apiPort,
    async stop() {
      events.close();
      await server.close();
      rollouts.stop();
      proposals.stop();
      folder?.stop();
      intake.stop();
      await ingest.stop();
      await planner.stop();
      await pump.stop();
      await historian.close();
      registry.close();
      supply.close();
      plans.close();
      store.close();
      await broker?.close();
      log.info('gateway stopped');
    },
  };
}

type Body<K extends KeptMessage['kind']> = Extract<KeptMessage, { kind: K }>['body'];

function bodiesOf<K extends KeptMessage['kind']>(messages: readonly KeptMessage[], kind: K): Body<K>[] {
  return messages.flatMap((m) => (m.kind === kind ? [m.body as Body<K>] : []));
}

function show(taken: Taken, events: Events, notifications: Notifications): void {
  for (const alert of taken.alerts) {
    events.send({ type: 'alert', alert });
    notifications.tell(alert);
  }
  for (const message of taken.fresh) showMessage(message, events);
}

function showMessage(message: KeptMessage, events: Events): void {
  if (message.kind === 'health') events.send({ type: 'health', health: message.body });
  if (message.kind !== 'features') return;
  const { site, edge, asset, point, timeMs, names, values } = message.body;
  const newest = values[values.length - 1];
  const byName = Object.fromEntries(names.map((name, i) => [name, newest[i]]));
  events.send({ type: 'features', site, edge, asset, point, timeMs, values: byName });
}
