import { collectDefaultMetrics, Registry } from 'prom-client';
import { unexplained } from '#models/contracts/ledger.ts';
import { readMetrics } from '#models/metrics/readMetrics.ts';
import type { AlarmMeasures } from './alerts/alarmMeasures.ts';
import type { AlarmDay } from './alerts/alarmQuestions.ts';
import type { AlertClock } from './alerts/alertClock.ts';
import type { Events } from './api/events.ts';
import type { FailedLogins } from './api/failedLogins.ts';
import type { EmbeddedBroker } from './broker.ts';
import type { HistorianPump } from './historian/pump.ts';
import type { Ingest } from './ingest.ts';
import type { Notifications } from './notify/notifications.ts';
import type { Planner } from './planning/planner.ts';
import type { PlanStore } from './planning/planStore.ts';
import type { Registry as ModelRegistry } from './registry/registry.ts';
import type { StorageIncident } from './store/mendDatabases.ts';
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
  incidents: () => readonly StorageIncident[];
  planner: Planner;
  plans: PlanStore;
  supply: SupplyStore;
  intake: SupplyIntake;
  folder: SupplyFolder | null;
}

/** The gateway's metrics, read from its parts at each scrape. */
export function gatewayMetrics(measured: Measured): Registry {
  const { registry: models, ingest, pump, store, events, notifications, clock, plans } = measured;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const read = readMetrics(registry, 'millwright_gateway');
  read('messages_accepted_total', 'messages that kept to their contract', [], (set) => set({}, ingest.accepted));
  read('messages_duplicate_total', 'messages that had been taken before', [], (set) => set({}, ingest.duplicates));
  read('messages_refused_total', 'messages that did not keep to their contract', ['refusal'], (set) => {
    for (const [refusal, n] of ingest.refused) set({ refusal }, n);
  });
  read('store_failing', '1 while the store accepts no messages', [], (set) => set({}, ingest.failure === null ? 0 : 1));
  read(
    'storage_incidents',
    'databases that were damaged or emptied, and whose files are still set aside',
    ['database', 'kind'],
    (set) => {
      for (const incident of measured.incidents()) {
        const same = measured.incidents().filter((i) => i.database === incident.database && i.kind === incident.kind);
        set({ database: incident.database, kind: incident.kind }, same.length);
      }
    },
  );
  read('retention_removed_total', 'rows removed since they were older than their retention', ['kind'], (set) => {
    for (const [kind, n] of measured.retention.removed) set({ kind }, n);
  });
  read(
    'embedded_broker_refused_total',
    'sign-ins, messages and subscriptions that the embedded broker refused',
    [],
    (set) => set({}, measured.broker?.refused ?? 0),
  );
  read('broker_connected', '1 while the gateway has its broker', [], (set) => set({}, ingest.connected ? 1 : 0));
  read('historian_rows_written_total', 'rows that the historian took', [], (set) => set({}, pump.written));
  read('historian_rows_refused_total', 'rows that it will never take', ['reason'], (set) => {
    set({ reason: 'historian' }, pump.refused);
    set({ reason: 'series_limit' }, pump.overSeries);
  });
  read('historian_series', 'series written since the start', [], (set) => set({}, pump.series));
  read('historian_failing', '1 while the historian accepts no rows', [], (set) =>
    set({}, pump.failure === null ? 0 : 1),
  );
  read('historian_queue_rows', 'messages that wait for the historian', [], (set) => set({}, store.queueSize().rows));
  read('historian_queue_bytes', 'their size', [], (set) => set({}, store.queueSize().bytes));
  read('historian_queue_dropped_total', 'messages thrown away since the queue was full', [], (set) =>
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
  read('machines', 'machines by whether their messages arrive', ['watch'], (set) => {
    const watch = clock.watches();
    const states = store.health().map((machine) => watch(machine).state);
    for (const state of ['watched', 'not_watched']) set({ watch: state }, states.filter((s) => s === state).length);
  });
  read('ledger_unexplained', 'messages that the ledgers of all points do not account for', [], (set) =>
    set(
      {},
      store.ledgers().reduce((sum, p) => sum + Math.abs(unexplained(p)), 0),
    ),
  );
  read('findings', 'alerts by what was found at the machine', ['fault', 'finding'], (set) => {
    for (const { fault, finding, n } of store.findingCounts()) set({ fault, finding }, n);
  });
  read('rollouts', 'roll-outs of models, by stage', ['stage'], (set) => {
    const count = new Map<string, number>();
    for (const { stage } of models.rollouts()) count.set(stage, (count.get(stage) ?? 0) + 1);
    for (const [stage, n] of count) set({ stage }, n);
  });
  read('model_pieces_total', 'pieces of packages that were sent to edges', [], (set) => set({}, ingest.pieces));
  read('evidence_dropped_total', 'signals behind alerts thrown away, the oldest: there was no more room', [], (set) =>
    set({}, store.evidenceDropped()),
  );
  read(
    'logins_turned_away_total',
    'requests turned away after too many failed sign-ins of their address or account',
    [],
    (set) => set({}, measured.failedLogins.turnedAway),
  );
  read('requests_turned_away_total', 'requests without leave, or too many, by HTTP status', ['status'], (set) => {
    for (const [status, n] of measured.turnedAway) set({ status: String(status) }, n);
  });
  read('event_listeners', 'pages that listen', [], (set) => set({}, events.listeners));
  read('event_listeners_let_go_total', 'pages let go since they were too far behind', [], (set) =>
    set({}, events.letGo),
  );
  read('notifications_total', 'attempts to deliver notifications, by result', ['result'], (set) => {
    set({ result: 'sent' }, notifications.sent);
    set({ result: 'failed' }, notifications.failed);
  });
  read('notifications', 'notifications that are kept, by channel and state', ['channel', 'state'], (set) => {
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

/** The alarm system of each site over the last day, as one operator sees it, by the measures of EEMUA 191 and ISA-18.2. */
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
  read('plans_total', 'plans that were made', ['result'], (set) => {
    set({ result: 'kept' }, planner.plans);
    set({ result: 'failed' }, planner.failures);
  });
  read('plan_trials_total', 'trial plans, which are not kept', ['result'], (set) => {
    set({ result: 'made' }, planner.tried);
    set({ result: 'turned_away' }, planner.turnedAway);
  });
  read('plan_alerts_forgotten_total', 'alerts for planners that had returned and are kept no more', [], (set) =>
    set({}, plans.forgotten),
  );
  read('plan_failing', '1 while no plan can be made', [], (set) => set({}, planner.failure === null ? 0 : 1));
  read('plan_seconds', 'how long the newest plan took', [], (set) => set({}, planner.lastSeconds));
  read('plan_items', 'items of the newest plan', ['order'], (set) => {
    const { items = 0, toOrder = 0 } = plans.summary() ?? {};
    set({ order: 'now' }, toOrder);
    set({ order: 'nothing' }, items - toOrder);
  });
  read('plan_alerts_active', 'alerts for planners that have not returned', ['severity'], (set) => {
    const active = plans.alerts({ active: true, limit: 10_000 }).filter((a) => a.returnedAtMs === null);
    for (const severity of ['warning', 'critical'])
      set({ severity }, active.filter((a) => a.severity === severity).length);
  });
  read('supply_rows', 'rows of planners’ tables', ['table'], (set) => {
    for (const [table, rows] of Object.entries(supply.counts())) set({ table }, rows);
  });
  read('supply_tables_total', 'tables that planners gave', ['result'], (set) => {
    set({ result: 'taken' }, intake.imported);
    set({ result: 'refused' }, intake.refused);
  });
  read('supply_table_retries_total', 'times that a table over MQTT could not be kept, and was tried again', [], (set) =>
    set({}, ingest.tableRetries),
  );
  read('supply_folder_failing', '1 while the folder of tables cannot be read', [], (set) =>
    set({}, folder === null || folder.failure === null ? 0 : 1),
  );
}
