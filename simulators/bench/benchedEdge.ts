import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import mqtt, { type MqttClient } from 'mqtt';
import { stringify } from 'yaml';
import { topics } from '#models/contracts/topics.ts';
import { freePort } from '../freePort.ts';
import { cpuSeconds, residentMegabytes } from '../processUsage.ts';

const ORIGIN = { site: 'bench', edge: 'edge-1' };
const PATIENCE_MS = 120_000;
const POLL_MS = 250;

/** An edge under measurement: a separate process, and a broker client that acknowledges all its messages. */
export class BenchedEdge {
  readonly #child: ChildProcess;
  readonly #httpPort: number;
  readonly #acknowledging: MqttClient;

  private constructor(child: ChildProcess, httpPort: number, acknowledging: MqttClient) {
    this.#child = child;
    this.#httpPort = httpPort;
    this.#acknowledging = acknowledging;
  }

  /** `directory` holds its data and its configuration. Resolves when its source is connected. */
  static async start(command: string, directory: string, broker: string, settings: object): Promise<BenchedEdge> {
    const file = `${directory}.yaml`;
    const httpPort = await freePort();
    const http = { host: '127.0.0.1', port: httpPort };
    writeFileSync(file, stringify({ ...ORIGIN, dataDirectory: directory, uplink: { url: broker }, http, ...settings }));
    const acknowledging = await acknowledge(broker);
    const child = spawn(process.execPath, [command, 'edge', file], { stdio: 'ignore' });
    const edge = new BenchedEdge(child, httpPort, acknowledging);
    await edge.until(async () => (await edge.metric('millwright_edge_source_connected{source="0"}')) === 1);
    return edge;
  }

  get cpuSeconds(): number {
    return cpuSeconds(this.#child.pid as number);
  }

  get residentMegabytes(): number {
    return Math.round(residentMegabytes(this.#child.pid as number));
  }

  async metric(name: string): Promise<number | undefined> {
    const text = await fetch(`http://127.0.0.1:${this.#httpPort}/metrics`).then(
      (r) => r.text(),
      () => '',
    );
    const line = text.split('\n').find((l) => l.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  /** Waits until a counter of messages or windows has reached a value. */
  async reached(name: string, value: number): Promise<void> {
    await this.until(async () => ((await this.metric(name)) ?? 0) >= value);
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const endMs = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > endMs) throw new Error('the edge did not get there in two minutes');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
    await this.#acknowledging.endAsync(true);
  }
}

/** Acts as a gateway without a store: acknowledges everything in groups of 10 ms, like a gateway. */
async function acknowledge(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url);
  let waiting: { outbox: string; ranges: [number, number][] } | null = null;
  const send = () => {
    client.publish(topics.acknowledge(ORIGIN), JSON.stringify({ v: 1, ...waiting }), { qos: 0 });
    waiting = null;
  };
  client.on('message', (_topic, payload) => {
    const { outbox, sequence } = JSON.parse(payload.toString()) as { outbox?: string; sequence?: number };
    if (outbox === undefined || sequence === undefined) return;
    if (!waiting) {
      waiting = { outbox, ranges: [] };
      setTimeout(send, 10);
    }
    const last = waiting.ranges[waiting.ranges.length - 1];
    if (last && last[1] === sequence - 1) last[1] = sequence;
    else waiting.ranges.push([sequence, sequence]);
  });
  await client.subscribeAsync(`millwright/v1/${ORIGIN.site}/+/#`, { qos: 1 });
  return client;
}
