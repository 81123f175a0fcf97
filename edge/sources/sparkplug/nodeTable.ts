import { isFieldSet } from '@bufbuild/protobuf';
import { type Metric, MetricSchema, type Payload } from '#models/sparkplug/sparkplugB_pb.ts';

export type MessageType = 'NBIRTH' | 'NDATA' | 'NDEATH' | 'DBIRTH' | 'DDATA' | 'DDEATH';

/** A metric with the name and type from its birth. */
export interface NamedMetric {
  name: string;
  datatype: number;
  metric: Metric;
}

export interface NodeUpdate {
  metrics: NamedMetric[];
  /** Metrics whose name or type is in no birth. */
  unknown: number;
  /** Those that a new birth would resolve: one that was born without a type stays unresolved. */
  unborn: number;
  /** The node needs a rebirth: its birth was missed, or a message is missing. */
  rebirth: boolean;
  /** Messages missing by the sequence. */
  missing: number;
}

interface Born {
  names: Map<bigint, string>;
  types: Map<string, number>;
}

interface Node {
  /** Sequence of the last message; null until a birth. */
  sequence: number | null;
  bdSeq: bigint | null;
  /** By device; the node itself is ''. */
  born: Map<string, Born>;
}

const SEQUENCES = 256;
/** Limit on metrics of one node or device. */
const MAX_METRICS = 20_000;
const NOTHING: NodeUpdate = { metrics: [], unknown: 0, unborn: 0, rebirth: false, missing: 0 };

/** Births of edge nodes and their devices, and the continuity of their messages (Sparkplug 3.0.0, 5 and 6.4). */
export class NodeTable {
  readonly #nodes = new Map<string, Node>();
  readonly #mostNodes: number;

  constructor(mostNodes: number) {
    this.#mostNodes = mostNodes;
  }

  get online(): number {
    let online = 0;
    for (const node of this.#nodes.values()) if (node.sequence !== null) online++;
    return online;
  }

  /** Births from before a lost connection may be outdated: nodes may have been reborn meanwhile. */
  forget(): void {
    this.#nodes.clear();
  }

  /** `node` is `<group>/<edge node>`, `device` '' for the node itself. */
  take(type: MessageType, node: string, device: string, payload: Payload): NodeUpdate {
    if (!this.#nodes.has(node) && this.#nodes.size >= this.#mostNodes)
      return { ...NOTHING, unknown: payload.metrics.length };
    const known = this.#nodes.get(node) ?? { sequence: null, bdSeq: null, born: new Map() };
    this.#nodes.set(node, known);
    if (type === 'NDEATH') return this.#died(known, payload);
    if (type === 'NBIRTH') return this.#born(known, payload);
    if (known.sequence === null) return { ...NOTHING, unknown: payload.metrics.length, rebirth: true };
    const missing = stepOf(known, payload);
    // A missing message may have been a birth that reassigned the aliases.
    if (missing > 0) for (const born of known.born.values()) born.names.clear();
    if (type === 'DDEATH') known.born.delete(device);
    if (type === 'DBIRTH') known.born.set(device, bornOf(payload));
    const named = type === 'DDEATH' ? NOTHING : nameAll(known.born.get(device), payload);
    return { ...named, missing, rebirth: missing > 0 || (type !== 'DBIRTH' && named.unborn > 0) };
  }

  #born(node: Node, payload: Payload): NodeUpdate {
    node.sequence = Number(payload.seq) % SEQUENCES;
    node.bdSeq = bdSeqOf(payload);
    node.born = new Map([['', bornOf(payload)]]);
    return nameAll(node.born.get(''), payload);
  }

  /** A late will belongs to an older session, as its birth-death sequence shows. */
  #died(node: Node, payload: Payload): NodeUpdate {
    const bdSeq = bdSeqOf(payload);
    if (bdSeq === null || node.bdSeq === null || bdSeq === node.bdSeq) {
      node.sequence = null;
      node.born.clear();
    }
    return NOTHING;
  }
}

/** Number of the node's messages missing before this one. */
function stepOf(node: Node, payload: Payload): number {
  const sequence = Number(payload.seq) % SEQUENCES;
  const missing = (sequence - (node.sequence as number) - 1 + SEQUENCES) % SEQUENCES;
  node.sequence = sequence;
  return missing;
}

function bornOf(payload: Payload): Born {
  const born: Born = { names: new Map(), types: new Map() };
  for (const metric of payload.metrics.slice(0, MAX_METRICS)) {
    const { name, alias, datatype } = metric;
    born.types.set(name, datatype);
    if (hasAlias(metric)) born.names.set(alias, name);
  }
  return born;
}

function nameAll(born: Born | undefined, payload: Payload): NodeUpdate {
  const metrics: NamedMetric[] = [];
  let unborn = 0;
  for (const metric of payload.metrics) {
    const aliased = hasAlias(metric) ? born?.names.get(metric.alias) : undefined;
    const name = metric.name !== '' ? metric.name : aliased;
    const datatype = metric.datatype || (name === undefined ? undefined : born?.types.get(name));
    if (name !== undefined && datatype) metrics.push({ name, datatype, metric });
    else if (name === undefined || !born?.types.has(name)) unborn++;
  }
  return { metrics, unknown: payload.metrics.length - metrics.length, unborn, rebirth: false, missing: 0 };
}

function bdSeqOf(payload: Payload): bigint | null {
  const value = payload.metrics.find((m) => m.name === 'bdSeq')?.value;
  if (value?.case === 'longValue') return value.value;
  return value?.case === 'intValue' ? BigInt(value.value) : null;
}

/** 0 is a valid alias. */
const hasAlias = (metric: Metric) => isFieldSet(metric, MetricSchema.field.alias);
