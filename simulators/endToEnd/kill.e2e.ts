import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { findRecording, readManifest } from '../recordings.ts';
import {
  type Outcome,
  type Plant,
  type Run,
  runThrough,
  startPlant,
  WINDOWS_PER_SNAPSHOT,
  writeRecordings,
} from './runToFailure.ts';
import { installed, type Restartable } from './servers.ts';

/**
 * kill -9 of each part at random moments, against an undisturbed run. In CI: simulated bearings, each part once.
 * `npm run soak:kill`: three real bearings (the FEMTO folder beside the project), each part three times.
 */
const SOAK = process.env.MILLWRIGHT_SOAK === '1';
const FEMTO = fileURLToPath(new URL('../../../shared/data/bearing-femto-run-to-failure', import.meta.url));
const START_MS = Date.UTC(2026, 0, 5);
const VICTIMS = {
  edge: (plant: Plant): Restartable => plant.edge.process,
  gateway: (plant: Plant): Restartable => plant.gateway.process,
  broker: (plant: Plant): Restartable => plant.broker.process,
  influxdb: (plant: Plant): Restartable => plant.influx.process,
};

async function prepare(): Promise<Run> {
  const names = SOAK ? ['Bearing1_1', 'Bearing2_2', 'Bearing3_1'] : ['A', 'B'];
  const folder = SOAK ? FEMTO : mkdtempSync(join(tmpdir(), 'millwright-recordings-'));
  if (!SOAK)
    writeRecordings(folder, [
      { name: 'A', snapshots: 200 },
      { name: 'B', snapshots: 140 },
    ]);
  const manifest = await readManifest(folder);
  const recordings = names.map((name) => findRecording(manifest, name));
  const frames = recordings.reduce((sum, r) => sum + (r.snapshots as number) * r.channels.length, 0);
  return { folder, names, expectedRows: frames * WINDOWS_PER_SNAPSHOT, speed: SOAK ? 500 : 300, startMs: START_MS };
}

async function runOnce(run: Run, meanwhile: (plant: Plant) => Promise<void>): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-kill-'));
  const plant = await startPlant(directory);
  try {
    return await runThrough(plant, directory, run, () => meanwhile(plant));
  } finally {
    await plant.stop();
  }
}

describe.skipIf(!installed('mosquitto') || !installed('influxd'))('killed at random moments', () => {
  let run: Run;
  let undisturbed: Outcome;
  beforeAll(async () => {
    run = await prepare();
    undisturbed = await runOnce(run, async () => undefined);
    expect(Object.values(undisturbed.rows).reduce((a, b) => a + b, 0)).toBe(run.expectedRows);
    expect(new Set(undisturbed.alerts.map((a) => a.asset))).toEqual(new Set(run.names));
  });

  const rounds = Array.from({ length: SOAK ? 3 : 1 }, (_, i) => i + 1);
  for (const [victim, processOf] of Object.entries(VICTIMS)) {
    test.each(rounds)(`the ${victim}, round %i: the same rows and the same alerts, none twice`, async (round) => {
      const seed = Date.now() % 1_000_000;
      const random = randomOf(seed);
      // In the middle of the run: between one and eight tenths of its length.
      const lengthMs = SOAK ? 56_000 : 7_000;
      const waitMs = lengthMs * (0.1 + 0.7 * random());
      const outcome = await runOnce(run, async (plant) => {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        await processOf(plant).crash();
      });
      const what = `round ${round}: ${victim} killed after ${Math.round(waitMs)} ms (seed ${seed})`;
      expect(outcome, what).toEqual(undisturbed);
    });
  }
});
