/** The topics below `millwright/v1/<site>/<edge>/`. */
export const TOPIC_ROOT = 'millwright/v1';

export type MessageKind = 'status' | 'features' | 'health' | 'alerts' | 'ledger' | 'evidence' | 'want';

export interface Origin {
  site: string;
  edge: string;
}

/** A machine's company-wide name: names contain no `/`. */
export const machineKey = (m: Origin & { asset: string }): string => `${m.site}/${m.edge}/${m.asset}`;

/** The asset of such a name; a bare asset is unchanged. */
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
/** Planners' tables, one topic each; the report on one is below its topic. */
export const supplyFilter = `${SUPPLY_ROOT}/+`;

/** The topic of the report on a planner's table. */
export const supplyReportTopic = (table: string) => `${SUPPLY_ROOT}/${table}/report`;

/** The table of a topic; null if the topic is not one of a table. */
export function parseSupplyTopic(topic: string): string | null {
  return /^millwright\/v1\/supply\/([^/]+)$/.exec(topic)?.[1] ?? null;
}

/** All topics of edges that a gateway subscribes to. */
export const gatewayFilters = ['status', 'features/#', 'health/#', 'alerts/#', 'ledger', 'evidence/#', 'want'].map(
  (kind) => `${TOPIC_ROOT}/+/+/${kind}`,
);

/** Site, edge and kind of a topic; null if it is not Millwright's. */
export function parseTopic(topic: string): (Origin & { kind: MessageKind }) | null {
  const m = /^millwright\/v1\/([^/]+)\/([^/]+)\/(status|features|health|alerts|ledger|evidence|want)(\/|$)/.exec(topic);
  return m ? { site: m[1], edge: m[2], kind: m[3] as MessageKind } : null;
}
