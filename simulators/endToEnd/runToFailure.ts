import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { SimulatedMachine } from '../machine.ts';
import { simulatedMachineSchema } from '../scenario.ts';
import { type Broker, type Influx, startInflux, startMosquitto } from './servers.ts';
import { Edge, Gateway, runMillwright } from './services.ts';
import { until } from './until.ts';

/** Snapshots of 2,560 samples; two windows fit in each. */
const SNAPSHOT = { samples: 2560, rateHz: 25_600, intervalS: 10 };
export const WINDOWS_PER_SNAPSHOT = 2;
const WINDOWS = { length: 2048, hop: 512 };

/** Writes a folder of simulated run-to-failure recordings, with a manifest like that of real ones. */
export function writeRecordings(folder: string, lives: { name: string; snapshots: number }[]): void {
  mkdirSync(folder, { recursive: true });
  const recordings = lives.map(({ name, snapshots }) => {
    const lifeS = snapshots * SNAPSHOT.intervalS;
    const machine = new SimulatedMachine(
      simulatedMachineSchema.parse({
        name,
        kind: 'motor',
        ratedRpm: 1800,
        bearing: { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 },
        sensors: ['horizontal', 'vertical'],
        faults: [{ type: 'outer_race', point: 'horizontal', onsetS: 0.6 * lifeS, doublingS: lifeS / 20, limitG: 20 }],
      }),
      1,
    );
    const all = new Float32Array(snapshots * 2 * SNAPSHOT.samples);
    for (let i = 0; i < snapshots * 2; i++) {
      const channel = i % 2 === 0 ? 'horizontal' : 'vertical';
      all.set(
        machine.waveform(channel, Math.floor(i / 2) * SNAPSHOT.intervalS, SNAPSHOT.rateHz, SNAPSHOT.samples),
        i * SNAPSHOT.samples,
      );
    }
    writeFileSync(join(folder, `${name}.f32`), Buffer.from(all.buffer));
    return {
      file: `${name}.f32`,
      snapshots,
      channels: ['horizontal', 'vertical'],
      samplesPerSnapshot: SNAPSHOT.samples,
      sampleRateHz: SNAPSHOT.rateHz,
      snapshotIntervalS: SNAPSHOT.intervalS,
      rpm: 1800,
    };
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ unit: 'g', recordings }));
}

export interface Plant {
  broker: Broker;
  influx: Influx;
  gateway: Gateway;
  edge: Edge;
  stop(): Promise<void>;
}

/** Edge, gateway, mosquitto and InfluxDB, each its own process. */
export async function startPlant(directory: string): Promise<Plant> {
  mkdirSync(directory, { recursive: true });
  const broker = await startMosquitto(directory);
  const influx = await startInflux(directory);
  const gateway = await Gateway.start(directory, broker.url, { historian: { type: 'influx', url: influx.url } });
  const edge = await Edge.start(directory, broker.url, { windows: WINDOWS });
  return {
    broker,
    influx,
    gateway,
    edge,
    async stop() {
      for (const one of [edge, gateway]) await one.process.end('SIGTERM');
      for (const one of [influx, broker]) await one.process.end('SIGKILL');
    },
  };
}

export interface Outcome {
  /** Feature rows in InfluxDB by asset. */
  rows: Record<string, number>;
  /** Alerts at their raise. */
  alerts: { id: string; asset: string; point: string; raisedAtMs: number }[];
}

export interface Run {
  folder: string;
  names: string[];
  /** Feature rows expected from the frames. */
  expectedRows: number;
  speed: number;
  startMs: number;
}

/** Replays recordings through a plant, runs `meanwhile`, and waits until everything has arrived. */
export async function runThrough(
  plant: Plant,
  directory: string,
  run: Run,
  meanwhile: () => Promise<void>,
): Promise<Outcome> {
  const args = [
    'replay',
    run.folder,
    '--recording',
    ...run.names,
    '--speed',
    String(run.speed),
    '--mqtt',
    plant.broker.url,
  ];
  const replayed = runMillwright(directory, 'replay', [...args, '--start', new Date(run.startMs).toISOString()]);
  await Promise.all([replayed, meanwhile()]);
  let rows: Record<string, number> = {};
  const total = () => Object.values(rows).reduce((a, b) => a + b, 0);
  await until(
    async () => {
      rows = await countRows(plant.influx, run.names);
      const edge = await plant.edge.metrics();
      const gateway = await plant.gateway.metrics();
      const empty =
        edge.get('millwright_edge_outbox_rows') === 0 && gateway.get('millwright_gateway_historian_queue_rows') === 0;
      return empty && total() >= run.expectedRows;
    },
    60_000,
    () => ({ rows, expected: run.expectedRows }),
  );
  const alerts = await plant.gateway.alerts();
  return { rows, alerts: alerts.map(raised).sort((a, b) => a.id.localeCompare(b.id)) };
}

function raised({ id, asset, point, raisedAtMs }: AlertRecord): Outcome['alerts'][number] {
  return { id, asset, point, raisedAtMs };
}

/** count() of a window's RMS, which shows duplicates: two rows of one time and series would be one. */
export async function countRows(influx: Influx, assets: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const asset of assets) {
    const { values } = await influx
      .query(`SELECT count(rms) FROM millwright_features WHERE asset = '${asset}'`)
      .catch(() => ({ values: [] }));
    counts[asset] = Number(values[0]?.[1] ?? 0);
  }
  return counts;
}
