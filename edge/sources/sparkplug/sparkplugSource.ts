import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { keepSubscribed } from '#models/configuration/mqttSubscribe.ts';
import { withoutPassword } from '#models/configuration/withoutPassword.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import { isName } from '#models/contracts/names.ts';
import { type Payload, PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { brokerClient } from '../../brokerConnection.ts';
import type { EdgeConfig } from '../../config.ts';
import { checkCompleted, checkScalar, type Decoded, type PointName } from '../decoded.ts';
import type { Sink, Source } from '../source.ts';
import { inflated } from './compression.ts';
import { pointByPattern } from './metricPattern.ts';
import { metricValue, UNMEASURED } from './metricValue.ts';
import { type MessageType, type NamedMetric, NodeTable } from './nodeTable.ts';
import { PointOwners } from './pointOwners.ts';
import type { SparkplugMetricConfig, SparkplugSourceConfig } from './sparkplugConfig.ts';
import { withMembers } from './templateMembers.ts';

const NAMESPACE = 'spBv1.0';
/** Interval between requests for a node's births: it may need a while. */
const REBIRTH_MS = 10_000;
const CONTRADICT_MS = 1000;
const MAX_NODES = 10_000;
const BOOLEAN = 11;

/**
 * A Sparkplug B host application: accepts metrics of edge nodes and their devices by name, whatever their alias, and
 * requests a rebirth if it missed a birth. With `hostId` it publishes STATE as a primary host, so that nodes which wait
 * for one store data while it is away. Data is sent at QoS 0; Sparkplug has no other.
 */
export class SparkplugSource implements Source {
  readonly #config: SparkplugSourceConfig;
  readonly #limits: EdgeConfig['limits'];
  readonly #clientId: string;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #nodes = new NodeTable(MAX_NODES);
  readonly events = new Map([
    ['missing_messages', 0],
    ['rebirth_requests', 0],
  ]);
  readonly #rebirthRequestedMs = new Map<string, number>();
  /** Types of the members of templates, by node or device. */
  readonly #memberTypes = new Map<string, Map<string, number>>();
  readonly #owners: PointOwners;
  /** Metrics that cannot be measurements, each logged once. */
  readonly #unsupported = new Set<string>();
  #client: MqttClient | null = null;

  constructor(
    config: SparkplugSourceConfig,
    limits: EdgeConfig['limits'],
    clientId: string,
    now: () => number,
    log: Logger,
  ) {
    this.#config = config;
    this.#limits = limits;
    this.#clientId = clientId;
    this.#now = now;
    this.#log = log;
    this.#owners = new PointOwners(log);
  }

  get state(): Source['state'] {
    if (!this.#client) return 'stopped';
    return this.#client.connected ? 'connected' : 'connecting';
  }

  async start(sink: Sink): Promise<void> {
    const client = brokerClient(
      this.#config.url,
      this.#config,
      {
        clientId: this.#clientId,
        // 5.13: a host application begins a clean session.
        clean: true,
        resubscribe: false,
        will: this.#stateMessage(false),
      },
      this.#log,
    );
    this.#client = client;
    client.handleMessage = (_packet, resume) => sink.whenReady(resume);
    client.on('message', (topic, payload) => this.#take(topic, payload, sink));
    // 5.13: a host subscribes before it publishes that it is online.
    const { groups, hostId } = this.#config;
    keepSubscribed(
      client,
      [
        ...groups.map((group) => ({ topic: `${NAMESPACE}/${group}/+/#`, qos: 0 as const })),
        ...(hostId === undefined ? [] : [{ topic: `${NAMESPACE}/STATE/${hostId}`, qos: 1 as const }]),
      ],
      (topic, error) => this.#log.error({ topic, error: error.message }, 'the broker refused a subscription'),
    );
    client.on('connect', () => {
      this.#log.info({ url: withoutPassword(this.#config.url) }, 'source connected');
      this.#nodes.forget();
      this.#rebirthRequestedMs.clear();
      this.#owners.forget();
      const state = this.#stateMessage(true);
      if (state) this.#publishState(state);
    });
    client.on('close', () => {
      // The next birth must have the same time as the next will.
      client.options.will = this.#stateMessage(false);
      this.#log.warn({ url: withoutPassword(this.#config.url) }, 'source disconnected');
    });
    client.on('error', (error) =>
      this.#log.error({ url: withoutPassword(this.#config.url), error: error.message }, 'source failed'),
    );
    client.connect();
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (!client) return;
    const state = this.#stateMessage(false);
    if (state && client.connected) await client.publishAsync(state.topic, state.payload, { qos: 1, retain: true });
    await client.endAsync(true);
  }

  #bornMs = 0;
  #publishedMs = Number.NEGATIVE_INFINITY;

  #stateMessage(online: boolean) {
    if (this.#config.hostId === undefined) return undefined;
    if (!online) this.#bornMs = this.#now();
    const payload = Buffer.from(JSON.stringify({ online, timestamp: this.#bornMs }));
    return { topic: `${NAMESPACE}/STATE/${this.#config.hostId}`, payload, qos: 1 as const, retain: true };
  }

  #publishState({ topic, payload }: { topic: string; payload: Buffer }): void {
    this.#publishedMs = this.#now();
    this.#client?.publish(topic, payload, { qos: 1, retain: true });
  }

  /**
   * Corrects a STATE of offline from a late will, or from another host with this id. Limited in rate, so that two hosts
   * do not fight.
   */
  #contradict(bytes: Buffer): void {
    const state = this.#stateMessage(true);
    if (!state || !/"online"\s*:\s*false/.test(bytes.toString('utf8', 0, 1000))) return;
    if (this.#now() - this.#publishedMs < CONTRADICT_MS) return;
    this.#log.warn({ hostId: this.#config.hostId }, 'somebody said that this host is offline');
    this.#publishState(state);
  }

  #take(topic: string, bytes: Buffer, sink: Sink): void {
    if (topic === `${NAMESPACE}/STATE/${this.#config.hostId}`) {
      this.#contradict(bytes);
      return;
    }
    const [, group, type, edgeNode, device = '', ...more] = topic.split('/');
    if (!isMessageType(type) || more.length > 0) return;
    const refuse = (rejection: Rejection) => sink.accept({ ok: false, rejection, point: null }, null);
    if (bytes.length > this.#limits.maxPayloadBytes) {
      refuse('too_large');
      return;
    }
    const outer = payloadOf(bytes);
    const inner = outer && inflated(outer, this.#limits.maxPayloadBytes);
    const payload = inner instanceof Uint8Array ? payloadOf(inner) : inner;
    if (payload === null || typeof payload === 'string') {
      refuse(payload ?? 'bad_payload');
      return;
    }
    const node = `${group}/${edgeNode}`;
    const update = this.#nodes.take(type, node, device, payload);
    for (let i = 0; i < update.unknown; i++) refuse('unknown_metric');
    if (update.missing > 0) {
      this.#count('missing_messages', update.missing);
      this.#log.warn({ node, missing: update.missing }, 'messages of the node are missing');
    }
    if (update.rebirth) this.#requestRebirth(node);
    const path = device === '' ? [group, edgeNode] : [group, edgeNode, device];
    for (const named of withMembers(update.metrics, this.#typesAt(path))) this.#accept(path, named, payload, sink);
  }

  #typesAt(path: string[]): Map<string, number> {
    const key = path.join('/');
    const types = this.#memberTypes.get(key) ?? new Map<string, number>();
    if (this.#memberTypes.size < MAX_NODES) this.#memberTypes.set(key, types);
    return types;
  }

  #accept(path: string[], named: NamedMetric, payload: Payload, sink: Sink): void {
    for (const mapping of this.#config.metrics) {
      const found = pointOf(mapping, path, named.name);
      if (!found) continue;
      // A pattern selects only measurable metrics.
      if (found.isByPattern && UNMEASURED[named.datatype] !== undefined) return;
      const { point } = found;
      const decoded = this.#owners.isOf(point, named.name)
        ? marked(this.#decode(mapping, point, named, payload), named.metric.isHistorical)
        : ({ ok: false, rejection: 'several_points' } as const);
      sink.accept(decoded.ok ? decoded : { ...decoded, point }, null);
      return;
    }
  }

  #decode(
    mapping: SparkplugMetricConfig,
    point: PointName,
    { metric, datatype }: NamedMetric,
    payload: Payload,
  ): Decoded {
    const value = metricValue(metric, datatype);
    if (!value.ok) {
      if (value.rejection === 'unsupported_type') this.#warnUnsupported(point, datatype);
      return value;
    }
    const limits = { nowMs: this.#now(), maxFutureMs: this.#limits.maxFutureMs };
    const stamp = Number(metric.timestamp || payload.timestamp);
    const timeMs = stamp > 0 ? stamp : undefined;
    if (value.kind === 'scalar') return checkScalar(point, value.value, timeMs, limits);
    const { sampleRateHz } = mapping;
    if (sampleRateHz === undefined) return { ok: false, rejection: 'bad_rate' };
    return checkCompleted(point, value.values, sampleRateHz, timeMs, limits);
  }

  /** Logs a template, data set or text that was mapped by mistake. */
  #warnUnsupported({ asset, point }: PointName, datatype: number): void {
    const name = `${asset}/${point}`;
    if (this.#unsupported.has(name) || this.#unsupported.size >= MAX_NODES) return;
    this.#unsupported.add(name);
    this.#log.warn(
      { asset, point, type: UNMEASURED[datatype] ?? datatype },
      'the metric’s type is no measurement: refused',
    );
  }

  #count(event: string, n: number): void {
    this.events.set(event, (this.events.get(event) ?? 0) + n);
  }

  #requestRebirth(node: string): void {
    const nowMs = this.#now();
    if (nowMs - (this.#rebirthRequestedMs.get(node) ?? Number.NEGATIVE_INFINITY) < REBIRTH_MS) return;
    if (this.#rebirthRequestedMs.size >= MAX_NODES) this.#rebirthRequestedMs.clear();
    this.#rebirthRequestedMs.set(node, nowMs);
    this.#count('rebirth_requests', 1);
    this.#log.info({ node }, 'the node is asked for its births');
    const [group, edgeNode] = node.split('/');
    const timestamp = BigInt(nowMs);
    const rebirth = { name: 'Node Control/Rebirth', timestamp, datatype: BOOLEAN } as const;
    const payload = create(PayloadSchema, {
      timestamp,
      metrics: [{ ...rebirth, value: { case: 'booleanValue', value: true } }],
    });
    this.#client?.publish(`${NAMESPACE}/${group}/NCMD/${edgeNode}`, Buffer.from(toBinary(PayloadSchema, payload)), {
      qos: 0,
    });
  }
}

/** Values that a node stored while disconnected are flagged (Sparkplug 3.0.0, 6.4.15). */
function marked(decoded: Decoded, isHistorical: boolean): Decoded {
  return decoded.ok && isHistorical ? { ok: true, block: { ...decoded.block, historical: true } } : decoded;
}

function payloadOf(bytes: Uint8Array): Payload | null {
  try {
    return fromBinary(PayloadSchema, bytes);
  } catch {
    // The error quotes the sender's bytes; only its kind and count are kept.
    return null;
  }
}

function isMessageType(type: string | undefined): type is MessageType {
  return /^[ND](BIRTH|DATA|DEATH)$/.test(type ?? '');
}

/** Null if the mapping does not apply to this metric. */
function pointOf(
  mapping: SparkplugMetricConfig,
  path: string[],
  name: string,
): { point: PointName; isByPattern: boolean } | null {
  const { from, metric, asset, point } = mapping;
  const pattern = from.split('/');
  if (pattern.length !== path.length) return null;
  if (!pattern.every((p, i) => p === '+' || p === '{asset}' || p === path[i])) return null;
  const outside: string | undefined = path[pattern.indexOf('{asset}')];
  if (metric !== '{point}' && metric !== name) {
    const found = pointByPattern(mapping, name, outside);
    return found && { point: found, isByPattern: true };
  }
  const its = { asset: asset ?? outside, point: point ?? name };
  return isName(its.asset) && isName(its.point) ? { point: its, isByPattern: false } : null;
}
