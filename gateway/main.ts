import { type Logger, pino } from 'pino';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Order } from '#models/contracts/command.ts';
import type { Origin } from '#models/contracts/topics.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { dayOf } from '#models/supply/dates.ts';
import type { SupplyRow } from '#models/supply/supplyTables.ts';
import { AlarmMeasures } from './alerts/alarmMeasures.ts';
import { AlertClock } from './alerts/alertClock.ts';
import { Events } from './api/events.ts';
import { FailedLogins } from './api/failedLogins.ts';
import { createServer } from './api/server.ts';
import { type EmbeddedBroker, startBroker } from './broker.ts';
import { BrokerAccounts } from './brokerAccounts.ts';
import { brokerClientId } from './brokerClientId.ts';
import { CommandSigner } from './commands.ts';
import type { GatewayConfig } from './config.ts';
import { HistorianPump } from './historian/pump.ts';
import { forgetFirstPassword } from './identity/firstAdministrator.ts';
import { Ingest } from './ingest.ts';
import { bodiesOf, publishChanges } from './liveEvents.ts';
import { gatewayMetrics } from './metrics.ts';
import { createNotifiers } from './notify/createNotifiers.ts';
import { Notifications } from './notify/notifications.ts';
import { testNotification } from './notify/testNotice.ts';
import { openStores, type Stores } from './openStores.ts';
import { ALONE, type Lead } from './peers/lead.ts';
import { Peers } from './peers/peers.ts';
import { Planner } from './planning/planner.ts';
import { Rollouts } from './registry/rollouts.ts';
import { Proposals } from './registry/watchFit.ts';
import { Started } from './started.ts';
import { incidentText, requestFullCheck, storageIncidents } from './store/mendDatabases.ts';
import { isDamage } from './store/openDatabase.ts';
import { placeOf } from './store/postgres/postgresSettings.ts';
import { Retention } from './store/retention.ts';
import { SupplyFolder } from './supply/supplyFolder.ts';
import { SupplyIntake } from './supply/supplyIntake.ts';
import { runInThread } from './thread/runInThread.ts';
import { MaintenanceSystem } from './workOrders/maintenanceSystem.ts';
import { WorkOrders } from './workOrders/workOrders.ts';

export interface RunningGateway {
  apiPort: number;
  stop(): Promise<void>;
}

interface Setting {
  config: GatewayConfig;
  version: string;
  log: Logger;
  now: () => number;
  /** Called with a store's error. */
  failed: (error: unknown) => void;
}

/** With the other gateways of a shared database. */
interface Shared extends Setting {
  peers: Peers | null;
  lead: Lead;
}

/**
 * Starts a gateway. Resolves once its API responds; an absent broker or InfluxDB is waited for. If a database proves
 * damaged later, all parts are stopped and restarted, which repairs it; edges keep their messages until then.
 * @throws if a part cannot start; parts already started are stopped first.
 */
export async function startGateway(config: GatewayConfig, version: string): Promise<RunningGateway> {
  const log = pino({ name: 'gateway' }, pino.destination(2));
  let started = new Started();
  let repair: Promise<void> | null = null;
  const start = async (api: GatewayConfig['api']) => {
    started = new Started();
    return startAll({ config: { ...config, api }, version, log, now: Date.now, failed }, started);
  };
  const failed = (error: unknown) => {
    if (!isDamage(error) || repair !== null) return;
    log.error({ error: String(error) }, 'a database is damaged: the gateway restarts to repair it');
    requestFullCheck(config.dataDirectory);
    // A failed restart ends the process, and its supervisor starts it again.
    repair = started
      .stop()
      .catch((stopping) => log.warn({ error: String(stopping) }, 'not every part stopped cleanly'))
      .then(() => start({ ...config.api, port: apiPort }))
      .then(() => {
        repair = null;
      });
  };
  const apiPort = await start(config.api);
  return {
    apiPort,
    async stop() {
      await repair;
      await started.stop();
      log.info('gateway stopped');
    },
  };
}

