import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { create, toBinary } from '@bufbuild/protobuf';
import mqtt from 'mqtt';
import { median } from '#models/health/statistics.ts';
import { PayloadSchema } from '#models/sparkplug/sparkplugB_pb.ts';
import { freePort } from '../freePort.ts';
import { type BenchEdgeResult, benchEdge, startBroker } from './benchEdge.ts';
import { BenchedEdge } from './benchedEdge.ts';
import type { OpcuaLoad } from './opcuaLoad.ts';

export interface BenchSourcesOptions {
  /** The built command, next to the built server of the OPC UA load. */
  command: string;
  opcuaLoad: string;
  runs: number;
  /** Seconds per measurement. */
  seconds: number;
  /** The peer of `bench edge`. */
  peer?: string;
  info: (line: string) => void;
}

export interface BenchSourcesResult {
  opcua: {
    nodes: number;
    changesPerS: number;
    coreShare: number;
    overflows: number;
    lost: number;
    residentMegabytes: number;
  };
  sparkplug: { messagesPerS: number; metricsPerMessage: number; cpuUsPerMetric: number };
  json: { messagesPerS: number; cpuUsPerMetric: number };
  waveforms: BenchEdgeResult;
}

const NODES = 1000;
const CHANGES_PER_S = 20;
const METRICS = 50;
const DELIVERED = 'millwright_edge_messages_delivered_total';

