import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import {
  AttributeIds,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  DataType,
  type DataValue,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  TimestampsToReturn,
  type UserIdentityInfo,
  UserTokenType,
  VariantArrayType,
} from 'node-opcua-client';
import type { Logger } from 'pino';
import type { EdgeConfig, OpcuaNodeConfig, OpcuaSourceConfig } from '../config.ts';
import { checkCompleted, checkScalar, type Decoded, type DecodeLimits } from './decode.ts';
import type { Sink, Source } from './source.ts';

const RETRY_MS = 2000;
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
  readonly #config: OpcuaSourceConfig;
  readonly #edge: EdgeConfig;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #client: OPCUAClient;
  #session: ClientSession | null = null;
  #retry: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #attempt = 0;
  #paused = false;

  constructor(config: OpcuaSourceConfig, edge: EdgeConfig, now: () => number, log: Logger) {
    this.#config = config;
    this.#edge = edge;
    this.#now = now;
    this.#log = log;
    const certificates = new OPCUACertificateManager({
      rootFolder: join(edge.dataDirectory, 'pki'),
      automaticallyAcceptUnknownCertificate: false,
    });
    this.#client = OPCUAClient.create({
      applicationName: 'Millwright',
      clientCertificateManager: certificates,
      securityMode: MessageSecurityMode[config.securityMode],
      securityPolicy: SecurityPolicy[config.securityPolicy],
      endpointMustExist: false,
      keepSessionAlive: true,
      connectionStrategy: { initialDelay: 500, maxDelay: 5000, maxRetry: -1 },
    });
    this.#client.on('connection_lost', () => this.#note('connecting', 'connection lost'));
    this.#client.on('connection_reestablished', () => this.#note('connected', 'connection back'));
  }

  async start(sink: Sink): Promise<void> {
    this.state = 'connecting';
    void this.#connect(sink);
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#watch) clearInterval(this.#watch);
    await this.#session?.close(true);
    await this.#client.disconnect();
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
    try {
      await this.#client.connect(this.#config.endpoint);
      this.#session = await this.#client.createSession(this.#identity());
      this.#session.once('session_closed', () => again('the session was closed'));
      await this.#subscribe(this.#session, sink, again);
      this.#note('connected', 'source connected');
    } catch (error) {
      again(error instanceof Error ? error.message : String(error));
    }
  }

  #again(sink: Sink, why: string): void {
    if (this.state === 'stopped') return;
    this.#attempt++;
    this.state = 'connecting';
    this.#log.warn({ endpoint: this.#config.endpoint, why }, 'source failed: trying again');
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = setTimeout(async () => {
      await this.#client.disconnect().catch((error) => this.#log.debug({ error: String(error) }, 'disconnect failed'));
      if (this.state !== 'stopped') await this.#connect(sink);
    }, RETRY_MS);
  }

  #identity(): UserIdentityInfo {
    const { username, passwordFile } = this.#config;
    if (username === undefined) return { type: UserTokenType.Anonymous };
    const password = passwordFile === undefined ? '' : readFileSync(passwordFile, 'utf8').trim();
    return { type: UserTokenType.UserName, userName: username, password };
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
    this.#paused = false;
    subscription.once('terminated', () => again('the subscription was terminated'));
    this.#watchSilence(subscription, again);
    // Nodes of one sampling interval and queue share a call; one that does not exist never stops the others.
    for (const nodes of grouped(this.#config.nodes)) await this.#monitor(subscription, nodes, sink);
  }

  /** A subscription that is dead says nothing, not even that: its keep-alives are missed, and it is made anew. */
  #watchSilence(subscription: ClientSubscription, again: (why: string) => void): void {
    let heardMs = this.#now();
    const heard = () => {
      heardMs = this.#now();
    };
    subscription.on('keepalive', heard).on('raw_notification', heard);
    const silenceMs = Math.max(3000, 3 * KEEP_ALIVE_COUNT * subscription.publishingInterval);
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (this.state === 'connected' && this.#now() - heardMs > silenceMs) again('the subscription fell silent');
    }, silenceMs / 3);
  }

  async #monitor(subscription: ClientSubscription, nodes: OpcuaNodeConfig[], sink: Sink): Promise<void> {
    const [{ samplingIntervalMs, queueSize }] = nodes;
    const group = await subscription.monitorItems(
      nodes.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
      { samplingInterval: samplingIntervalMs, queueSize, discardOldest: true },
      TimestampsToReturn.Both,
    );
    group.monitoredItems.forEach((item, i) => {
      if (item.statusCode.isNotGood()) {
        this.#log.error({ node: nodes[i].nodeId, status: item.statusCode.name }, 'the server refused a node');
      }
    });
    group.on('changed', (_item: ClientMonitoredItemBase, value: DataValue, index: number) => {
      const decoded = this.#decode(nodes[index], value);
      const { asset, point } = nodes[index];
      sink.accept(decoded.ok ? decoded : { ...decoded, point: { asset, point } }, () => undefined);
      this.#hold(subscription, sink);
    });
  }

  /** While the disk takes nothing the server publishes nothing: its queues hold what they can. */
  #hold(subscription: ClientSubscription, sink: Sink): void {
    if (this.#paused) return;
    let ready = false;
    sink.whenReady(() => {
      ready = true;
      if (this.#paused) this.#publish(subscription, true);
    });
    if (!ready) this.#publish(subscription, false);
  }

  #publish(subscription: ClientSubscription, enabled: boolean): void {
    this.#paused = !enabled;
    subscription
      .setPublishingMode(enabled)
      .catch((error) => this.#log.warn({ error: String(error), enabled }, 'the publishing mode was not changed'));
  }

  #decode(node: OpcuaNodeConfig, { value, statusCode, sourceTimestamp, serverTimestamp }: DataValue): Decoded {
    const limits: DecodeLimits = { nowMs: this.#now(), maxFutureMs: this.#edge.limits.maxFutureMs };
    if (statusCode.isBad() || statusCode.equals(StatusCodes.UncertainNoCommunicationLastUsableValue)) {
      return { ok: false, rejection: 'bad_quality' };
    }
    const timeMs = (sourceTimestamp ?? serverTimestamp)?.getTime();
    const content: unknown = value?.value;
    if (content === null || content === undefined) return { ok: false, rejection: 'missing_value' };
    const wide = value?.dataType === DataType.Int64 || value?.dataType === DataType.UInt64;
    if (wide && value?.arrayType === VariantArrayType.Scalar) {
      return checkScalar(node, wideNumber(content, value.dataType), timeMs, limits);
    }
    if (typeof content === 'number' || typeof content === 'boolean')
      return checkScalar(node, Number(content), timeMs, limits);
    if (!ArrayBuffer.isView(content) && !Array.isArray(content)) return { ok: false, rejection: 'wrong_type' };
    if (node.sampleRateHz === undefined) return { ok: false, rejection: 'bad_rate' };
    const samples = Float32Array.from(content as unknown as ArrayLike<unknown>, (v) =>
      wide ? wideNumber(v, value?.dataType) : Number(v),
    );
    return checkCompleted(node, samples, node.sampleRateHz, timeMs, limits);
  }
}

/** node-opcua gives 64-bit integers as their high and low halves. */
function wideNumber(halves: unknown, type: DataType | undefined): number {
  const [high, low] = halves as [number, number];
  return (type === DataType.Int64 ? high | 0 : high >>> 0) * 2 ** 32 + (low >>> 0);
}

function grouped(nodes: readonly OpcuaNodeConfig[]): OpcuaNodeConfig[][] {
  const groups = new Map<string, OpcuaNodeConfig[]>();
  for (const node of nodes) {
    const key = `${node.samplingIntervalMs}/${node.queueSize}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()];
}
