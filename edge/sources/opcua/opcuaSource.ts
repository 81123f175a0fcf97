import { join } from 'node:path';
import type { ClientSession, OPCUAClient } from 'node-opcua-client';
import type { Logger } from 'pino';
import { preferTrusted } from '../../certificates/certificateStore.ts';
import type { EdgeConfig } from '../../config.ts';
import type { Sink, Source, SourceFault } from '../source.ts';
import { NamespaceMemory } from './namespaces.ts';
import { type MonitorContext, NodeMonitor } from './nodeMonitor.ts';
import { identityOf, onNewSession, opcuaClient } from './opcuaClient.ts';
import type { OpcuaSourceConfig } from './opcuaConfig.ts';
import { PublishingGate } from './publishingGate.ts';
import { HEALTHY_LEVEL, ServerChoice } from './serverChoice.ts';
import { readServerLimits, readServiceLevel } from './serverLimits.ts';
import { TrustedTurn } from './trustedTurn.ts';
import { watchSilence } from './watchSilence.ts';

const RETRY_MS = 1000;
/** Time to repair a lost connection with its session and the server's queues; then a new one is made. */
const REPAIR_MS = 10_000;
/** The same if there is a standby server. */
const SWITCH_MS = 2000;
/** Connection timeout if there is an alternative to try. */
const CONNECT_MS = 10_000;
/** Interval between readings of ServiceLevel if there is a standby. */
const LEVEL_MS = 5000;
/** Empty publications until the server sends a keep-alive, and until the subscription is abandoned. */
const KEEP_ALIVE_COUNT = 10;
const LIFETIME_COUNT = 100;
const MAX_NAMED = 20;

/**
 * Subscribes to nodes of an OPC UA server; its source timestamps and status codes are kept. The source waits for an
 * unreachable server, and recreates a session or subscription that ends, with every node id resolved again. OPC UA has
 * no acknowledgement to hold back: after a crash, only the values still in the server's queues arrive.
 */
export class OpcuaSource implements Source {
  state: Source['state'] = 'stopped';
  faults: readonly SourceFault[] = [];
  readonly events = new Map([
    ['connections_lost', 0],
    ['sessions_made', 0],
    ['nodes_refused', 0],
    ['intervals_revised', 0],
    ['values_backfilled', 0],
    ['server_switched', 0],
  ]);
  readonly #config: OpcuaSourceConfig;
  readonly #edge: EdgeConfig;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #context: MonitorContext;
  readonly #servers: ServerChoice;
  readonly #trusted: TrustedTurn;
  #client: OPCUAClient | null = null;
  #repair: NodeJS.Timeout | null = null;
  #session: ClientSession | null = null;
  #retry: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #level: NodeJS.Timeout | null = null;
  #late: NodeJS.Timeout | null = null;
  #monitor: NodeMonitor | null = null;
  #attempt = 0;
  /** Whether the next server is already chosen. */
  #turned = false;

