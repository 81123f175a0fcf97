import type { ClientSession, ClientSubscription } from 'node-opcua-client';
import type { Logger } from 'pino';
import type { EdgeConfig } from '../../config.ts';
import { type DecodeLimits, inUnit } from '../decoded.ts';
import type { Sink, SourceFault } from '../source.ts';
import { decodeDataValue, remedyOf } from './dataValue.ts';
import { type Gap, readHistory } from './history.ts';
import { type Deliver, monitorNodes, type ReachedNode } from './monitoredNodes.ts';
import type { NamespaceMemory } from './namespaces.ts';
import {
  addressOf,
  keyOf,
  type OpcuaNodeConfig,
  type OpcuaSelectionConfig,
  type OpcuaSourceConfig,
} from './opcuaConfig.ts';
import { selectNodes } from './selectNodes.ts';
import type { ServerLimits } from './serverLimits.ts';

/** Interval between retries of nodes that the server refused: a program loaded into a controller later may add them. */
const MISSING_MS = 60_000;
const MAX_NAMED = 20;

type Value = Parameters<Deliver>[1];

/** State of one connection. */
export interface Connection {
  session: ClientSession;
  subscription: ClientSubscription;
  limits: ServerLimits;
  memory: NamespaceMemory;
  sink: Sink;
  /** False once another connection has begun, or the source was stopped. */
  isNewest: () => boolean;
  /** Called after each delivered value. */
  delivered: () => void;
}

/** State that outlives connections. */
export interface MonitorContext {
  config: OpcuaSourceConfig;
  edge: EdgeConfig;
  now: () => number;
  log: Logger;
  /** Source times of the newest values by point, if history is read. */
  newest: Map<string, number>;
  /** Kinds of refused values, each logged once. */
  logged: Set<string>;
  count: (event: string, n: number) => void;
  report: (faults: readonly SourceFault[]) => void;
}

/** Monitors the nodes of a source on one connection, and reads the values that their server stored before it. */
export class NodeMonitor {
  readonly #connection: Connection;
  readonly #context: MonitorContext;
  /** Nodes found by selections on this connection, and permanent faults. */
  readonly #selected: OpcuaNodeConfig[] = [];
  readonly #lasting: SourceFault[] = [];
  #missing: NodeJS.Timeout | null = null;

  constructor(connection: Connection, context: MonitorContext) {
    this.#connection = connection;
    this.#context = context;
  }

