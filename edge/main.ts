import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { Command, CommandOutcome } from '#models/contracts/command.ts';
import { SCHEMA_VERSION } from '#models/contracts/envelope.ts';
import { Agent } from './agent.ts';
import { CertificateWatch } from './certificates/certificateWatch.ts';
import { Commands } from './commands.ts';
import type { EdgeConfig } from './config.ts';
import { serveHttp } from './httpServer.ts';
import { edgeMetrics } from './metrics.ts';
import { Fetcher } from './models/fetcher.ts';
import type { ModelHost } from './models/modelHost.ts';
import { ModelOrders } from './models/modelOrders.ts';
import { ProcessHost } from './models/processHost.ts';
import { Outbox } from './outbox.ts';
import { createSource } from './sources/createSource.ts';
import { Outages } from './sources/outages.ts';
import type { Source } from './sources/source.ts';
import { Uplink } from './uplink.ts';

export interface RunningEdge {
  httpPort: number;
  /** Makes everything durable, says goodbye, and closes. */
  stop(): Promise<void>;
}

const TICK_MS = 1000;
const MEGABYTE = 1024 * 1024;
const DAY_MS = 86_400_000;
const CERTIFICATES_MS = 3_600_000;
const MODEL_FILES_MS = 5000;
/** Beside the built command. */
const MODEL_PROCESS = join(dirname(process.argv[1] ?? ''), 'modelProcess.js');

/** What an edge cannot do by itself. */
export interface EdgeHooks {
  /** Reads the configuration again and, where it is sound, starts anew with it. @throws Error where it is not. */
  reload?: (done: CommandOutcome) => Promise<string>;
  /** What became of the command that started it anew. */
  lastCommand?: CommandOutcome;
  /** Where models run; where it is not handed in, in a process of this edge's own. */
  models?: ModelHost;
}

/**
 * Starts an edge agent. Resolves when its sources are trying; absent brokers are waited for. @throws where a file that the
 * configuration names cannot be read, or its port is taken; what was opened until then is closed.
 */
export async function startEdge(config: EdgeConfig, version: string, hooks: EdgeHooks = {}): Promise<RunningEdge> {
  const opened: (() => unknown)[] = [];
  const close = async () => {
    let failed: unknown;
    // What cannot be ended must not keep the rest, a port or a file, from being so.
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
      pino({ name: 'edge' }, pino.destination(2)).warn({ error: String(also) }, 'not all was ended'),
    );
    throw error;
  }
}

/** Puts what ends each part into `opened`, the last to be ended first. */
async function open(config: EdgeConfig, version: string, hooks: EdgeHooks, opened: (() => unknown)[]): Promise<number> {
  const log = pino({ name: 'edge' }, pino.destination(2));
  const now = () => Date.now();
  const { maxMegabytes, maxAgeDays } = config.outbox;
  const limits = { maxBytes: maxMegabytes * MEGABYTE, maxAgeMs: maxAgeDays * DAY_MS };
  const outbox = Outbox.open(config.dataDirectory, limits, now(), (m) => log.error(m));
  opened.push(() => outbox.close());
  const commands = new Commands(config, outbox, now);
  const heard = { command: (payload: Buffer) => void hear(payload), piece: (payload: Buffer) => fetcher.hear(payload) };
  const uplink = new Uplink(config, outbox, version, now, log, heard);
  const { site, edge } = config;
  const fetcher = new Fetcher((want) => uplink.want({ v: SCHEMA_VERSION, site, edge, ...want }));
  uplink.lastCommand = hooks.lastCommand;
  const agent = new Agent(config, outbox, now, log, () => uplink.pump());
  uplink.models = () => agent.pipeline.models();
  const host = hooks.models ?? new ProcessHost(MODEL_PROCESS, log);
  // One that was handed in is not ours to end.
  if (!hooks.models) opened.push(() => host.stop());
  agent.useModels(
    host,
    new ModelOrders(config.uplink.commandKeyFile, host, agent.pipeline, (id) => fetcher.fetch(id), log),
  );
  const sources: Source[] = [];
  for (let i = 0; i < config.sources.length; i++) sources.push(await createSource(config, i, now, log));
  agent.outages = new Outages(
    sources,
    config.sources.map((s) => s.type),
    now(),
  );
  const certificates = new CertificateWatch(join(config.dataDirectory, 'pki'), now, log);
  const obey = ({ id, order }: Command): Promise<string> | string => {
    if (order.what !== 'reload') return agent.obey(id, order);
    if (!hooks.reload) throw new Error('this edge was not started from a file');
    return hooks.reload({ id, what: order.what, outcome: 'done', detail: 'started anew', timeMs: now() });
  };
  async function hear(payload: Buffer): Promise<void> {
    try {
      const result = await commands.hear(payload, 1000 * (uplink.gatewayClockOffsetS ?? 0), obey);
      if (typeof result === 'string') log.warn({ why: result }, 'a command was refused');
      else {
        log.info(result, 'a command was heard');
        uplink.lastCommand = result;
        uplink.say();
      }
    } catch (error) {
      log.error({ error: String(error) }, 'a command could not be noted, and was not obeyed');
    }
  }
  const metrics = edgeMetrics(agent, outbox, uplink, sources, certificates, commands, host);
  const server = await serveHttp(config.http, metrics, () => ({
    ok: agent.failure === null && sources.every((s) => s.state === 'connected'),
    detail: {
      sources: sources.map((s) => s.state),
      uplink: uplink.connected,
      outbox: outbox.counts,
      failure: agent.failure,
    },
  }));
  opened.push(() => new Promise((resolve) => server.close(resolve)));
  opened.push(() => uplink.stop());
  opened.push(() => fetcher.stop());
  // Before its uplink ends, everything is made durable.
  opened.push(() => {
    agent.commit();
    agent.stop();
  });
  for (const source of sources) {
    opened.push(() => source.stop());
    await source.start(agent);
  }
  // Last: what cannot be started is not announced.
  uplink.start();
  // Ledgers are due by the clock even where nothing arrives, and an uplink may have waited for its gateway.
  const tick = setInterval(() => {
    agent.outages?.look(now());
    agent.pipeline.checkSilence(now());
    agent.commit();
    sayModels();
  }, TICK_MS);
  // What models do changes with each row: it is said when it changes in kind, else now and then.
  let saidModels = '';
  let saidMs = 0;
  function sayModels(): void {
    const models = agent.pipeline.models();
    if (models.length === 0) return;
    const kinds = JSON.stringify(
      models.map((m) => [m.active?.id, m.candidate?.id, m.undone?.id, m.fit?.advice, (m.active?.rows ?? 0) > 0]),
    );
    if (kinds === saidModels && now() - saidMs < config.modelStatusIntervalMs) return;
    saidModels = kinds;
    saidMs = now();
    uplink.say();
  }
  let takes = false;
  const taking = setInterval(async () => {
    // The last round may still be trying one.
    if (takes) return;
    takes = true;
    try {
      await agent.takeModelFiles();
      await agent.learnOwnModels();
    } catch (error) {
      log.error({ error: String(error) }, 'a model could not be kept');
    }
    takes = false;
  }, MODEL_FILES_MS);
  certificates.check();
  const checking = setInterval(() => certificates.check(), CERTIFICATES_MS);
  const address = server.address();
  const httpPort = typeof address === 'object' && address ? address.port : config.http.port;
  log.info({ site: config.site, edge: config.edge, httpPort, engine: agent.pipeline.engine }, 'edge started');
  opened.push(() => {
    clearInterval(tick);
    clearInterval(checking);
    clearInterval(taking);
  });
  return httpPort;
}
