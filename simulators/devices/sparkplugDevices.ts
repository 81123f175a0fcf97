import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { type MetricSchema, PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import type { DeviceMessage } from '../deviceMessage.ts';
import type { SimulatedMachine } from '../machine.ts';
import type { Scenario } from '../scenario.ts';
import type { PlantDevices } from './plantDevices.ts';

export const GROUP = 'Plant';
const NODE = 'Line1';
const TYPES = { uint64: 8, double: 10, boolean: 11, floatArray: 30 } as const;
const SEQUENCES = 256;

type Metric = MessageInitShape<typeof MetricSchema>;

/**
 * One Sparkplug B edge node with one device per machine (Sparkplug 3.0.0): births with aliases, data by alias only, a
 * will, and rebirths on request. Waveforms are float arrays, stamped at their end.
 */
export class SparkplugDevices implements PlantDevices {
  readonly #url: string;
  readonly #log: Logger;
  readonly #machines: readonly SimulatedMachine[];
  readonly #waveform: Scenario['waveform'];
  readonly #aliases = new Map<string, number>();
  #client: MqttClient | null = null;
  #sequence = 0;
  #bdSeq = 0;

  constructor(machines: readonly SimulatedMachine[], scenario: Scenario, url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
    this.#machines = machines;
    this.#waveform = scenario.waveform;
    for (const machine of machines)
      for (const point of pointsOf(machine))
        this.#aliases.set(`${machine.config.name}/${point}`, this.#aliases.size + 1);
  }

  async connect(): Promise<void> {
    const death = create(PayloadSchema, { metrics: [this.#session()] });
    this.#client = await mqtt.connectAsync(
      this.#url,
      {
        reconnectPeriod: 0,
        queueQoSZero: false,
        will: { topic: topicOf('NDEATH'), payload: Buffer.from(toBinary(PayloadSchema, death)), qos: 1, retain: false },
      },
      true,
    );
    this.#client.on('error', (error) => this.#log.warn({ error: error.message }, 'broker failed'));
    this.#client.on('message', (_topic, payload) => {
      const isRebirthRequested = fromBinary(PayloadSchema, payload).metrics.some(
        (m) => m.name === 'Node Control/Rebirth',
      );
      if (isRebirthRequested) this.#bear();
    });
    await this.#client.subscribeAsync(topicOf('NCMD'), { qos: 1 });
    this.#bear();
  }

  async send({ machine, point, stampMs, content }: DeviceMessage): Promise<void> {
    const client = this.#client;
    if (!client?.connected) return;
    const alias = BigInt(this.#aliases.get(`${machine}/${point}`) ?? 0);
    if (content.kind === 'garbage') {
      client.publish(topicOf('DDATA', machine), content.bytes, { qos: 0 });
      return;
    }
    const durationMs = content.kind === 'waveform' ? (content.samples.length / this.#waveform.sampleRateHz) * 1000 : 0;
    const timestamp = BigInt(Math.round(stampMs + durationMs));
    const value =
      content.kind === 'value'
        ? ({ case: 'doubleValue', value: content.value } as const)
        : ({ case: 'bytesValue', value: new Uint8Array(content.samples.buffer) } as const);
    this.#publish('DDATA', machine, [{ alias, timestamp, value }]);
  }

  async flush(): Promise<void> {
    // At QoS 0, a write to the socket is all that can be known.
  }

  async close(): Promise<void> {
    await this.#client?.endAsync();
  }

  async restart(downMs: number): Promise<void> {
    // Without a disconnect packet: the broker publishes the will.
    this.#client?.stream.destroy();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#bdSeq = (this.#bdSeq + 1) % SEQUENCES;
    await this.connect();
  }

  /** The number of this session, which matches a will to it. */
  #session(): Metric {
    return { name: 'bdSeq', datatype: TYPES.uint64, value: { case: 'longValue', value: BigInt(this.#bdSeq) } };
  }

  #bear(): void {
    const rebirth: Metric = {
      name: 'Node Control/Rebirth',
      datatype: TYPES.boolean,
      value: { case: 'booleanValue', value: false },
    };
    this.#sequence = 0;
    this.#publish('NBIRTH', undefined, [this.#session(), rebirth]);
    for (const machine of this.#machines) {
      const { name, sensors } = machine.config;
      // Null until measured: a birth is not a measurement.
      const metrics = pointsOf(machine).map((point) => ({
        name: point,
        alias: BigInt(this.#aliases.get(`${name}/${point}`) ?? 0),
        datatype: sensors.includes(point) ? TYPES.floatArray : TYPES.double,
        isNull: true,
      }));
      this.#publish('DBIRTH', name, metrics);
    }
  }

  #publish(type: 'NBIRTH' | 'DBIRTH' | 'DDATA', device: string | undefined, metrics: Metric[]): void {
    const seq = BigInt(this.#sequence);
    this.#sequence = (this.#sequence + 1) % SEQUENCES;
    const payload = create(PayloadSchema, { timestamp: BigInt(Date.now()), seq, metrics });
    // Messages during an outage are lost, which shows in the sequence.
    this.#client?.publish(topicOf(type, device), Buffer.from(toBinary(PayloadSchema, payload)), { qos: 0 });
  }
}

function topicOf(type: string, device?: string): string {
  return `spBv1.0/${GROUP}/${type}/${NODE}${device === undefined ? '' : `/${device}`}`;
}

function pointsOf(machine: SimulatedMachine): string[] {
  return [...machine.processValues(0).map(({ point }) => point), ...machine.config.sensors];
}
