import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { findBearing } from '#models/machine/bearingTable.ts';

/** The minimum configuration of an edge. */
export interface EdgeBasics {
  site: string;
  edge: string;
  dataDirectory: string;
  /** The broker to which the gateway subscribes. */
  uplinkUrl: string;
}

export interface BrokerAddress {
  url: string;
  username?: string;
  passwordFile?: string;
}

export interface OpcuaNode {
  nodeId: string;
  asset: string;
  point: string;
  /** Of an array of samples. */
  sampleRateHz?: number;
}

/** Known facts of a machine; unknown ones are absent. */
export interface MachineFacts {
  asset: string;
  kind?: string;
  ratedRpm?: number;
  points: { point: string; unit?: string; role?: string; bearing?: string }[];
}

/** An impossible change of a configuration; the message is for the user. */
export class SetupError extends Error {}

/** Edits an edge's configuration as text, keeping comments and order of unchanged parts. Each function is pure. */
function edited(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text.trim() === '' ? '{}' : text);
  if (document.errors.length > 0) throw new SetupError(`the file is no YAML: ${document.errors[0].message}`);
  if (text.trim() === '' && isMap(document.contents)) document.contents.flow = false;
  change(document);
  return document.toString({ lineWidth: 0 });
}

export function withBasics(text: string, { site, edge, dataDirectory, uplinkUrl }: EdgeBasics): string {
  return edited(text, (document) => {
    document.set('site', site);
    document.set('edge', edge);
    document.set('dataDirectory', dataDirectory);
    document.setIn(['uplink', 'url'], uplinkUrl);
    if (!document.has('sources')) document.set('sources', document.createNode([]));
  });
}

/** Adds subscriptions to a broker's MQTT source, which is created if the address has none. */
export function withSubscriptions(
  text: string,
  broker: BrokerAddress,
  subscriptions: readonly Record<string, unknown>[],
): string {
  return edited(text, (document) => {
    const at = sourceAt(document, 'mqtt', 'url', broker.url);
    if (at === null) addSource(document, { type: 'mqtt', ...broker, subscriptions });
    else for (const one of subscriptions) addTo(document, ['sources', at, 'subscriptions'], one);
  });
}

/** Adds nodes to an endpoint's OPC UA source, which is created if there is none. */
export function withNodes(text: string, endpoint: string, nodes: readonly OpcuaNode[]): string {
  return edited(text, (document) => {
    const at = sourceAt(document, 'opcua', 'endpoint', endpoint);
    if (at === null) addSource(document, { type: 'opcua', endpoint, nodes });
    else for (const node of nodes) addTo(document, ['sources', at, 'nodes'], node);
  });
}

/** @throws SetupError if a bearing is not in the table. */
export function withMachine(text: string, { asset, kind, ratedRpm, points }: MachineFacts): string {
  return edited(text, (document) => {
    const set = (path: string[], value: unknown) => {
      if (value !== undefined) document.setIn(['assets', asset, ...path], value);
    };
    set(['kind'], kind);
    set(['ratedRpm'], ratedRpm);
    for (const { point, unit, role, bearing } of points) {
      set(['points', point, 'unit'], unit);
      set(['points', point, 'role'], role);
      if (bearing !== undefined)
        set(['points', point, 'bearing'], document.createNode(factorsOf(bearing), { flow: true }));
    }
  });
}

function factorsOf(designation: string): Record<string, number> {
  const found = findBearing(designation);
  if (found === null) throw new SetupError(`${designation}: no bearing of this designation is known`);
  const { bpfo, bpfi, bsf, ftf } = found.factors;
  return Object.fromEntries(Object.entries({ bpfo, bpfi, bsf, ftf }).map(([k, v]) => [k, Number(v.toPrecision(5))]));
}

function sourceAt(document: Document, type: string, key: string, address: string): number | null {
  const sources = document.get('sources');
  if (!isSeq(sources)) return null;
  const at = sources.items.findIndex((item) => isMap(item) && item.get('type') === type && item.get(key) === address);
  return at < 0 ? null : at;
}

function addSource(document: Document, source: object): void {
  if (!isSeq(document.get('sources'))) document.set('sources', document.createNode([]));
  addTo(document, ['sources'], source);
}

function addTo(document: Document, path: (string | number)[], value: unknown): void {
  const list = document.getIn(path);
  if (isSeq(list)) list.flow = false;
  document.addIn(path, document.createNode(value));
}
