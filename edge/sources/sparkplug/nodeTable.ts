import { isFieldSet } from '@bufbuild/protobuf';
import { type Metric, MetricSchema, type Payload } from '#models/sparkplug/sparkplugB_pb.ts';

export type MessageType = 'NBIRTH' | 'NDATA' | 'NDEATH' | 'DBIRTH' | 'DDATA' | 'DDEATH';

/** A metric with the name and the type that its birth gave it. */
export interface NamedMetric {
  name: string;
  datatype: number;
  metric: Metric;
}

export interface Taken {
  metrics: NamedMetric[];
  /** Metrics whose name or type no birth has told. */
  unknown: number;
  /** Those of them that a birth would tell: one that was born without a type stays without. */
  unborn: number;
  /** The node has to be asked for its births: it was not heard from the beginning, or a message is missing. */
  rebirth: boolean;
  /** Messages that are missing by the sequence. */
  missing: number;
}

interface Born {
  names: Map<bigint, string>;
  types: Map<string, number>;
}

interface Node {
  /** Of the last message; null until a birth. */
  sequence: number | null;
  bdSeq: bigint | null;
  /** By device; the node itself is ''. */
  born: Map<string, Born>;
}

const SEQUENCES = 256;
/** Metrics of one node or device. */
const MAX_METRICS = 20_000;
const NOTHING: Taken = { metrics: [], unknown: 0, unborn: 0, rebirth: false, missing: 0 };

/** What the births of edge nodes and their devices said, and whether their messages follow one another (Sparkplug 3.0.0, 5 and 6.4). */
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

  /** What was heard before a connection ended may be over: nodes are born again while nobody listens. */
  forget(): void {
    this.#nodes.clear();
  }

  /** `node` is `<group>/<edge node>`, `device` '' for the node itself. */
  take(type: MessageType, node: string, device: string, payload: Payload): Taken {
    if (!this.#nodes.has(node) && this.#nodes.size >= this.#mostNodes)
      return { ...NOTHING, unknown: payload.metrics.length };
    const known = this.#nodes.get(node) ?? { sequence: null, bdSeq: null, born: new Map() };
    this.#nodes.set(node, known);
    if (type === 'NDEATH') return this.#died(known, payload);
    if (type === 'NBIRTH') return this.#born(known, payload);
    if (known.sequence === null) return { ...NOTHING, unknown: payload.metrics.length, rebirth: true };
    const missing = stepOf(known, payload);
    // One of those may have been a birth that gave the aliases to others.
    if (missing > 0) for (const born of known.born.values()) born.names.clear();
    if (type === 'DDEATH') known.born.delete(device);
    if (type === 'DBIRTH') known.born.set(device, bornOf(payload));
    const named = type === 'DDEATH' ? NOTHING : nameAll(known.born.get(device), payload);
    return { ...named, missing, rebirth: missing > 0 || (type !== 'DBIRTH' && named.unborn > 0) };
  }

  #born(node: Node, payload: Payload): Taken {
    node.sequence = Number(payload.seq) % SEQUENCES;
    node.bdSeq = bdSeqOf(payload);
    node.born = new Map([['', bornOf(payload)]]);
    return nameAll(node.born.get(''), payload);
  }

  /** A will that comes late is of an older session: its birth-death sequence says so. */
  #died(node: Node, payload: Payload): Taken {
    const bdSeq = bdSeqOf(payload);
    if (bdSeq === null || node.bdSeq === null || bdSeq === node.bdSeq) {
      node.sequence = null;
      node.born.clear();
    }
    return NOTHING;
  }
}

/** How many messages of the node are missing before this one. */
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

function nameAll(born: Born | undefined, payload: Payload): Taken {
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

/** 0 is an alias like any other. */
const hasAlias = (metric: Metric) => isFieldSet(metric, MetricSchema.field.alias);
