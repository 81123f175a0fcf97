import { pino } from 'pino';
import { Events } from './api/events.ts';
import { startBroker } from './broker.ts';
import { BrokerAccounts } from './brokerAccounts.ts';
import { CommandSigner } from './commands.ts';
import type { GatewayConfig } from './config.ts';
import { openStores } from './openStores.ts';
import {
  connectPeers,
  rewriteBrokerFiles,
  type Setting,
  startAlarms,
  startDelivery,
  startModels,
  startWork,
} from './parts.ts';
import { ALONE } from './peers/lead.ts';
import { serve } from './serve.ts';
import { Started } from './started.ts';
import { requestFullCheck } from './store/mendDatabases.ts';
import { isDamage } from './store/openDatabase.ts';
import { untilReachable } from './store/postgres/untilReachable.ts';

export interface RunningGateway {
  apiPort: number;
  stop(): Promise<void>;
}

/**
 * Starts a gateway. Resolves once its API responds; it waits for an absent PostgreSQL, broker or InfluxDB. If a
 * database proves damaged later, all parts are stopped and restarted, which repairs it; edges keep their messages until
 * then.
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
  const apiPort = await untilReachable(() => start(config.api), log);
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
    received: (message) => {
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
  const work = await startWork(setting, stores, events, delivery, started);
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
