import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { stringify } from 'yaml';
import { topics } from '#models/contracts/topics.ts';
import { median } from '#models/health/statistics.ts';
import { benchFrame, RATE_HZ, SAMPLES } from './benchFrame.ts';
import { freePort } from './freePort.ts';
import { cpuSeconds, residentMegabytes } from './processUsage.ts';

export interface BenchEdgeOptions {
  /** The built command. */
  command: string;
  frames: number;
  runs: number;
  /** A program to compare with; left out where it is not there. */
  peer?: string;
  say: (line: string) => void;
}

export interface BenchEdgeResult {
  cpuUsPerWindow: number;
  peerCpuUsPerWindow: number | null;
  /** CPU of the edge over that of the peer. */
  ratio: number | null;
  residentMegabytes: number;
  frames: number;
  runs: number;
}

const POINTS = 8;
/** Not measured: compiling, and learning what is normal. */
const WARM_UP = 5000;
const IN_FLIGHT = 100;
const ORIGIN = { site: 'bench', edge: 'edge-1' };

/** Median CPU time of the edge process for a frame, everything on, and that of the peer, in turns. */
export async function benchEdge(options: BenchEdgeOptions): Promise<BenchEdgeResult> {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-bench-'));
  const { port, broker } = await startBroker(directory);
  const frames = Array.from({ length: 32 }, (_, i) => benchFrame(i));
  const own: number[] = [];
  const peers: number[] = [];
  let residentMegabytes = 0;
  try {
    for (let run = 0; run < options.runs; run++) {
      const edge = await runEdge(options, join(directory, `run-${run}`), port, frames);
      own.push(edge.cpuUs);
      residentMegabytes = edge.residentMegabytes;
      options.say(`run ${run + 1}: Millwright ${edge.cpuUs.toFixed(0)} µs a window`);
      if (options.peer === undefined || !existsSync(options.peer)) continue;
      peers.push(await runPeer(options.peer, port, frames, options.frames));
      options.say(`run ${run + 1}: peer ${peers[peers.length - 1].toFixed(0)} µs a window`);
    }
  } finally {
    broker.kill();
    rmSync(directory, { recursive: true, force: true });
  }
  const cpuUsPerWindow = median(own);
  const peerCpuUsPerWindow = peers.length > 0 ? median(peers) : null;
  const ratio = peerCpuUsPerWindow === null ? null : cpuUsPerWindow / peerCpuUsPerWindow;
  return { cpuUsPerWindow, peerCpuUsPerWindow, ratio, residentMegabytes, frames: options.frames, runs: options.runs };
}

async function runEdge(options: BenchEdgeOptions, directory: string, port: number, frames: Buffer[]) {
  const url = `mqtt://127.0.0.1:${port}`;
  const file = `${directory}.yaml`;
  const httpPort = await freePort();
  writeFileSync(file, stringify(edgeConfig(directory, url, httpPort)));
  const acknowledging = await acknowledge(url);
  const child = spawn(process.execPath, [options.command, 'edge', file], { stdio: 'ignore' });
  const pid = child.pid as number;
  try {
    const windows = () => metric(httpPort, 'millwright_edge_windows_total');
    await until(async () => (await metric(httpPort, 'millwright_edge_source_connected{source="0"}')) === 1);
    await publish(url, 'bench/in', frames, WARM_UP);
    await until(async () => ((await windows()) ?? 0) >= WARM_UP);
    const before = cpuSeconds(pid);
    await publish(url, 'bench/in', frames, options.frames);
    await until(
      async () =>
        ((await windows()) ?? 0) >= WARM_UP + options.frames &&
        (await metric(httpPort, 'millwright_edge_outbox_rows')) === 0,
    );
    const cpuUs = ((cpuSeconds(pid) - before) / options.frames) * 1e6;
    return { cpuUs, residentMegabytes: Math.round(residentMegabytes(pid)) };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await acknowledging.endAsync(true);
  }
}

/** Stands in for a gateway: it keeps nothing, and acknowledges everything, in groups of 10 ms as a gateway does. */
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

async function runPeer(peer: string, port: number, frames: Buffer[], count: number): Promise<number> {
  const child = spawn('/usr/bin/python3', [peer, String(port), 'bench/peer/#', 'bench/out', String(count), '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // It says nothing until it is done: a moment to start and subscribe.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await publish(`mqtt://127.0.0.1:${port}`, 'bench/peer', frames, count);
  await ended;
  return (JSON.parse(text) as { cpuUsPerWindow: number }).cpuUsPerWindow;
}

async function publish(url: string, prefix: string, frames: Buffer[], count: number): Promise<void> {
  const client = await mqtt.connectAsync(url);
  const inFlight = new Set<Promise<unknown>>();
  for (let i = 0; i < count; i++) {
    const sent = client
      .publishAsync(`${prefix}/${i % POINTS}`, frames[i % frames.length], { qos: 1 })
      .finally(() => inFlight.delete(sent));
    inFlight.add(sent);
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  await client.endAsync();
}

function edgeConfig(directory: string, url: string, httpPort: number): object {
  const payload = { type: 'waveform', framing: 'raw', encoding: 'float32', sampleRateHz: RATE_HZ };
  const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
  const asset = { ratedRpm: 1480, iso: { group: 2, foundation: 'rigid' }, points: { '2H': { unit: 'g', bearing } } };
  return {
    ...ORIGIN,
    dataDirectory: directory,
    sources: [
      {
        type: 'mqtt',
        url,
        subscriptions: Array.from({ length: POINTS }, (_, i) => ({
          topic: `bench/in/${i}`,
          asset: `m${i}`,
          point: '2H',
          payload,
        })),
      },
    ],
    windows: { length: SAMPLES, hop: SAMPLES },
    detection: { level: { skipWindows: 10, learnWindows: 50 } },
    assets: Object.fromEntries(Array.from({ length: POINTS }, (_, i) => [`m${i}`, asset])),
    uplink: { url },
    http: { host: '127.0.0.1', port: httpPort },
  };
}

async function startBroker(directory: string): Promise<{ port: number; broker: ChildProcess }> {
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nmax_inflight_messages 200\n`,
  );
  const program = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find((p) => existsSync(p));
  if (!program) throw new Error('mosquitto is not installed; on Debian: apt-get install mosquitto');
  const broker = spawn(program, ['-c', file], { stdio: 'ignore' });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 }, true);
  await client.endAsync();
  return { port, broker };
}

async function metric(port: number, name: string): Promise<number | undefined> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    (r) => r.text(),
    () => '',
  );
  const line = text.split('\n').find((l) => l.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('the edge did not get there in two minutes');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
