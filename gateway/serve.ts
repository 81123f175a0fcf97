import { listenError } from '#models/configuration/listenError.ts';
import { dayOf } from '#models/supply/dates.ts';
import type { SupplyRow } from '#models/supply/supplyTables.ts';
import type { Events } from './api/events.ts';
import { FailedLogins } from './api/failedLogins.ts';
import { createServer } from './api/server.ts';
import type { EmbeddedBroker } from './broker.ts';
import type { BrokerAccounts } from './brokerAccounts.ts';
import { forgetFirstPassword } from './identity/firstAdministrator.ts';
import { gatewayMetrics } from './metrics.ts';
import { testNotification } from './notify/testNotice.ts';
import type { Stores } from './openStores.ts';
import type { Shared, startAlarms, startDelivery, startModels, startWork } from './parts.ts';
import type { Started } from './started.ts';
import { incidentText, storageIncidents } from './store/mendDatabases.ts';

type Parts = Stores &
  ReturnType<typeof startDelivery> &
  Awaited<ReturnType<typeof startWork>> &
  ReturnType<typeof startAlarms> &
  ReturnType<typeof startModels> & { events: Events; broker: EmbeddedBroker | null; accounts: BrokerAccounts | null };

/** The API and the page; returns their port. */
export async function serve(setting: Shared, parts: Parts, started: Started): Promise<number> {
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
  await server.listen({ host: config.api.host, port: config.api.port }).catch((error) => {
    throw listenError(error, 'api.port');
  });
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : config.api.port;
}

/** Failures in maintenance records, each at the end of its day, so that an alert on the same day counts as earlier. */
const failuresOf = (records: readonly SupplyRow<'maintenance'>[]) =>
  records
    .filter(({ kind }) => kind === 'failure')
    .map(({ machine, date }) => ({ machine, atMs: (dayOf(date) + 1) * 86_400_000 - 1 }));
