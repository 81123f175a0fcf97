import { pino } from 'pino';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Order } from '#models/contracts/command.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import type { Origin } from '#models/contracts/topics.ts';
import { AlertClock } from './alerts/alertClock.ts';
import { Events } from './api/events.ts';
import { FailedLogins } from './api/failedLogins.ts';
import { createServer } from './api/server.ts';
import { startBroker } from './broker.ts';
import { CommandSigner } from './commands.ts';
import type { GatewayConfig } from './config.ts';
import { createHistorian } from './historian/createHistorian.ts';
import { HistorianPump } from './historian/pump.ts';
import { Ingest } from './ingest.ts';
import { gatewayMetrics } from './metrics.ts';
import { createNotifiers } from './notify/createNotifiers.ts';
import { Notifications } from './notify/notifications.ts';
import { Routing } from './notify/routing.ts';
import { testNotification } from './notify/testNotice.ts';
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
  const routing = new Routing(config.notifiers);
  const store = new SqliteStore(config.dataDirectory, {
    maxQueueBytes: config.limits.maxQueueMegabytes * MEGABYTE,
    maxEvidenceBytes: config.limits.maxEvidenceMegabytes * MEGABYTE,
    routing,
    now,
  });
  const signer = config.commands && new CommandSigner(config.commands.keyFile, now);
  const registry = new Registry(config.dataDirectory, config.commands?.keyFile, now);
  const historian = await createHistorian(config, now);
  const pump = new HistorianPump(store, historian, config.limits.maxSeries, log);
  const events = new Events();
  const supply = new SupplyStore(config.dataDirectory, config.limits.maxSupplyRows, now);
  const plans = new PlanStore(config.dataDirectory, routing, now);
  const channels = createNotifiers(config.notifiers, (topic, message) => ingest.publish(topic, message));
  const deliveries = { alerts: store.deliveries, plans: plans.deliveries };
  const notifications = new Notifications(deliveries, channels, now, log);
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
        notifications.run();
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
  const ingest: Ingest = new Ingest(
    config.broker,
    store,
    now,
    log,
    (taken) => {
      pump.run();
      show(taken, events);
      if (taken.alerts.length > 0) notifications.run();
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
  const alertsChanged = (alerts: readonly AlertRecord[]) => {
    for (const alert of alerts) events.send({ type: 'alert', alert });
    notifications.run();
  };
  const clock = new AlertClock({
    store,
    liveness: config.liveness,
    escalations: routing.escalations(),
    now,
    changed: alertsChanged,
    watchChanged: (machines) => events.send({ type: 'watch', machines: [...machines] }),
  });
  const rollouts = new Rollouts(registry, () => store.edges(), command ?? null, now, log);
  const failedLogins = new FailedLogins(now);
  const metrics = gatewayMetrics({
    failedLogins,
    registry,
    ingest,
    pump,
    store,
    events,
    notifications,
    clock,
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
    planAcknowledged: (alert) => {
      events.send({ type: 'plan', atMs: alert.updatedAtMs, alerts: [alert] });
      notifications.run();
    },
    acknowledged: (alert) => {
      alertsChanged([alert]);
      // What is found at a machine changes what its parts are needed for.
      if (alert.finding !== undefined) planner.ask('finding');
    },
    watches: () => clock.watches(),
    deliveries,
    channels: routing.channels,
    deliver: () => notifications.run(),
    testChannel: async (name) => {
      const channel = channels.find((c) => c.name === name);
      await channel?.notify([testNotification(now())]);
    },
    audit: (by, what, subject) => store.audit(now(), by, what, subject, null),
    metrics,
    failedLogins,
    notReady: () => [
      ...(ingest.connected ? [] : ['the broker is away']),
      ...(ingest.failure === null ? [] : [`the store takes nothing: ${ingest.failure}`]),
      ...(pump.failure === null ? [] : [`the historian takes nothing: ${pump.failure}`]),
    ],
    version,
  });
  await server.listen({ host: config.api.host, port: config.api.port });
  ingest.start();
  notifications.start();
  clock.start();
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
      clock.stop();
      await ingest.stop();
      await planner.stop();
      await notifications.stop();
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

function show(taken: Taken, events: Events): void {
  for (const alert of taken.alerts) {
    events.send({ type: 'alert', alert });
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