  stop(): void {
    if (this.#missing) clearTimeout(this.#missing);
  }

  /**
   * Monitors nodes and those found by selections, reports failures as faults, and retries them later.
   * @throws if whole calls fail.
   */
  async monitor(nodes: readonly OpcuaNodeConfig[], selections: readonly OpcuaSelectionConfig[]): Promise<void> {
    const { session, subscription, limits, memory, isNewest } = this.#connection;
    const { config, log, count, report } = this.#context;
    const present = [...config.nodes, ...this.#selected];
    const selected = await selectNodes(session, selections, present, limits, memory, log);
    const found = selected.nodes.map(({ node }) => node);
    this.#selected.push(...found);
    this.#lasting.push(...selected.faults);
    const all = [...nodes, ...found];
    if (all.some(({ member }) => member !== undefined)) await this.#learnStructures();
    if (!isNewest()) return;
    // Before the first new value changes them.
    const newest = new Map(all.map((node) => [keyOf(node), this.#newestOf(node)]));
    const deliver: Deliver = (node, value, unit) => this.#deliver(node, value, unit);
    const { faults, revised, monitored } = await monitorNodes(session, subscription, all, limits, memory, deliver, log);
    if (!isNewest()) return;
    const gaps = monitored.flatMap((reached) => {
      const sinceMs = newest.get(keyOf(reached.node));
      return typeof sinceMs === 'number' ? [{ reached, sinceMs }] : [];
    });
    if (gaps.length > 0) void this.#backfill(gaps);
    count('intervals_revised', revised);
    report([...faults, ...selected.empty.flatMap((one) => one.faults), ...this.#lasting]);
    const names = new Set(faults.map(keyOf));
    const missing = all.filter((node) => names.has(keyOf(node)));
    const empty = selected.empty.map(({ selection }) => selection);
    if (missing.length + empty.length > 0) this.#tryLater(missing, empty);
  }

  /**
   * Loads the server's structure definitions. The library would look them up at the first value, which delays all other
   * values, and ends the process if the connection is lost meanwhile.
   */
  async #learnStructures(): Promise<void> {
    try {
      await this.#connection.session.extractNamespaceDataType();
    } catch (error) {
      this.#context.log.warn({ error: String(error) }, 'the server does not describe its structures');
    }
  }

  /** From this run, or from before the edge restarted. */
  #newestOf(node: OpcuaNodeConfig): number | null {
    const { config, newest } = this.#context;
    if (!config.history) return null;
    return newest.get(keyOf(node)) ?? this.#connection.sink.newestMs?.(node.asset, node.point) ?? null;
  }

  #tryLater(nodes: readonly OpcuaNodeConfig[], selections: readonly OpcuaSelectionConfig[]): void {
    this.#missing = setTimeout(() => {
      if (!this.#connection.isNewest()) return;
      this.monitor(nodes, selections).catch((error) => {
        this.#context.log.warn({ error: String(error) }, 'missing nodes could not be tried again');
      });
    }, MISSING_MS);
  }

  #deliver(node: OpcuaNodeConfig, value: Value, unit: string | undefined): void {
    // A late value of an old connection may now belong to another node.
    if (!this.#connection.isNewest()) return;
    this.#take(node, value, unit);
    this.#connection.delivered();
  }

  get #limits(): DecodeLimits {
    const { now, edge } = this.#context;
    return { nowMs: now(), maxFutureMs: edge.limits.maxFutureMs };
  }

  #take(node: OpcuaNodeConfig, value: Value, unit: string | undefined): void {
    const { asset, point } = node;
    const { config, newest } = this.#context;
    const { sink } = this.#connection;
    const decoded = inUnit(decodeDataValue(node, config.timestamps, value, this.#limits), unit);
    if (!decoded.ok) {
      this.#logRefusal(node, decoded.rejection, value);
      sink.accept({ ...decoded, point: { asset, point } }, null);
      return;
    }
    const stampMs = value.sourceTimestamp?.getTime() ?? 0;
    if (config.history && stampMs > 0) newest.set(keyOf(node), stampMs);
    // The server's queue overflowed before this value: some are lost (OPC 10000-4, 7.39.1).
    sink.accept(value.statusCode.hasOverflowBit ? { ...decoded, flaw: 'overflow' } : decoded, null);
  }

  #logRefusal(node: OpcuaNodeConfig, rejection: string, { value }: Value): void {
    const { logged, log } = this.#context;
    const remedy = remedyOf(rejection, value);
    const kind = `${keyOf(node)} ${rejection}`;
    if (remedy === undefined || logged.has(kind)) return;
    logged.add(kind);
    const { asset, point } = node;
    log.warn({ node: addressOf(node), asset, point, rejection, remedy }, 'values of a node are refused');
  }

  /** Reads values of the gap before this connection, marked as historical. */
  async #backfill(gaps: readonly Gap[]): Promise<void> {
    const { session, limits } = this.#connection;
    const { log, now } = this.#context;
    try {
      const without = await readHistory(session, gaps, now(), limits, (reached, values) =>
        this.#takeHistorical(reached, values),
      );
      if (without.length === 0) return;
      const named = without.slice(0, MAX_NAMED).map(({ reached, status }) => `${addressOf(reached.node)}: ${status}`);
      log.warn({ nodes: without.length, named }, 'the server has no history of nodes');
    } catch (error) {
      log.warn({ error: String(error) }, 'the history of a gap could not be read');
    }
  }

  /** False to stop reading. */
  async #takeHistorical({ node }: ReachedNode, values: readonly Value[]): Promise<boolean> {
    const { sink, isNewest } = this.#connection;
    const { asset, point } = node;
    for (const value of values) {
      await new Promise<void>((resume) => sink.whenReady(resume));
      if (!isNewest()) return false;
      const decoded = decodeDataValue(node, 'source', value, this.#limits);
      if (decoded.ok) this.#context.count('values_backfilled', 1);
      if (decoded.ok) sink.accept({ ok: true, block: { ...decoded.block, historical: true } }, null);
      else sink.accept({ ...decoded, point: { asset, point } }, null);
    }
    return isNewest();
  }
}
