/** A place that holds an item, and the places that it supplies. Times are whole; the unit is the caller's. */
export interface Stage {
  name: string;
  /** From receipt of its inputs until the item is available. */
  processingTime: number;
  /** Cost of holding a unit for one unit of time. */
  holdingCost: number;
  /** Standard deviation of its own customers' demand in one unit of time; absent: none. */
  demandSd?: number;
  /** Safety factor of the bound on demand; absent: that of 1. */
  factor?: number;
  /** Longest time that its own customers may wait; absent: it has none. */
  outboundMost?: number;
  /** Lead time of outside suppliers; absent: 0. */
  inboundOutside?: number;
}

/** From a supplier to what it supplies, by name. The links form one tree: there is one path at most between stages. */
export type Link = readonly [from: string, to: string];

export interface CommittedTimes {
  /** By name: outbound and inbound service times. */
  outbound: Map<string, number>;
  inbound: Map<string, number>;
  /** Of the safety stocks, per unit of time. */
  cost: number;
}

interface Node extends Stage {
  sd: number;
  /** The longest time in which it can be replenished. */
  longest: number;
  suppliers: Node[];
  customers: Node[];
}

/** The least cost of a part of the tree, and the times that give it. */
interface Choice {
  cost: number;
  inbound: number;
  outbound: number;
}

/**
 * Guaranteed service times with the least cost of safety stock, factor · sd · √(net time), where the net time is
 * inbound + processing − outbound. Source: Graves & Willems, "Optimizing strategic safety stock placement in supply
 * chains", Manufacturing & Service Operations Management 2 (2000), 68–83: exact for trees, by dynamic programming.
 */
export function guaranteeService(stages: readonly Stage[], links: readonly Link[]): CommittedTimes {
  const nodes = treeOf(stages, links);
  const memo = new Map<string, Choice>();
  const root = nodes[nodes.length - 1];
  const cheapest = bestOf(root, null, null, memo);
  const times: CommittedTimes = { outbound: new Map(), inbound: new Map(), cost: cheapest.cost };
  follow(root, null, cheapest, memo, times);
  return times;
}

function treeOf(stages: readonly Stage[], links: readonly Link[]): Node[] {
  const byName = new Map(
    stages.map((s): [string, Node] => [s.name, { ...s, sd: 0, longest: 0, suppliers: [], customers: [] }]),
  );
  for (const [from, to] of links) {
    (byName.get(from) as Node).customers.push(byName.get(to) as Node);
    (byName.get(to) as Node).suppliers.push(byName.get(from) as Node);
  }
  const nodes = [...byName.values()];
  for (const node of nodes) {
    node.sd = Math.sqrt(variance(node));
    node.longest = longest(node);
  }
  return nodes;
}

/** Variances of independent customers' demands add up. */
function variance({ demandSd = 0, customers }: Node): number {
  return customers.reduce((sum, c) => sum + variance(c), demandSd ** 2);
}

function longest({ processingTime, inboundOutside = 0, suppliers }: Node): number {
  return processingTime + Math.max(inboundOutside, ...suppliers.map(longest));
}

/**
 * The cheapest times of a node and of all beyond it, seen from a neighbour that fixes one of them.
 * @param from the neighbour; null: none. @param settled the outbound time where the neighbour is a customer, the
 * inbound one where it is a supplier.
 */
function bestOf(node: Node, from: Node | null, settled: number | null, memo: Map<string, Choice>): Choice {
  const key = `${node.name}\t${from?.name ?? ''}\t${settled ?? ''}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const isSupplied = from !== null && node.suppliers.includes(from);
  const isSupplier = from !== null && !isSupplied;
  let best: Choice = { cost: Number.POSITIVE_INFINITY, inbound: 0, outbound: 0 };
  const inbounds = isSupplied ? [settled as number] : inboundsOf(node);
  for (const inbound of inbounds) {
    if (inbound < (node.inboundOutside ?? 0)) continue;
    const most = Math.min(inbound + node.processingTime, node.outboundMost ?? Number.POSITIVE_INFINITY);
    const outbounds = isSupplier ? [settled as number] : node.customers.length === 0 ? [most] : range(0, most);
    for (const outbound of outbounds) {
      if (outbound > most) continue;
      const net = inbound + node.processingTime - outbound;
      const own = node.holdingCost * (node.factor ?? 1) * node.sd * Math.sqrt(net);
      const upstream = sum(node.suppliers, from, (s) => cheapestUpTo(s, node, inbound, memo).cost);
      const downstream = sum(node.customers, from, (c) => bestOf(c, node, outbound, memo).cost);
      const cost = own + upstream + downstream;
      if (cost < best.cost - 1e-12) best = { cost, inbound, outbound };
    }
  }
  memo.set(key, best);
  return best;
}

/** A supplier may serve faster than required; its customer then waits. */
function cheapestUpTo(supplier: Node, node: Node, inbound: number, memo: Map<string, Choice>): Choice {
  return range(0, Math.min(inbound, supplier.longest))
    .map((outbound) => bestOf(supplier, node, outbound, memo))
    .reduce((a, b) => (b.cost < a.cost - 1e-12 ? b : a));
}

const inboundsOf = (node: Node) => range(node.inboundOutside ?? 0, node.longest - node.processingTime);
const range = (first: number, last: number) =>
  Array.from({ length: Math.max(0, Math.floor(last - first + 1e-9) + 1) }, (_, i) => first + i);
const sum = (all: readonly Node[], but: Node | null, value: (node: Node) => number) =>
  all.reduce((total, node) => (node === but ? total : total + value(node)), 0);

function follow(node: Node, from: Node | null, choice: Choice, memo: Map<string, Choice>, times: CommittedTimes): void {
  times.inbound.set(node.name, choice.inbound);
  times.outbound.set(node.name, choice.outbound);
  for (const s of node.suppliers)
    if (s !== from) follow(s, node, cheapestUpTo(s, node, choice.inbound, memo), memo, times);
  for (const c of node.customers) if (c !== from) follow(c, node, bestOf(c, node, choice.outbound, memo), memo, times);
}
