import { dirname, join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Command, CommandOutcome } from '#models/contracts/command.ts';
import { SCHEMA_VERSION } from '#models/contracts/envelope.ts';
import type { SubscriptionLedger } from '#models/contracts/ledger.ts';
import { Agent } from './agent.ts';
import { brokerClientId } from './brokerClientId.ts';
import { CertificateWatch } from './certificates/certificateWatch.ts';
import { Commands } from './commands.ts';
import type { EdgeConfig } from './config.ts';
import { serveHttp } from './httpServer.ts';
import { edgeMetrics } from './metrics.ts';
import type { ModelHost } from './models/modelHost.ts';
import { ModelInstaller } from './models/modelInstaller.ts';
import { PackageFetcher } from './models/packageFetcher.ts';
import { ProcessHost } from './models/processHost.ts';
import { Outbox } from './outbox.ts';
import { PlantPublisher } from './publish/plantPublisher.ts';
import { createSource } from './sources/createSource.ts';
import { Outages } from './sources/outages.ts';
import { MAX_FAULTS, type Source } from './sources/source.ts';
import { Uplink } from './uplink.ts';

export interface RunningEdge {
  httpPort: number;
  /** Commits everything, publishes the offline status, and closes. */
  stop(): Promise<void>;
}

const TICK_MS = 1000;
const MEGABYTE = 1024 * 1024;
const DAY_MS = 86_400_000;
const CERTIFICATES_MS = 3_600_000;
const MODEL_FILES_MS = 5000;
/** Located beside the built command. */
const MODEL_PROCESS = join(dirname(process.argv[1] ?? ''), 'modelProcess.js');

/** What the caller provides. */
export interface EdgeHooks {
  /** Reloads the configuration and restarts with it. @throws Error if it is invalid. */
  reload?: (done: CommandOutcome) => Promise<string>;
  /** Outcome of the command that caused this restart. */
  lastCommand?: CommandOutcome;
  /** Runs models; by default a separate process of this edge. */
  models?: ModelHost;
}

/**
 * Starts an edge agent. Resolves once its sources are connecting; unreachable brokers are retried. @throws if a file
 * that the configuration names cannot be read, or its port is in use; whatever was opened is closed.
 */
export async function startEdge(config: EdgeConfig, version: string, hooks: EdgeHooks = {}): Promise<RunningEdge> {
  const opened: (() => unknown)[] = [];
  const close = async () => {
    let failed: unknown;
    // A part that fails to close must not leave the others open.
    for (const one of opened.toReversed()) {
      try {
        await one();
      } catch (error) {
        failed ??= error;
      }
    }
    if (failed !== undefined) throw failed;
  };
  try {
    return { httpPort: await open(config, version, hooks, opened), stop: close };
  } catch (error) {
    await close().catch((also) =>
      pino({ name: 'edge' }, pino.destination(2)).warn({ error: String(also) }, 'not all parts were closed'),
    );
    throw error;
  }
}

