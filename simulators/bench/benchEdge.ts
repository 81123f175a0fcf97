import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { median } from '#models/health/statistics.ts';
import { freePort, untilListens } from '../freePort.ts';
import { startMosquittoOn } from '../mosquitto.ts';
import { BenchedEdge } from './benchedEdge.ts';
import { benchFrame, RATE_HZ, SAMPLES } from './benchFrame.ts';

export interface BenchEdgeOptions {
  /** The built command. */
  command: string;
  frames: number;
  runs: number;
  /** A program to compare with; skipped if missing. */
  peer?: string;
  info: (line: string) => void;
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
/** Not measured: compilation, and learning the baseline. */
const WARM_UP = 5000;
const IN_FLIGHT = 100;
const WINDOWS = 'millwright_edge_windows_total';

/** Median CPU time a frame of the edge process with all functions on, and that of the peer, alternating. */
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
      options.info(`run ${run + 1}: Millwright ${edge.cpuUs.toFixed(0)} µs a window`);
      if (options.peer === undefined || !existsSync(options.peer)) continue;
      peers.push(await runPeer(options.peer, port, frames, options.frames));
      options.info(`run ${run + 1}: peer ${peers[peers.length - 1].toFixed(0)} µs a window`);
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
  const edge = await BenchedEdge.start(options.command, directory, url, edgeConfig(url));
  try {
    await publish(url, 'bench/in', frames, WARM_UP);
    await edge.reached(WINDOWS, WARM_UP);
    const before = edge.cpuSeconds;
    await publish(url, 'bench/in', frames, options.frames);
    await edge.reached(WINDOWS, WARM_UP + options.frames);
    await edge.until(async () => (await edge.metric('millwright_edge_outbox_rows')) === 0);
    const cpuUs = ((edge.cpuSeconds - before) / options.frames) * 1e6;
    return { cpuUs, residentMegabytes: edge.residentMegabytes };
  } finally {
    await edge.stop();
  }
}

async function runPeer(peer: string, port: number, frames: Buffer[], count: number): Promise<number> {
  const child = spawn('/usr/bin/python3', [peer, String(port), 'bench/peer/#', 'bench/out', String(count), '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // It prints nothing until it has finished: give it a moment to start and subscribe.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await publish(`mqtt://127.0.0.1:${port}`, 'bench/peer', frames, count);
  const code = await ended;
  if (code !== 0) throw new Error(`the peer ${peer} ended with ${code}: it needs python3 with paho-mqtt and numpy`);
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

function edgeConfig(url: string): object {
  const payload = { type: 'waveform', framing: 'raw', encoding: 'float32', sampleRateHz: RATE_HZ };
  const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
  const asset = { ratedRpm: 1480, iso: { group: 2, foundation: 'rigid' }, points: { '2H': { unit: 'g', bearing } } };
  return {
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
  };
}

/** Configured like the broker that is shipped for containers. */
export async function startBroker(directory: string): Promise<{ port: number; broker: ChildProcess }> {
  const port = await freePort();
  const broker = startMosquittoOn(port, directory, 'persistence false\nmax_inflight_messages 200\n');
  await untilListens(port).catch((error) => {
    broker.kill();
    throw error;
  });
  return { port, broker };
}