/** CPU cost of the edge's sources: OPC UA signed and encrypted, Sparkplug B, JSON, and waveforms compared with a peer. */
export async function benchSources(options: BenchSourcesOptions): Promise<BenchSourcesResult> {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-bench-'));
  const { port, broker } = await startBroker(directory);
  const url = `mqtt://127.0.0.1:${port}`;
  try {
    const opcua = await several(
      options,
      'opcua',
      (run) => benchOpcua(options, join(directory, `opcua-${run}`), url),
      (r) => r.coreShare,
    );
    const sparkplug = await several(
      options,
      'sparkplug',
      (run) => benchSparkplug(options, join(directory, `sparkplug-${run}`), url),
      (r) => r.cpuUsPerMetric,
    );
    const json = await several(
      options,
      'json',
      (run) => benchJson(options, join(directory, `json-${run}`), url),
      (r) => r.cpuUsPerMetric,
    );
    const { command, runs, peer, info } = options;
    const waveforms = await benchEdge({ command, frames: 10_000, runs, peer, info });
    return { opcua, sparkplug, json, waveforms };
  } finally {
    broker.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The median run by one of its results. */
async function several<T>(
  { runs, info }: BenchSourcesOptions,
  name: string,
  once: (run: number) => Promise<T>,
  by: (r: T) => number,
): Promise<T> {
  const results: T[] = [];
  for (let run = 0; run < runs; run++) {
    const result = await once(run);
    info(`${name}, run ${run + 1}: ${JSON.stringify(result)}`);
    results.push(result);
  }
  const middle = median(results.map(by));
  return results.reduce((a, b) => (Math.abs(by(b) - middle) < Math.abs(by(a) - middle) ? b : a));
}

async function benchOpcua(
  { command, opcuaLoad, seconds }: BenchSourcesOptions,
  directory: string,
  broker: string,
): Promise<BenchSourcesResult['opcua']> {
  const port = await freePort();
  const load: OpcuaLoad = {
    port,
    nodes: NODES,
    changesPerS: CHANGES_PER_S,
    directory: `${directory}-server`,
    trustIn: join(directory, 'pki/trusted/certs'),
  };
  const server = new Worker(opcuaLoad, { workerData: load });
  await new Promise<void>((resolve, reject) => {
    server.once('message', () => resolve());
    server.once('error', reject);
  });
  const nodes = Array.from({ length: NODES }, (_, i) => ({
    nodeId: `ns=1;s=v${i}`,
    asset: `m${i % 50}`,
    point: `v${i}`,
    samplingIntervalMs: 0,
    queueSize: 50,
  }));
  const source = {
    type: 'opcua',
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    securityMode: 'SignAndEncrypt',
    securityPolicy: 'Basic256Sha256',
    publishingIntervalMs: 250,
    nodes,
  };
  const edge = await BenchedEdge.start(command, directory, broker, { sources: [source] });
  try {
    await edge.reached(DELIVERED, 2 * NODES * CHANGES_PER_S);
    const before = { cpu: edge.cpuSeconds, delivered: (await edge.metric(DELIVERED)) ?? 0, ms: performance.now() };
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    const tookS = (performance.now() - before.ms) / 1000;
    const delivered = ((await edge.metric(DELIVERED)) ?? 0) - before.delivered;
    return {
      nodes: NODES,
      changesPerS: Math.round(delivered / tookS),
      coreShare: (edge.cpuSeconds - before.cpu) / tookS,
      overflows: (await edge.metric('millwright_edge_flaws_total{flaw="overflow"}')) ?? 0,
      lost:
        ((await edge.metric('millwright_edge_messages_late_total')) ?? 0) +
        ((await edge.metric('millwright_edge_messages_duplicate_total')) ?? 0),
      residentMegabytes: edge.residentMegabytes,
    };
  } finally {
    await edge.stop();
    await server.terminate();
  }
}

async function benchSparkplug(
  options: BenchSourcesOptions,
  directory: string,
  broker: string,
): Promise<BenchSourcesResult['sparkplug']> {
  const source = {
    type: 'sparkplug',
    url: broker,
    groups: ['Bench'],
    metrics: [{ from: 'Bench/{asset}', metric: '{point}' }],
  };
  let sequence = 0;
  const message = (type: 'NBIRTH' | 'NDATA', stampMs: number) => {
    const metrics = Array.from({ length: METRICS }, (_, i) => ({
      ...(type === 'NBIRTH' ? { name: `v${i}`, datatype: 10 } : {}),
      alias: BigInt(i + 1),
      timestamp: BigInt(stampMs),
      value: { case: 'doubleValue', value: 20 + Math.sin(stampMs / 1000 + i) } as const,
    }));
    sequence = type === 'NBIRTH' ? 0 : (sequence + 1) % 256;
    const payload = create(PayloadSchema, { timestamp: BigInt(stampMs), seq: BigInt(sequence), metrics });
    return { topic: `spBv1.0/Bench/${type}/line`, payload: Buffer.from(toBinary(PayloadSchema, payload)) };
  };
  const measured = await flood(options, directory, broker, source, METRICS, 0, (i, stampMs) =>
    message(i === 0 ? 'NBIRTH' : 'NDATA', stampMs),
  );
  return { messagesPerS: measured.messagesPerS, metricsPerMessage: METRICS, cpuUsPerMetric: measured.cpuUsPerMetric };
}

async function benchJson(
  options: BenchSourcesOptions,
  directory: string,
  broker: string,
): Promise<BenchSourcesResult['json']> {
  const source = {
    type: 'mqtt',
    url: broker,
    subscriptions: [{ topic: 'json/{asset}/{point}', payload: { type: 'scalar' } }],
  };
  return flood(options, directory, broker, source, 1, 1, (i, stampMs) => ({
    topic: `json/m${i % 20}/v${i % 100}`,
    payload: Buffer.from(JSON.stringify({ value: 20 + Math.sin(i), time: new Date(stampMs).toISOString() })),
  }));
}

/** Sends as fast as the edge accepts; messages a second, and the edge's CPU time per value. */
async function flood(
  { command, seconds }: BenchSourcesOptions,
  directory: string,
  broker: string,
  source: object,
  metrics: number,
  qos: 0 | 1,
  message: (i: number, stampMs: number) => { topic: string; payload: Buffer },
): Promise<{ messagesPerS: number; cpuUsPerMetric: number }> {
  const edge = await BenchedEdge.start(command, directory, broker, { sources: [source] });
  const client = await mqtt.connectAsync(broker);
  const beginMs = Date.now() - 3_600_000;
  let sent = 0;
  const inFlight = new Set<Promise<unknown>>();
  const send = async (count: number) => {
    for (let i = 0; i < count; i++, sent++) {
      // Every point has its own, increasing times.
      const { topic, payload } = message(sent, beginMs + sent * 10);
      const done = client.publishAsync(topic, payload, { qos }).finally(() => inFlight.delete(done));
      inFlight.add(done);
      if (inFlight.size >= 100) await Promise.race(inFlight);
      // At QoS 0 only the edge's own counter limits the rate.
      if (qos === 0 && sent % 500 === 499) await edge.reached(DELIVERED, (sent - 2000) * metrics);
    }
    await Promise.all(inFlight);
    await edge.reached(DELIVERED, sent * metrics);
  };
  try {
    await send(Math.ceil(20_000 / metrics));
    const before = { cpu: edge.cpuSeconds, sent, ms: performance.now() };
    while (performance.now() - before.ms < 1000 * seconds) await send(Math.ceil(10_000 / metrics));
    const tookS = (performance.now() - before.ms) / 1000;
    const values = (sent - before.sent) * metrics;
    return {
      messagesPerS: Math.round((sent - before.sent) / tookS),
      cpuUsPerMetric: ((edge.cpuSeconds - before.cpu) / values) * 1e6,
    };
  } finally {
    await client.endAsync(true);
    await edge.stop();
  }
}
