import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type MetricSchema, PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import type { Fields } from './conditionFields.ts';

type Metric = MessageInitShape<typeof MetricSchema>;
/** A metric's value; null: currently unknown. Its type is constant, because births declare it. */
export type Reading = { type: 'number'; value: number | null } | { type: 'text'; value: string | null };

const TYPES = { uint64: 8, double: 10, boolean: 11, string: 12 } as const;
const SEQUENCES = 256;
const REBIRTH = 'Node Control/Rebirth';

export interface SparkplugMessage {
  topic: string;
  payload: Buffer;
}

/**
 * A Sparkplug B 3.0 edge node with a device per machine: births with every metric, and data with the changes. A metric
 * missing from its device's birth brings another birth. It builds messages and sends none.
 */
export class SparkplugNode {
  readonly #group: string;
  readonly #node: string;
  readonly #now: () => number;
  readonly #devices = new Map<string, Map<string, Reading>>();
  #sequence = 0;
  #bdSeq = 0;

  constructor({ group, node }: { group: string; node: string }, now: () => number) {
    this.#group = group;
    this.#node = node;
    this.#now = now;
  }

  get commandTopic(): string {
    return this.#topic('NCMD');
  }

  /** The will of the next connection, with the session number of the following birth. */
  death(): SparkplugMessage {
    const payload = create(PayloadSchema, { timestamp: BigInt(this.#now()), metrics: [this.#session()] });
    return { topic: this.#topic('NDEATH'), payload: Buffer.from(toBinary(PayloadSchema, payload)) };
  }

  /** Call it after a connection ended, before the next will is set. */
  nextSession(): void {
    this.#bdSeq = (this.#bdSeq + 1) % SEQUENCES;
  }

  /** Births of the node and of every known device. */
  births(): SparkplugMessage[] {
    this.#sequence = 0;
    const rebirth = { name: REBIRTH, datatype: TYPES.boolean, value: { case: 'booleanValue', value: false } } as const;
    return [
      this.#message('NBIRTH', undefined, [this.#session(), rebirth]),
      ...[...this.#devices.keys()].map((device) => this.#birth(device)),
    ];
  }

  /** Applies readings of a device, by name. @returns the message with the changes, or null. */
  update(device: string, readings: Readonly<Record<string, Reading>>): SparkplugMessage | null {
    const known = this.#devices.get(device) ?? new Map<string, Reading>();
    this.#devices.set(device, known);
    const changed = Object.entries(readings).filter(([name, { value }]) => known.get(name)?.value !== value);
    const isNew = changed.some(([name]) => !known.has(name));
    for (const [name, reading] of changed) known.set(name, reading);
    if (isNew) return this.#birth(device);
    return changed.length === 0 ? null : this.#message('DDATA', device, changed.map(metricOf));
  }

  #birth(device: string): SparkplugMessage {
    const known = this.#devices.get(device) as Map<string, Reading>;
    return this.#message('DBIRTH', device, [...known].map(metricOf));
  }

  #session(): Metric {
    return { name: 'bdSeq', datatype: TYPES.uint64, value: { case: 'longValue', value: BigInt(this.#bdSeq) } };
  }

  #message(type: 'NBIRTH' | 'DBIRTH' | 'DDATA', device: string | undefined, metrics: Metric[]): SparkplugMessage {
    const timestamp = BigInt(this.#now());
    const seq = BigInt(this.#sequence);
    this.#sequence = (this.#sequence + 1) % SEQUENCES;
    const payload = create(PayloadSchema, { timestamp, seq, metrics: metrics.map((m) => ({ timestamp, ...m })) });
    return { topic: this.#topic(type, device), payload: Buffer.from(toBinary(PayloadSchema, payload)) };
  }

  #topic(type: string, device?: string): string {
    return `spBv1.0/${this.#group}/${type}/${this.#node}${device === undefined ? '' : `/${device}`}`;
  }
}

/** Whether a command of the host requests births. */
export const requestsRebirth = (metrics: readonly { name: string; value: { value?: unknown } }[]): boolean =>
  metrics.some(({ name, value }) => name === REBIRTH && value.value === true);

/** A machine's condition as metrics; the device carries its name. */
export function conditionMetrics({ asset, site, edge, time, ...fields }: Fields): Record<string, Reading> {
  const readings = Object.entries(fields).map(([name, value]): [string, Reading] => [
    `Condition/${name}`,
    TEXTS.has(name)
      ? { type: 'text', value: typeof value === 'string' ? value : null }
      : { type: 'number', value: typeof value === 'number' ? value : null },
  ]);
  return Object.fromEntries(readings);
}

/** Features of a point as metrics. */
export function featureMetrics(point: string, values: Readonly<Record<string, number>>): Record<string, Reading> {
  const readings = Object.entries(values).map(([name, value]) => [
    `Features/${point}/${name}`,
    { type: 'number', value },
  ]);
  return Object.fromEntries(readings);
}

/** Text fields of a condition; the others are numbers. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['area', 'line', 'displayName', 'kind', 'status', 'zone', 'severity', 'fault', 'point', 'text', 'raisedAt'],
]);

function metricOf([name, { type, value }]: [string, Reading]): Metric {
  const datatype = type === 'number' ? TYPES.double : TYPES.string;
  if (value === null) return { name, datatype, isNull: true };
  return typeof value === 'number'
    ? { name, datatype, value: { case: 'doubleValue', value } }
    : { name, datatype, value: { case: 'stringValue', value } };
}