/** Starts all parts, or none; returns the API port. */
async function startAll(setting: Setting, started: Started): Promise<number> {
  const { log } = setting;
  try {
    const apiPort = await startParts(setting, started);
    log.info({ apiPort }, 'gateway started');
    return apiPort;
  } catch (error) {
    await started
      .stop()
      .catch((stopping) => log.error({ error: String(stopping) }, 'start-up was not unwound cleanly'));
    throw error;
  }
}

/** Starts all parts in order of dependence; returns the API port. */
async function startParts(given: Setting, started: Started): Promise<number> {
  const { config, now, log } = given;
  const { embeddedBroker } = config;
  const signer = config.commands && new CommandSigner(config.commands.keyFile, now);
  const stores = await openStores(config, started, now, log);
  const accountsChanged = () => peers?.tell({ accounts: 'changed' });
  const accounts =
    config.brokerAccounts === undefined ? null : new BrokerAccounts(config, stores.identities, now, accountsChanged);
  const find = accounts && ((username: string) => accounts.account(username));
  const broker = embeddedBroker ? await startBroker(embeddedBroker.host, embeddedBroker.port, find) : null;
  started.add('broker', broker, (b) => b?.close());
  const peers = connectPeers(given, {
    told: (message) => {
      if ('plan' in message) work.planner.request(message.plan);
      else if ('accounts' in message) rewriteBrokerFiles(accounts, log);
      else for (const event of message.events) events.sendHere(event);
    },
    leads: () => {
      work.pump.run();
      work.planner.request('start');
    },
  });
  started.add('other gateways', peers, (p) => p?.stop());
  const setting = { ...given, peers, lead: peers ?? ALONE };
  const events = new Events((event) => peers?.publish(event));
  const delivery = startDelivery(setting, stores, started, (topic, message) => work.ingest.publish(topic, message));
  const work = startWork(setting, stores, events, delivery, started);
  const alarms = startAlarms(setting, stores, events, delivery, started);
  const models = startModels(setting, stores, signer, work.ingest, started);
  const server = await serve(
    setting,
    { ...stores, ...delivery, ...work, ...alarms, ...models, events, broker, accounts },
    started,
  );
  peers?.start();
  work.ingest.start();
  delivery.notifications.start();
  alarms.clock.start();
  alarms.retention.start();
  alarms.workOrders?.start();
  work.pump.run();
  work.planner.request('start');
  return server;
}

/** The other gateways of a shared database; null: this one is alone. */
function connectPeers(
  { config, log }: Pick<Setting, 'config' | 'log'>,
  handlers: ConstructorParameters<typeof Peers>[1],
): Peers | null {
  const place = placeOf(config);
  return typeof place === 'string' ? null : new Peers(place, handlers, log);
}

/** Another gateway changed the accounts of edges; those of the configuration are the same. */
function rewriteBrokerFiles(accounts: BrokerAccounts | null, log: Logger): void {
  try {
    accounts?.writeFiles();
  } catch (error) {
    log.warn({ error: String(error) }, 'the files of broker accounts were not written');
  }
}

/** Notifications. */
function startDelivery(
  { config, now, log, lead }: Shared,
  { store, plans }: Stores,
  started: Started,
  publish: (topic: string, message: string) => Promise<void>,
) {
  const channels = createNotifiers(config.notifiers, publish);
  const deliveries = { alerts: store.deliveries, plans: plans.deliveries };
  const notifications = new Notifications(deliveries, channels, now, log, lead);
  started.add('notifications', notifications, (n) => n.stop());
  return { channels, deliveries, notifications };
}

