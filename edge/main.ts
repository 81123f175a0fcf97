import { join } from 'node:path';
import { pino } from 'pino';
import { Agent } from './agent.ts';
import { CertificateWatch } from './certificates/certificateWatch.ts';
import type { EdgeConfig } from './config.ts';
import { serveHttp } from './httpServer.ts';
import { edgeMetrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { createSource } from './sources/createSource.ts';
import type { Source } from './sources/source.ts';
import { Uplink } from './uplink.ts';

export interface RunningEdge {
  httpPort: number;
  /** Makes everything durable, says goodbye, and closes. */
  stop(): Promise<void>;
}

const TICK_MS = 1000;
const CERTIFICATES_MS = 3_600_000;

/** Starts an edge agent. Resolves when its sources are trying; absent brokers are waited for. */
export async function startEdge(config: EdgeConfig, version: string): Promise<RunningEdge> {
  const log = pino({ name: 'edge' }, pino.destination(2));
  const now = () => Date.now();
  const outbox = Outbox.open(config.dataDirectory, config.outbox.maxMegabytes * 1024 * 1024, now(), (m) =>
    log.error(m),
  );
  const uplink = new Uplink(config, outbox, version, now, log);
  const agent = new Agent(config, outbox, now, log, () => uplink.pump());
  const sources: Source[] = [];
  for (let i = 0; i < config.sources.length; i++) sources.push(await createSource(config, i, now, log));
  const certificates = new CertificateWatch(join(config.dataDirectory, 'pki'), now, log);
  const metrics = edgeMetrics(agent, outbox, uplink, sources, certificates);
  const server = await serveHttp(config.http, metrics, () => ({
    ok: agent.failure === null && sources.every((s) => s.state === 'connected'),
    detail: {
      sources: sources.map((s) => s.state),
      uplink: uplink.connected,
      outbox: outbox.counts,
      failure: agent.failure,
    },
  }));
  uplink.start();
  for (const source of sources) await source.start(agent);
  // Ledgers are due by the clock even where nothing arrives, and an uplink may have waited for its gateway.
  const tick = setInterval(() => agent.commit(), TICK_MS);
  certificates.check();
  const checking = setInterval(() => certificates.check(), CERTIFICATES_MS);
  const address = server.address();
  const httpPort = typeof address === 'object' && address ? address.port : config.http.port;
  log.info({ site: config.site, edge: config.edge, httpPort, engine: agent.pipeline.engine }, 'edge started');
  return {
    httpPort,
    async stop() {
      clearInterval(tick);
      clearInterval(checking);
      for (const source of sources) await source.stop();
      agent.commit();
      await uplink.stop();
      await new Promise((resolve) => server.close(resolve));
      outbox.close();
      log.info('edge stopped');
    },
  };
}
