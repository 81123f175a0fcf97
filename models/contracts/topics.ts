/** The topics below `millwright/v1/<site>/<edge>/`. */
export const TOPIC_ROOT = 'millwright/v1';

export type MessageKind = 'status' | 'features' | 'health' | 'alerts' | 'ledger' | 'evidence' | 'want';

export interface Origin {
  site: string;
  edge: string;
}

/** A machine's name throughout a company: names hold no `/`. */
export const machineKey = (m: Origin & { asset: string }): string => `${m.site}/${m.edge}/${m.asset}`;

/** The asset of such a name; what is an asset alone stays. */
export const assetOf = (machine: string): string => machine.slice(machine.lastIndexOf('/') + 1);

const base = (o: Origin) => `${TOPIC_ROOT}/${o.site}/${o.edge}`;

export const topics = {
  status: (o: Origin) => `${base(o)}/status`,
  features: (o: Origin, asset: string, point: string) => `${base(o)}/features/${asset}/${point}`,
  health: (o: Origin, asset: string) => `${base(o)}/health/${asset}`,
  alerts: (o: Origin, asset: string) => `${base(o)}/alerts/${asset}`,
  ledger: (o: Origin) => `${base(o)}/ledger`,
  // Its parts are levels: brokers that map topics to dotted subjects refuse a dot (nats-server before 2.10).
  evidence: (o: Origin, id: string) => `${base(o)}/evidence/${id.replaceAll('.', '/')}`,
  acknowledge: (o: Origin) => `${base(o)}/cmd/ack`,
  command: (o: Origin) => `${base(o)}/cmd/do`,
  want: (o: Origin) => `${base(o)}/want`,
  piece: (o: Origin) => `${base(o)}/cmd/piece`,
};

const SUPPLY_ROOT = `${TOPIC_ROOT}/supply`;
/** Tables of planners, a topic each; what became of one is said below it. */
export const supplyFilter = `${SUPPLY_ROOT}/+`;

/** The topic of the report on a planner's table. */
export const supplyReportTopic = (table: string) => `${SUPPLY_ROOT}/${table}/report`;

/** The table of a topic, or null where it is none of theirs. */
export function parseSupplyTopic(topic: string): string | null {
  return /^millwright\/v1\/supply\/([^/]+)$/.exec(topic)?.[1] ?? null;
}

/** All that a gateway listens to of edges. */
export const gatewayFilters = ['status', 'features/#', 'health/#', 'alerts/#', 'ledger', 'evidence/#', 'want'].map(
  (kind) => `${TOPIC_ROOT}/+/+/${kind}`,
);

/** Site, edge and kind of a topic, or null where it is none of ours. */
export function parseTopic(topic: string): (Origin & { kind: MessageKind }) | null {
  const m = /^millwright\/v1\/([^/]+)\/([^/]+)\/(status|features|health|alerts|ledger|evidence|want)(\/|$)/.exec(topic);
  return m ? { site: m[1], edge: m[2], kind: m[3] as MessageKind } : null;
}