/** Ingest of messages and tables into the stores, and the computations on them. */
function startWork(
  { config, now, log, failed, lead, peers }: Shared,
  { store, plans, supply, historian, registry }: Stores,
  events: Events,
  { notifications }: ReturnType<typeof startDelivery>,
  started: Started,
) {
  const { limits, planning } = config;
  const place = placeOf(config);
  const pump = started.add(
    'historian pump',
    new HistorianPump(store, historian, limits.maxSeries, log, failed, lead),
    (p) => p.stop(),
  );
  const plannerParts = {
    place,
    config: planning,
    store,
    plans,
    now,
    run: runInThread,
    lead,
    pass: (plan: string) => peers?.tell({ plan }),
  };
  const planned: ConstructorParameters<typeof Planner>[0]['planned'] = (result, alerts) => {
    pump.run();
    events.send({ type: 'plan', atMs: result.summary.atMs, alerts });
    notifications.run();
  };
  const planner = started.add('planner', new Planner({ ...plannerParts, planned }, log), (p) => p.stop());
  const intakeParts = {
    place,
    mostRows: limits.maxSupplyRows,
    store: supply,
    dates: planning.dates,
    now,
    run: runInThread,
  };
  const intake = new SupplyIntake({ ...intakeParts, taken: () => planner.request('import') }, log);
  started.add('table intake', intake, (i) => i.stop());
  const folder = planning.folder === undefined ? null : new SupplyFolder(planning.folder, intake, log);
  started.add('table folder', folder, (f) => f?.stop());
  const ingest = new Ingest(
    { ...config.broker, clientId: brokerClientId(config), isShared: peers !== null },
    store,
    now,
    log,
    (taken) => {
      pump.run();
      publishChanges(taken, events);
      if (taken.alerts.length > 0) notifications.run();
      planner.onMessages(bodiesOf(taken.fresh, 'health'), bodiesOf(taken.fresh, 'alerts'));
    },
    ({ id, piece }) => registry.piece(id, piece),
    (table, payload) => intake.takeMessage(table, payload),
    failed,
  );
  started.add('ingest', ingest, (i) => i.stop());
  return { pump, planner, intake, folder, ingest };
}

/** Time-driven alert changes, and live events. */
function startAlarms(
  setting: Shared,
  { store, routing }: Stores,
  events: Events,
  { notifications }: ReturnType<typeof startDelivery>,
  started: Started,
) {
  const { config, now, log, lead } = setting;
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
    lead,
    // Each gateway sees the silence of machines by itself.
    watchChanged: (machines) => events.sendHere({ type: 'watch', machines: [...machines] }),
  });
  started.add('alert clock', clock, (c) => c.stop());
  const workOrders = startWorkOrders(setting, store, events);
  started.add('work orders', workOrders, (w) => w?.stop());
  const alarms = new AlarmMeasures({
    place: placeOf(config),
    statistics: store.statistics,
    run: runInThread,
    now,
    sites: () => [...new Set(store.health().map(({ site }) => site))],
  });
  started.add('alarm measures', alarms, (a) => a.stop());
  const retention = new Retention(store, config.retention, now, log, lead);
  started.add('retention', retention, (r) => r.stop());
  return { clock, alarms, alertsChanged, retention, workOrders };
}

/** Work orders in the maintenance system; null if none is configured. */
function startWorkOrders(
  { config: { workOrders: config }, now, log, lead }: Shared,
  { workOrders: table }: Stores['store'],
  events: Events,
): WorkOrders | null {
  if (config === undefined) return null;
  const everyMs = (config.status?.everySeconds ?? 0) * 1000;
  const changed = (order: WorkOrder) => events.send({ type: 'work_order', order });
  return new WorkOrders({ table, system: new MaintenanceSystem(config), everyMs, now, changed, lead }, log);
}

