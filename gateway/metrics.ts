import { collectDefaultMetrics, Registry } from 'prom-client';
import { unexplained } from '#models/contracts/ledger.ts';
import { type DeclareMetric, readMetrics } from '#models/metrics/readMetrics.ts';
import type { AlarmMeasures } from './alerts/alarmMeasures.ts';
import type { AlarmDay } from './alerts/alarmQuestions.ts';
import type { AlertClock } from './alerts/alertClock.ts';
import type { Events } from './api/events.ts';
import type { FailedLogins } from './api/failedLogins.ts';
import type { EmbeddedBroker } from './broker.ts';
import type { HistorianPump } from './historian/pump.ts';
import type { Ingest } from './ingest.ts';
import type { Notifications } from './notify/notifications.ts';
import type { Lead } from './peers/lead.ts';
import type { Peers } from './peers/peers.ts';
import type { Planner } from './planning/planner.ts';
import type { PlanStore } from './planning/planStore.ts';
import type { Registry as ModelRegistry } from './registry/registry.ts';
import type { StorageIncident } from './store/mendDatabases.ts';
import { PostgresError } from './store/postgres/postgresConnection.ts';
import type { Retention } from './store/retention.ts';
import type { Store } from './store/store.ts';
import type { SupplyFolder } from './supply/supplyFolder.ts';
import type { SupplyIntake } from './supply/supplyIntake.ts';
import type { SupplyStore } from './supply/supplyStore.ts';

export interface Measured {
  registry: ModelRegistry;
  ingest: Ingest;
  pump: HistorianPump;
  store: Store;
  events: Events;
  notifications: Notifications;
  clock: AlertClock;
  alarms: AlarmMeasures;
  failedLogins: FailedLogins;
  turnedAway: ReadonlyMap<number, number>;
  retention: Retention;
  broker: EmbeddedBroker | null;
  peers: Peers | null;
  lead: Lead;
  incidents: () => readonly StorageIncident[];
  planner: Planner;
  plans: PlanStore;
  supply: SupplyStore;
  intake: SupplyIntake;
  folder: SupplyFolder | null;
}