/** Pushes the function that closes each part onto `opened`; the last is closed first. */
async function open(config: EdgeConfig, version: string, hooks: EdgeHooks, opened: (() => unknown)[]): Promise<number> {
  const log = pino({ name: 'edge' }, pino.destination(2));
  const now = () => Date.now();
  const { maxMegabytes, maxAgeDays } = config.outbox;
  const limits = { maxBytes: maxMegabytes * MEGABYTE, maxAgeMs: maxAgeDays * DAY_MS };
  const outbox = Outbox.open(config.dataDirectory, limits, now(), (m) => log.error(m));
  opened.push(() => outbox.close());
  const commands = new Commands(config, outbox, now);
  const incoming = {
    command: (payload: Buffer) => void handleCommand(payload),
    piece: (payload: Buffer) => fetcher.receive(payload),
  };
  const uplink = new Uplink(config, outbox, version, now, log, incoming);
  const { site, edge } = config;
  const fetcher = new PackageFetcher((want) => uplink.request({ v: SCHEMA_VERSION, site, edge, ...want }));
  uplink.lastCommand = hooks.lastCommand;
  const publisher = config.publish && openPublisher(config, config.publish, outbox, now, log);
  const committed = () => {
    uplink.flush();
    publisher?.flush();
  };
  const agent = new Agent(config, outbox, now, log, committed, version);
  agent.observer = publisher ?? null;
  uplink.models = () => agent.pipeline.models();
  const host = hooks.models ?? new ProcessHost(MODEL_PROCESS, log);
  // A host that the caller provides is closed by the caller.
  if (!hooks.models) opened.push(() => host.stop());
  agent.models.start(
    host,
    new ModelInstaller(config.uplink.commandKeyFile, host, agent.pipeline, (id) => fetcher.fetch(id), log),
  );
  const sources: Source[] = [];
  for (let i = 0; i < config.sources.length; i++) sources.push(await createSource(config, i, now, log));
  agent.outages = new Outages(
    sources,
    config.sources.map((s) => s.type),
    now(),
  );
  const certificates = new CertificateWatch(join(config.dataDirectory, 'pki'), now, log);
  const execute = ({ id, order }: Command): Promise<string> | string => {
    if (order.what !== 'reload') return agent.execute(id, order);
    if (!hooks.reload) throw new Error('this edge was not started from a file');
    return hooks.reload({ id, what: order.what, outcome: 'done', detail: 'restarted', timeMs: now() });
  };
  async function handleCommand(payload: Buffer): Promise<void> {
    try {
      const result = await commands.handle(payload, 1000 * (uplink.gatewayClockOffsetS ?? 0), execute);
      if (typeof result === 'string') log.warn({ why: result }, 'a command was refused');
      else {
        log.info(result, 'a command was handled');
        uplink.lastCommand = result;
        uplink.publishStatus();
      }
    } catch (error) {
      log.error({ error: String(error) }, 'a command could not be recorded, and was not executed');
    }
  }
  const metrics = edgeMetrics(agent, outbox, uplink, sources, certificates, commands, host, publisher);
  const server = await serveHttp(config.http, metrics, () => ({
    ok: agent.failure === null && sources.every((s) => s.state === 'connected' && (s.faults ?? []).length === 0),
    detail: {
      sources: sources.map((s) => s.state),
      faults: sources.flatMap(({ faults = [] }, source) => faults.slice(0, MAX_FAULTS).map((f) => ({ source, ...f }))),
      uplink: uplink.connected,
      ...(publisher && { publish: publisher.connected }),
      outbox: outbox.counts,
      failure: agent.failure,
      refusedSubscriptions: refusedSubscriptions(agent),
    },
  }));
  opened.push(() => new Promise((resolve) => server.close(resolve)));
  opened.push(() => uplink.stop());
  if (publisher) opened.push(() => publisher.stop());
  opened.push(() => fetcher.stop());
  // Everything is committed before the uplink closes.
  opened.push(() => {
    agent.commit();
    agent.stop();
  });
  for (const source of sources) {
    opened.push(() => source.stop());
    await source.start(agent);
  }
  // Last: an edge that cannot start announces nothing.
  uplink.start();
  publisher?.start();
  // Ledgers are due by the clock even if nothing arrives, and an uplink may have waited for its gateway.
  const tick = setInterval(() => {
    agent.outages?.look(now());
    agent.pipeline.checkSilence(now());
    agent.commit();
    publishModels();
  }, TICK_MS);
  // Row counts change constantly: the status is published on any other change, and at an interval.
  let publishedModels = '';
  let publishedMs = 0;
  function publishModels(): void {
    const models = agent.pipeline.models();
    if (models.length === 0) return;
    const kinds = JSON.stringify(
      models.map((m) => [m.active?.id, m.candidate?.id, m.undone?.id, m.fit?.advice, (m.active?.rows ?? 0) > 0]),
    );
    if (kinds === publishedModels && now() - publishedMs < config.modelStatusIntervalMs) return;
    publishedModels = kinds;
    publishedMs = now();
    uplink.publishStatus();
  }
  let isInstalling = false;
  const installing = setInterval(async () => {
    // The previous round may still be running.
    if (isInstalling) return;
    isInstalling = true;
    try {
      await agent.models.installFiles();
      await agent.models.trainOwn();
    } catch (error) {
      log.error({ error: String(error) }, 'a model could not be stored');
    }
    isInstalling = false;
  }, MODEL_FILES_MS);
  certificates.check();
  const checking = setInterval(() => certificates.check(), CERTIFICATES_MS);
  const address = server.address();
  const httpPort = typeof address === 'object' && address ? address.port : config.http.port;
  log.info({ site: config.site, edge: config.edge, httpPort, engine: agent.pipeline.engine }, 'edge started');
  opened.push(() => {
    clearInterval(tick);
    clearInterval(checking);
    clearInterval(installing);
  });
  return httpPort;
}

function openPublisher(
  config: EdgeConfig,
  publish: NonNullable<EdgeConfig['publish']>,
  outbox: Outbox,
  now: () => number,
  log: Logger,
): PlantPublisher {
  const clientId = brokerClientId(config, 'publish');
  return new PlantPublisher(publish, config, clientId, outbox.states(), now, log);
}

/** Subscriptions whose messages were all refused, with the last reason and a mapping that would accept them. */
function refusedSubscriptions(agent: Agent): SubscriptionLedger[] {
  const all = agent.outages?.subscriptions() ?? [];
  return all.filter(({ values, rejected }) => values === 0 && Object.keys(rejected).length > 0);
}