/** Commands to edges, and model roll-outs. */
function startModels(
  { now, log, version, lead }: Shared,
  { store, historian, registry }: Stores,
  signer: CommandSigner | undefined,
  ingest: Ingest,
  started: Started,
) {
  const sign =
    signer &&
    (async (origin: Origin, order: Order) => {
      const { command, message } = signer.sign(origin, order);
      await ingest.send(origin, message);
      return command;
    });
  const command = sign ?? null;
  const edges = () => store.edges();
  const alerts = ({ site, edge, asset }: { site: string; edge: string; asset: string }) =>
    store.alerts({ active: false, limit: 10_000, site, edge, asset });
  const proposals = new Proposals(
    { historian, registry, edges, points: () => store.points(), alerts, now, version },
    log,
    lead,
  );
  started.add('proposals', proposals, (p) => p.stop());
  const rollouts = new Rollouts(registry, edges, command, now, log, lead);
  started.add('rollouts', rollouts, (r) => r.stop());
  return { command, proposals, rollouts };
}

type Parts = Stores &
  ReturnType<typeof startDelivery> &
  ReturnType<typeof startWork> &
  ReturnType<typeof startAlarms> &
  ReturnType<typeof startModels> & { events: Events; broker: EmbeddedBroker | null; accounts: BrokerAccounts | null };

/** The API and the page; returns their port. */
async function serve(setting: Shared, parts: Parts, started: Started): Promise<number> {
  const { config, now, version, failed, peers } = setting;
  const {
    store,
    supply,
    planner,
    notifications,
    channels,
    routing,
    clock,
    events,
    ingest,
    pump,
    alertsChanged,
    workOrders,
  } = parts;
  const failedLogins = new FailedLogins(now);
  const turnedAway = new Map<number, number>();
  const server = await createServer(config.api, {
    ...parts,
    enrolments: config.brokerAccounts?.enrolment === undefined ? null : parts.accounts,
    now,
    planAcknowledged: (alert) => {
      events.send({ type: 'plan', atMs: alert.updatedAtMs, alerts: [alert] });
      notifications.run();
    },
    acknowledged: (alert) => {
      alertsChanged([alert]);
      // Findings at a machine change the demand for its parts.
      if (alert.finding !== undefined) planner.request('finding');
    },
    watches: () => clock.watches(),
    channels: routing.channels,
    deliver: () => notifications.run(),
    testChannel: async (name) => {
      const channel = channels.find((c) => c.name === name);
      await channel?.notify([testNotification(now())]);
    },
    suppressionsChanged: () => clock.tick(),
    workOrderDecided: () => workOrders?.run(),
    costs: config.costs,
    failures: () => failuresOf(supply.table('maintenance')),
    audit: (by, what, subject) => store.audit(now(), by, what, subject, null),
    metrics: gatewayMetrics({
      ...parts,
      peers,
      lead: setting.lead,
      failedLogins,
      turnedAway,
      incidents: () => storageIncidents(config.dataDirectory),
    }),
    failedLogins,
    turnedAway,
    passwordChosen: (name) => forgetFirstPassword(config.dataDirectory, name),
    failed,
    warnings: () => storageIncidents(config.dataDirectory).map(incidentText),
    notReady: () => [
      ...(peers === null || peers.isConnected ? [] : ['PostgreSQL cannot be reached']),
      ...(ingest.connected ? [] : ['the broker is disconnected']),
      ...(ingest.failure === null ? [] : [`the store accepts no messages: ${ingest.failure}`]),
      ...(pump.failure === null ? [] : [`the historian accepts no rows: ${pump.failure}`]),
    ],
    version,
  });
  started.add('API', server, (s) => s.close());
  // Before the server, which would wait for listeners with endless responses.
  started.add('live events', events, (e) => e.close());
  await server.listen({ host: config.api.host, port: config.api.port });
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : config.api.port;
}

/** Failures in maintenance records, each at the end of its day, so that an alert on the same day counts as earlier. */
const failuresOf = (records: readonly SupplyRow<'maintenance'>[]) =>
  records
    .filter(({ kind }) => kind === 'failure')
    .map(({ machine, date }) => ({ machine, atMs: (dayOf(date) + 1) * 86_400_000 - 1 }));