/** The gateway's metrics, collected from its parts at each scrape. */
export function gatewayMetrics(measured: Measured): Registry {
  const { registry: models, ingest, pump, store, events, notifications, clock, plans } = measured;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readAll = readMetrics(registry, 'millwright_gateway');
  // If a database is unreachable, its metrics are omitted: the others matter most then.
  const read: DeclareMetric = (name, help, labels, values) =>
    readAll(name, help, labels, async (set) => {
      try {
        await values(set);
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
      }
    });
  read('leader', '1 while this gateway does the work that only one may do', [], (set) =>
    set({}, measured.lead.isLeader ? 1 : 0),
  );
  read('lead_turns_total', 'times that this gateway became the leader', [], (set) =>
    set({}, measured.peers?.turns ?? 0),
  );
  read('live_events_dropped_total', 'live events not sent to other gateways: no shared database', [], (set) =>
    set({}, measured.peers?.dropped ?? 0),
  );
  read('database_connected', '1 while connected to the shared database', [], (set) => {
    if (measured.peers !== null) set({}, measured.peers.isConnected ? 1 : 0);
  });
  read('messages_accepted_total', 'valid messages', [], (set) => set({}, ingest.accepted));
  read('messages_duplicate_total', 'duplicate messages', [], (set) => set({}, ingest.duplicates));
  read('messages_refused_total', 'messages that violated their contract', ['refusal'], (set) => {
    for (const [refusal, n] of ingest.refused) set({ refusal }, n);
  });
  read('store_failing', '1 while the store accepts no messages', [], (set) => set({}, ingest.failure === null ? 0 : 1));
  read(
    'storage_incidents',
    'incidents of damaged or emptied databases whose files are still set aside',
    ['database', 'kind'],
    (set) => {
      for (const incident of measured.incidents()) {
        const same = measured.incidents().filter((i) => i.database === incident.database && i.kind === incident.kind);
        set({ database: incident.database, kind: incident.kind }, same.length);
      }
    },
  );
  read('retention_removed_total', 'expired rows deleted', ['kind'], (set) => {
    for (const [kind, n] of measured.retention.removed) set({ kind }, n);
  });
  read(
    'embedded_broker_refused_total',
    'sign-ins, messages and subscriptions refused by the embedded broker',
    [],
    (set) => set({}, measured.broker?.refused ?? 0),
  );
  read('broker_connected', '1 while connected to the broker', [], (set) => set({}, ingest.connected ? 1 : 0));
  read('historian_rows_written_total', 'rows written to the historian', [], (set) => set({}, pump.written));
  read('historian_rows_refused_total', 'rows refused permanently by the historian', ['reason'], (set) => {
    set({ reason: 'historian' }, pump.refused);
    set({ reason: 'series_limit' }, pump.overSeries);
    set({ reason: 'unsupported' }, pump.unsupported);
  });
  read('historian_series', 'series written since the start', [], (set) => set({}, pump.series));
  read('historian_failing', '1 while the historian accepts no rows', [], (set) =>
    set({}, pump.failure === null ? 0 : 1),
  );
  read('historian_queue_rows', 'messages in the historian queue', [], (set) => set({}, store.queueSize().rows));
  read('historian_queue_bytes', 'size of the historian queue', [], (set) => set({}, store.queueSize().bytes));
  read('historian_queue_dropped_total', 'messages dropped because the historian queue was full', [], (set) =>
    set({}, store.queueSize().dropped),
  );
  read('alerts_active', 'alerts that have not returned', ['severity'], (set) => {
    const standing = store.standingAlerts();
    for (const severity of ['warning', 'critical'])
      set(
        { severity },
        standing.filter((s) => s.severity === severity).reduce((sum, s) => sum + s.n, 0),
      );
  });
  read('machines', 'machines by watch state', ['watch'], (set) => {
    const watch = clock.watches();
    const states = store.health().map((machine) => watch(machine).state);
    for (const state of ['watched', 'not_watched']) set({ watch: state }, states.filter((s) => s === state).length);
  });
  read('ledger_unexplained', 'messages not accounted for in the ledgers of all points', [], (set) =>
    set(
      {},
      store.ledgers().reduce((sum, p) => sum + Math.abs(unexplained(p)), 0),
    ),
  );
  read('findings', 'alerts by finding', ['fault', 'finding'], (set) => {
    for (const { fault, finding, n } of store.findingCounts()) set({ fault, finding }, n);
  });
  read('rollouts', 'model roll-outs by stage', ['stage'], (set) => {
    const count = new Map<string, number>();
    for (const { stage } of models.rollouts()) count.set(stage, (count.get(stage) ?? 0) + 1);
    for (const [stage, n] of count) set({ stage }, n);
  });
  read('model_pieces_total', 'package chunks sent to edges', [], (set) => set({}, ingest.pieces));
  read('evidence_dropped_total', 'evidence signals deleted to free space', [], (set) =>
    set({}, store.evidenceDropped()),
  );
  read(
    'logins_turned_away_total',
    'requests refused after too many failed sign-ins of their address or account',
    [],
    (set) => set({}, measured.failedLogins.turnedAway),
  );
  read(
    'requests_turned_away_total',
    'requests refused for missing permission or rate, by HTTP status',
    ['status'],
    (set) => {
      for (const [status, n] of measured.turnedAway) set({ status: String(status) }, n);
    },
  );
  read('event_listeners', 'connected event listeners', [], (set) => set({}, events.listeners));
  read('event_listeners_let_go_total', 'event listeners disconnected because they were too far behind', [], (set) =>
    set({}, events.letGo),
  );
  read('notifications_total', 'attempts to deliver notifications, by result', ['result'], (set) => {
    set({ result: 'sent' }, notifications.sent);
    set({ result: 'failed' }, notifications.failed);
  });
  read('notifications', 'stored notifications, by channel and state', ['channel', 'state'], (set) => {
    const sums = new Map<string, number>();
    for (const { channel, state, n } of [store, plans].flatMap(({ deliveries }) => deliveries.counts()))
      sums.set(`${state} ${channel}`, (sums.get(`${state} ${channel}`) ?? 0) + n);
    for (const [key, n] of sums) set({ state: key.split(' ')[0], channel: key.slice(key.indexOf(' ') + 1) }, n);
  });
  addAlarmSystem(read, measured);
  read('escalations_deferred', 'alerts that wait for an escalation since too many are due at once', [], (set) =>
    set({}, clock.deferred),
  );
  read('attachments_refused_total', 'files of alerts for which there was no room', [], (set) =>
    set({}, store.attachments.refused),
  );
  read('work_orders', 'orders for work on machines, by state', ['state'], (set) => {
    for (const { state, n } of store.workOrders.counts()) set({ state }, n);
  });
  addPlanning(read, measured);
  return registry;
}