  constructor(config: OpcuaSourceConfig, edge: EdgeConfig, now: () => number, log: Logger) {
    this.#config = config;
    this.#edge = edge;
    this.#now = now;
    this.#log = log;
    this.#servers = new ServerChoice([config.endpoint, ...config.standby]);
    this.#trusted = new TrustedTurn(join(edge.dataDirectory, 'pki'), now);
    this.#context = {
      config,
      edge,
      now,
      log,
      newest: new Map(),
      logged: new Set(),
      count: (event, n) => this.#count(event, n),
      report: (faults) => this.#report(faults),
    };
  }

  async start(sink: Sink): Promise<void> {
    this.state = 'connecting';
    void this.#connect(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.#attempt++;
    this.#clearTimers();
    if (this.#retry) clearTimeout(this.#retry);
    await this.#session?.close(true);
    await this.#client?.disconnect();
  }

  /** Timers of one connection. */
  #clearTimers(): void {
    if (this.#repair) clearTimeout(this.#repair);
    if (this.#watch) clearInterval(this.#watch);
    if (this.#level) clearInterval(this.#level);
    if (this.#late) clearTimeout(this.#late);
    this.#monitor?.stop();
  }

  #note(state: Source['state'], what: string): void {
    if (this.state !== 'stopped') this.state = state;
    this.#log.info({ endpoint: this.#servers.endpoint }, what);
  }

  async #connect(sink: Sink): Promise<void> {
    // Closing an old session raises events of its own: only the newest attempt may start another.
    const attempt = ++this.#attempt;
    const again = (why: string) => {
      if (attempt === this.#attempt) this.#again(sink, why);
    };
    const isNewest = () => attempt === this.#attempt;
    try {
      preferTrusted(join(this.#edge.dataDirectory, 'pki'), this.#now());
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the certificates could not be looked through');
    }
    const pinned = this.#certificate();
    const client = opcuaClient(this.#config, this.#edge.dataDirectory, pinned);
    this.#client = client;
    // With no alternative, wait for the server indefinitely.
    const isPatient = pinned === undefined && !this.#servers.hasOthers;
    if (!isPatient) this.#late = setTimeout(() => this.#failed('the server did not answer', again), CONNECT_MS);
    client.on('connection_lost', () => {
      if (isNewest()) this.#lost(again);
    });
    client.on('connection_reestablished', () => {
      if (!isNewest()) return;
      if (this.#repair) clearTimeout(this.#repair);
      this.#note('connected', 'connection back');
    });
    try {
      await client.connect(this.#servers.endpoint);
      const session = await client.createSession(identityOf(this.#config));
      if (this.#late) clearTimeout(this.#late);
      session.once('session_closed', () => again('the session was closed'));
      // A lost session means a restarted server: its nodes may have changed.
      onNewSession(client, () => again('the server has no session of this edge any more'));
      if (isNewest() && (await this.#isGoodEnough(session, again)))
        await this.#subscribe(session, sink, again, isNewest);
      if (!isNewest()) {
        // Another attempt began meanwhile, or the source was stopped.
        await client.disconnect();
        return;
      }
      this.#session = session;
      this.#count('sessions_made', 1);
      this.#note('connected', 'source connected');
    } catch (error) {
      if (isNewest()) this.#failed(error instanceof Error ? error.message : String(error), again);
    }
  }

  /** For a server that does not provide its own. */
  #certificate(): Buffer | undefined {
    try {
      return this.#config.securityMode === 'None' ? undefined : this.#trusted.certificate();
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the trusted certificates could not be read');
      return undefined;
    }
  }

  /** Handles an attempt that reached no session. */
  #failed(why: string, again: (why: string) => void): void {
    let remedy: string | null = null;
    try {
      remedy = this.#config.securityMode === 'None' ? null : this.#trusted.next(why);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the trusted certificates could not be read');
    }
    again(remedy === null ? why : `${why}: ${remedy}`);
  }

  /** Whether a server with a standby is healthy, or the best available; monitors it from then on. */
  async #isGoodEnough(session: ClientSession, again: (why: string) => void): Promise<boolean> {
    if (!this.#servers.hasOthers) return true;
    const accepted = await readServiceLevel(session);
    const { endpoint } = this.#servers;
    if (!this.#servers.take(accepted)) {
      this.#count('server_switched', 1);
      this.#turned = true;
      again(`the ServiceLevel of ${endpoint} is ${accepted}`);
      return false;
    }
    this.#level = setInterval(() => {
      readServiceLevel(session)
        .then((level) => {
          if (level < Math.min(HEALTHY_LEVEL, accepted)) again(`the ServiceLevel fell to ${level}`);
        })
        .catch((error) => this.#log.debug({ error: String(error) }, 'the ServiceLevel could not be read'));
    }, LEVEL_MS);
    return true;
  }

  #count(event: string, n: number): void {
    this.events.set(event, (this.events.get(event) ?? 0) + n);
  }

  #lost(again: (why: string) => void): void {
    this.#count('connections_lost', 1);
    this.#note('connecting', 'connection lost');
    if (this.#repair) clearTimeout(this.#repair);
    const repairMs = this.#servers.hasOthers ? SWITCH_MS : REPAIR_MS;
    this.#repair = setTimeout(() => again('the connection did not come back'), repairMs);
  }

  #again(sink: Sink, why: string): void {
    if (this.state === 'stopped') return;
    this.#attempt++;
    this.state = 'connecting';
    this.#log.warn({ endpoint: this.#servers.endpoint, why }, 'source failed: trying again');
    this.#clearTimers();
    this.#turn();
    if (this.#retry) clearTimeout(this.#retry);
    const old = this.#client;
    this.#retry = setTimeout(() => {
      // Closing a connection to an unreachable server is slow: nothing waits for it.
      old?.disconnect().catch((error) => this.#log.debug({ error: String(error) }, 'disconnect failed'));
      if (this.state !== 'stopped') void this.#connect(sink);
    }, RETRY_MS);
  }

  /** Selects the next server, if there is one and none was chosen already. */
  #turn(): void {
    if (this.#servers.hasOthers && !this.#turned) {
      this.#servers.leave();
      this.#count('server_switched', 1);
    }
    this.#turned = false;
  }

  async #subscribe(
    session: ClientSession,
    sink: Sink,
    again: (why: string) => void,
    isNewest: () => boolean,
  ): Promise<void> {
    const { endpoint, publishingIntervalMs, nodes, browse } = this.#config;
    const memory = new NamespaceMemory(this.#edge.dataDirectory, endpoint);
    const limits = await readServerLimits(session);
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: publishingIntervalMs,
      requestedMaxKeepAliveCount: KEEP_ALIVE_COUNT,
      requestedLifetimeCount: LIFETIME_COUNT,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 1,
    });
    const { publishingInterval } = subscription;
    if (Math.abs(publishingInterval - publishingIntervalMs) >= 1)
      this.#log.warn(
        { publishingIntervalMs, revised: publishingInterval },
        'the server revised the publishing interval',
      );
    const gate = new PublishingGate(subscription, sink, again, this.#log);
    subscription.once('terminated', () => again('the subscription was terminated'));
    if (this.#watch) clearInterval(this.#watch);
    const silenceMs = 3 * KEEP_ALIVE_COUNT * publishingInterval;
    this.#watch = watchSilence(subscription, silenceMs, this.#now, () => this.state === 'connected', again);
    this.#monitor = new NodeMonitor(
      { session, subscription, limits, memory, sink, isNewest, delivered: () => gate.check() },
      this.#context,
    );
    await this.#monitor.monitor(nodes, browse);
  }

  /** Reports faults only if they changed, and after a new connection. */
  #report(faults: readonly SourceFault[]): void {
    const isKnown = this.state === 'connected' && JSON.stringify(faults) === JSON.stringify(this.faults);
    this.faults = faults;
    if (isKnown) return;
    const { endpoint } = this.#config;
    if (faults.length === 0) {
      this.#log.info({ endpoint }, 'all nodes are monitored');
      return;
    }
    this.#count('nodes_refused', faults.length);
    const named = faults.slice(0, MAX_NAMED).map(({ asset, point, detail }) => `${asset}/${point}: ${detail}`);
    this.#log.error({ endpoint, missing: faults.length, nodes: named }, 'nodes are not monitored');
  }
}
