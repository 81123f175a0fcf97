import { join } from 'node:path';
import {
  AttributeIds,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  type OPCUAClient,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { Logger } from 'pino';
import { hear, isSilent, NOT_HEARD } from '#models/health/quality/silence.ts';
import { preferTrusted } from '../../certificates/certificateStore.ts';
import type { EdgeConfig } from '../../config.ts';
import { type DecodeLimits, inUnit } from '../decoded.ts';
import type { Sink, Source } from '../source.ts';
import { decodeDataValue } from './dataValue.ts';
import { engineeringUnits } from './engineeringUnits.ts';
import { identityOf, opcuaClient } from './opcuaClient.ts';
import type { OpcuaNodeConfig, OpcuaSourceConfig } from './opcuaConfig.ts';

const RETRY_MS = 1000;
/** A connection that was lost is repaired with its session and what the server kept for it; after so long it is made anew. */
const REPAIR_MS = 10_000;
/** Nodes of one call. */
const CHUNK = 500;
/** Publications without a word after which the server says that it is still there, and after which it is given up. */
const KEEP_ALIVE_COUNT = 10;
const LIFETIME_COUNT = 100;

/**
 * Subscribes to nodes of an OPC UA server; its source timestamps and status codes are kept. A server that is away is
 * waited for, and a session or a subscription that ends is made anew. OPC UA has no acknowledgement to hold back: what
 * arrives between a crash and the restart is what the server's queues still hold.
 */
export class OpcuaSource implements Source {
  state: Source['state'] = 'stopped';
  readonly events = new Map([
    ['connections_lost', 0],
    ['sessions_made', 0],
    ['nodes_refused', 0],
  ]);
  readonly #config: OpcuaSourceConfig;
  readonly #edge: EdgeConfig;
  readonly #now: () => number;
  readonly #log: Logger;
  #client: OPCUAClient | null = null;
  #repair: NodeJS.Timeout | null = null;
  #session: ClientSession | null = null;
  #retry: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #attempt = 0;

  constructor(config: OpcuaSourceConfig, edge: EdgeConfig, now: () => number, log: Logger) {
    this.#config = config;
    this.#edge = edge;
    this.#now = now;
    this.#log = log;
  }

  async start(sink: Sink): Promise<void> {
    this.state = 'connecting';
    void this.#connect(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.#attempt++;
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#watch) clearInterval(this.#watch);
    if (this.#repair) clearTimeout(this.#repair);
    await this.#session?.close(true);
    await this.#client?.disconnect();
  }

  #note(state: Source['state'], what: string): void {
    if (this.state !== 'stopped') this.state = state;
    this.#log.info({ endpoint: this.#config.endpoint }, what);
  }

  async #connect(sink: Sink): Promise<void> {
    // Ending an old session has events of its own: only the newest attempt may ask for another.
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
    const client = opcuaClient(this.#config, this.#edge.dataDirectory);
    this.#client = client;
    client.on('connection_lost', () => {
      if (isNewest()) this.#lost(again);
    });
    client.on('connection_reestablished', () => {
      if (!isNewest()) return;
      if (this.#repair) clearTimeout(this.#repair);
      this.#note('connected', 'connection back');
    });
    try {
      await client.connect(this.#config.endpoint);
      const session = await client.createSession(identityOf(this.#config));
      session.once('session_closed', () => again('the session was closed'));
      if (isNewest()) await this.#subscribe(session, sink, again);
      if (!isNewest()) {
        // Meanwhile somebody began anew, or it was stopped.
        await client.disconnect();
        return;
      }
      this.#session = session;
      this.#count('sessions_made');
      this.#note('connected', 'source connected');
    } catch (error) {
      again(error instanceof Error ? error.message : String(error));
    }
  }

  #count(event: string): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }

  #lost(again: (why: string) => void): void {
    this.#count('connections_lost');
    this.#note('connecting', 'connection lost');
    if (this.#repair) clearTimeout(this.#repair);
    this.#repair = setTimeout(() => again('the connection did not come back'), REPAIR_MS);
  }

  #again(sink: Sink, why: string): void {
    if (this.state === 'stopped') return;
    this.#attempt++;
    this.state = 'connecting';
    this.#log.warn({ endpoint: this.#config.endpoint, why }, 'source failed: trying again');
    if (this.#repair) clearTimeout(this.#repair);
    if (this.#retry) clearTimeout(this.#retry);
    const old = this.#client;
    this.#retry = setTimeout(() => {
      // Saying goodbye to a server that is gone takes its time: nobody waits for it.
      old?.disconnect().catch((error) => this.#log.debug({ error: String(error) }, 'disconnect failed'));
      if (this.state !== 'stopped') void this.#connect(sink);
    }, RETRY_MS);
  }

  async #subscribe(session: ClientSession, sink: Sink, again: (why: string) => void): Promise<void> {
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: this.#config.publishingIntervalMs,
      requestedMaxKeepAliveCount: KEEP_ALIVE_COUNT,
      requestedLifetimeCount: LIFETIME_COUNT,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 1,
    });
    const gate = new PublishingGate(subscription, sink, again, this.#log);
    subscription.once('terminated', () => again('the subscription was terminated'));
    this.#watchSilence(subscription, again);
    // Nodes of the same settings share a call; one that does not exist never stops the others.
    for (const nodes of grouped(this.#config.nodes)) {
      for (let at = 0; at < nodes.length; at += CHUNK)
        await this.#monitor(session, subscription, nodes.slice(at, at + CHUNK), sink, gate);
    }
  }

  /** A hint; a server that cannot give it is heard all the same. */
  async #unitsOf(session: ClientSession, nodes: readonly OpcuaNodeConfig[]): Promise<(string | undefined)[]> {
    try {
      return await engineeringUnits(
        session,
        nodes.map(({ nodeId }) => nodeId),
      );
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the server does not tell its engineering units');
      return nodes.map(() => undefined);
    }
  }

  /** A subscription that is dead says nothing, not even that: its keep-alives are missed, and it is made anew. */
  #watchSilence(subscription: ClientSubscription, again: (why: string) => void): void {
    let heardMs = this.#now();
    let changes = NOT_HEARD;
    subscription.on('keepalive', () => {
      heardMs = this.#now();
    });
    subscription.on('raw_notification', () => {
      heardMs = this.#now();
      changes = hear(changes, heardMs);
    });
    const silenceMs = Math.max(3000, 3 * KEEP_ALIVE_COUNT * subscription.publishingInterval);
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (this.state === 'connected' && this.#now() - heardMs > silenceMs) again('the subscription fell silent');
      // Alive, and nothing changes that changed all the time: its sampling may be dead. Once: a machine may as well stand still.
      else if (this.state === 'connected' && isSilent(changes, this.#now())) again('nothing changes any more');
    }, silenceMs / 3);
  }

  async #monitor(
    session: ClientSession,
    subscription: ClientSubscription,
    nodes: OpcuaNodeConfig[],
    sink: Sink,
    gate: PublishingGate,
  ) {
    const [{ samplingIntervalMs, queueSize, discard, deadband }] = nodes;
    const units = await this.#unitsOf(session, nodes);
    const group = await subscription.monitorItems(
      nodes.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
      {
        samplingInterval: samplingIntervalMs,
        queueSize,
        discardOldest: discard === 'oldest',
        ...(deadband ? { filter: filterOf(deadband) } : {}),
      },
      TimestampsToReturn.Both,
    );
    group.monitoredItems.forEach((item, i) => {
      if (item.statusCode.isNotGood()) {
        this.#count('nodes_refused');
        this.#log.error({ node: nodes[i].nodeId, status: item.statusCode.name }, 'the server refused a node');
      }
    });
    group.on('changed', (_item: ClientMonitoredItemBase, value: DataValue, index: number) => {
      const { asset, point } = nodes[index];
      const limits: DecodeLimits = { nowMs: this.#now(), maxFutureMs: this.#edge.limits.maxFutureMs };
      const decoded = inUnit(decodeDataValue(nodes[index], value, limits), units[index]);
      // The server's queue was full before this value: some are lost (OPC 10000-4, 7.39.1).
      const overflow = value.statusCode.hasOverflowBit ? ({ flaw: 'overflow' } as const) : {};
      sink.accept(decoded.ok ? { ...decoded, ...overflow } : { ...decoded, point: { asset, point } }, null);
      gate.check();
    });
  }
}

/**
 * While the disk takes nothing the server publishes nothing: its queues hold what they can. Of one subscription; where it
 * cannot be opened again, the subscription is given up.
 */
class PublishingGate {
  readonly #subscription: ClientSubscription;
  readonly #sink: Sink;
  readonly #again: (why: string) => void;
  readonly #log: Logger;
  #shut = false;

  constructor(subscription: ClientSubscription, sink: Sink, again: (why: string) => void, log: Logger) {
    this.#subscription = subscription;
    this.#sink = sink;
    this.#again = again;
    this.#log = log;
  }

  check(): void {
    if (this.#shut) return;
    let ready = false;
    this.#sink.whenReady(() => {
      ready = true;
      if (!this.#shut) return;
      this.#shut = false;
      this.#set(true);
    });
    if (ready) return;
    this.#shut = true;
    this.#set(false);
  }

  #set(enabled: boolean): void {
    this.#subscription
      .setPublishingMode(enabled)
      .then((status) => {
        if (status.isNotGood()) throw new Error(status.name);
      })
      .catch((error) => {
        this.#log.warn({ error: String(error), enabled }, 'the publishing mode was not changed');
        if (enabled) this.#again('publishing could not be enabled');
      });
  }
}

function filterOf({ type, value }: NonNullable<OpcuaNodeConfig['deadband']>): DataChangeFilter {
  return new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValue,
    deadbandType: type === 'percent' ? DeadbandType.Percent : DeadbandType.Absolute,
    deadbandValue: value,
  });
}

function grouped(nodes: readonly OpcuaNodeConfig[]): OpcuaNodeConfig[][] {
  const groups = new Map<string, OpcuaNodeConfig[]>();
  for (const node of nodes) {
    const key = JSON.stringify([node.samplingIntervalMs, node.queueSize, node.discard, node.deadband]);
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()];
}