/** Measures of EEMUA 191 and ISA-18.2 for each site over the last day, for one operator. */
function addAlarmSystem(read: ReturnType<typeof readMetrics>, { alarms }: Measured): void {
  const ofDay = (name: string, help: string, of: (day: AlarmDay) => number) =>
    read(`alarm_${name}`, `${help}, over the last day`, ['site'], async (set) => {
      for (const day of await alarms.day()) set({ site: day.site }, of(day));
    });
  ofDay('rate_per_10_minutes', 'alerts in ten minutes, on average', ({ health }) => health.meanPer10Min);
  ofDay('peak_per_10_minutes', 'the most alerts in any ten minutes', ({ health }) => health.peakPer10Min);
  ofDay('floods', 'times that more than ten alerts came in ten minutes', ({ health }) => health.floods.length);
  ofDay('flood_ratio', 'part of the time that was in a flood', ({ health }) => health.floodPart);
  ofDay('chattering_sources', 'points with three alerts or more in a minute', ({ health }) => health.chattering.length);
  read('alarm_stale', 'alerts that have been active for more than a day', ['site'], async (set) => {
    for (const { site, stale } of await alarms.day()) set({ site }, stale);
  });
}

function addPlanning(read: ReturnType<typeof readMetrics>, measured: Measured): void {
  const { planner, plans, supply, intake, folder, ingest } = measured;
  read('plans_total', 'plans computed', ['result'], (set) => {
    set({ result: 'kept' }, planner.plans);
    set({ result: 'failed' }, planner.failures);
  });
  read('plan_trials_total', 'what-if plans computed', ['result'], (set) => {
    set({ result: 'made' }, planner.tried);
    set({ result: 'turned_away' }, planner.turnedAway);
  });
  read('plan_alerts_forgotten_total', 'returned planner alerts deleted', [], (set) => set({}, plans.forgotten));
  read('plan_failing', '1 while planning fails', [], (set) => set({}, planner.failure === null ? 0 : 1));
  read('plan_seconds', 'duration of the latest plan', [], (set) => set({}, planner.lastSeconds));
  read('plan_items', 'items in the latest plan', ['order'], (set) => {
    const { items = 0, toOrder = 0 } = plans.summary() ?? {};
    set({ order: 'now' }, toOrder);
    set({ order: 'nothing' }, items - toOrder);
  });
  read('plan_alerts_active', 'active planner alerts', ['severity'], (set) => {
    const active = plans.alerts({ active: true, limit: 10_000 }).filter((a) => a.returnedAtMs === null);
    for (const severity of ['warning', 'critical'])
      set({ severity }, active.filter((a) => a.severity === severity).length);
  });
  read('supply_rows', 'rows of planners’ tables', ['table'], (set) => {
    for (const [table, rows] of Object.entries(supply.counts())) set({ table }, rows);
  });
  read('supply_tables_total', 'imported tables', ['result'], (set) => {
    set({ result: 'taken' }, intake.imported);
    set({ result: 'refused' }, intake.refused);
  });
  read('supply_table_retries_total', 'retries of tables received over MQTT that could not be stored', [], (set) =>
    set({}, ingest.tableRetries),
  );
  read('supply_folder_failing', '1 while the folder of tables cannot be read', [], (set) =>
    set({}, folder === null || folder.failure === null ? 0 : 1),
  );
}
