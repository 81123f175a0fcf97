import type { Logger } from 'pino';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Order } from '#models/contracts/command.ts';
import type { Origin } from '#models/contracts/topics.ts';
import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { AlarmMeasures } from './alerts/alarmMeasures.ts';
import { AlertClock } from './alerts/alertClock.ts';
import type { Events } from './api/events.ts';
import type { BrokerAccounts } from './brokerAccounts.ts';
import type { CommandSigner } from './commands.ts';
import type { GatewayConfig } from './config.ts';
import { HistorianPump } from './historian/pump.ts';
import { Ingest } from './ingest.ts';
import { bodiesOf, publishChanges } from './liveEvents.ts';
import { linkOf } from './messages/openLink.ts';
import { createNotifiers } from './notify/createNotifiers.ts';
import { Notifications } from './notify/notifications.ts';
import type { Stores } from './openStores.ts';
import type { Lead } from './peers/lead.ts';
import { Peers } from './peers/peers.ts';
import { Planner } from './planning/planner.ts';
import { RequisitionSender } from './planning/requisitionSender.ts';
import { Rollouts } from './registry/rollouts.ts';
import { Proposals } from './registry/watchFit.ts';
import type { Started } from './started.ts';
import { placeOf } from './store/postgres/postgresSettings.ts';
import { Retention } from './store/retention.ts';
import { SupplyFolder } from './supply/supplyFolder.ts';
import { SupplyIntake } from './supply/supplyIntake.ts';
import { runInThread } from './thread/runInThread.ts';
import { MaintenanceSystem } from './workOrders/maintenanceSystem.ts';
import { WorkOrders } from './workOrders/workOrders.ts';

/** Dependencies of every part of a gateway. */
export interface Setting {
  config: GatewayConfig;
  version: string;
  log: Logger;
  now: () => number;
  /** Called with a store's error. */
  failed: (error: unknown) => void;
}

/** With the other gateways of a shared database. */
export interface Shared extends Setting {
  peers: Peers | null;
  lead: Lead;
}

/** The other gateways of a shared database; null if the database is not shared. */
export function connectPeers(
  { config, log }: Pick<Setting, 'config' | 'log'>,
  handlers: ConstructorParameters<typeof Peers>[1],
): Peers | null {
  const place = placeOf(config);
  return typeof place === 'string' ? null : new Peers(place, handlers, log);
}

/** Called when another gateway changed the accounts of edges; configured accounts are unchanged. */
export function rewriteBrokerFiles(accounts: BrokerAccounts | null, log: Logger): void {
  try {
    accounts?.writeFiles();
  } catch (error) {
    log.warn({ error: String(error) }, 'the files of broker accounts were not written');
  }
}

/** Notifications. */
export function startDelivery(
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
export async function startWork(
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
  if (planning.requisitions !== undefined) {
    const sender = new RequisitionSender({ plans, system: planning.requisitions, now, lead }, log);
    started.add('requisitions', sender, (s) => s.stop());
  }
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
    await linkOf(config, peers !== null, log),
    store,
    now,
    log,
    (committed) => {
      pump.run();
      publishChanges(committed, events);
      if (committed.alerts.length > 0) notifications.run();
      planner.onMessages(bodiesOf(committed.fresh, 'health'), bodiesOf(committed.fresh, 'alerts'));
    },
    ({ id, piece }) => registry.piece(id, piece),
    (table, payload) => intake.takeMessage(table, payload),
    failed,
  );
  started.add('ingest', ingest, (i) => i.stop());
  return { pump, planner, intake, folder, ingest };
}

/** Time-driven alert changes, and live events. */
export function startAlarms(
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
    // Each gateway detects silent machines itself.
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
export function startModels(
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
