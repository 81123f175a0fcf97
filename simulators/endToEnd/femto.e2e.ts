import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayBundle } from '#gateway/bundle/replayBundle.ts';
import type { LedgerView } from '#models/contracts/api.ts';
import { findRecording, readManifest } from '../recordings.ts';
import { CHROMIUM } from './browser.ts';
import { FULL_SIZE } from './fullSize.ts';
import { type Outcome, type Plant, runThrough, startPlant, WINDOWS_PER_SNAPSHOT } from './runToFailure.ts';
import { installed } from './servers.ts';
import { until } from './until.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/data/bearing-femto-run-to-failure', import.meta.url));
const NAMES = ['Bearing1_1', 'Bearing1_2', 'Bearing2_1', 'Bearing2_2', 'Bearing3_1', 'Bearing3_2'];
const START_MS = Date.UTC(2026, 0, 5);

const servers = installed('mosquitto') && installed('influxd') && installed('chromium');

// Needs the FEMTO recordings beside the project, which may not be part of it; kill.e2e.ts covers the same with simulated ones.
// Only under `npm run test:long`.
describe.skipIf(!FULL_SIZE || !servers || !existsSync(FOLDER))(
  'six real bearings, run to failure, at 1,000 times real time',
  () => {
    let plant: Plant;
    let outcome: Outcome;
    const lifeMs = new Map<string, number>();
    const expected: Record<string, number> = {};

    beforeAll(async () => {
      const directory = mkdtempSync(join(tmpdir(), 'millwright-femto-'));
      const manifest = await readManifest(FOLDER);
      for (const name of NAMES) {
        const recording = findRecording(manifest, name);
        const snapshots = recording.snapshots as number;
        expected[name] = snapshots * recording.channels.length * WINDOWS_PER_SNAPSHOT;
        lifeMs.set(name, snapshots * (recording.snapshotIntervalS as number) * 1000);
      }
      plant = await startPlant(directory);
      const expectedRows = Object.values(expected).reduce((a, b) => a + b, 0);
      const run = { folder: FOLDER, names: NAMES, expectedRows, speed: 1000, startMs: START_MS };
      outcome = await runThrough(plant, directory, run, async () => undefined);
    });
    afterAll(() => plant?.stop());

    test('every window is a row in InfluxDB, exactly once', () => {
      expect(outcome.rows).toEqual(expected);
    });

    test.each(NAMES)('%s: no alert in the first third of its life, one before its last snapshot', (name) => {
      const parts = outcome.alerts
        .filter((a) => a.asset === name)
        .map((a) => (a.raisedAtMs - START_MS) / (lifeMs.get(name) as number));
      expect(parts.length).toBeGreaterThan(0);
      expect(Math.min(...parts)).toBeGreaterThan(1 / 3);
      expect(Math.min(...parts)).toBeLessThan(1);
      process.stderr.write(`${name}: alerts at ${parts.map((p) => p.toFixed(2)).join(', ')} of its life\n`);
    });

    test('the same alerts are in the API, in InfluxDB and on the page', async () => {
      const { values } = await plant.influx.query(`SELECT "id" FROM millwright_alerts WHERE change = 'raise'`);
      expect(values.map((row) => row[1]).sort()).toEqual(outcome.alerts.map((a) => a.id));
      const browser = await chromium.launch(CHROMIUM);
      try {
        const page = await browser.newPage();
        await page.goto(plant.gateway.url);
        await page.waitForSelector('[data-alert]');
        const shown = await page.$$eval('[data-alert]', (items) =>
          items.map((item) => item.getAttribute('data-alert') as string),
        );
        expect(shown.sort()).toEqual(outcome.alerts.map((a) => a.id));
      } finally {
        await browser.close();
      }
    });

    test('the evidence of every alert replays bit for bit, before and after the gateway is killed', async () => {
      const bundleOf = async (id: string) => {
        const answer = await fetch(`${plant.gateway.url}/api/v1/alerts/${encodeURIComponent(id)}/bundle`);
        expect(answer.status, id).toBe(200);
        return Buffer.from(await answer.arrayBuffer());
      };
      const ids = outcome.alerts.map(({ id }) => id);
      const before = await Promise.all(ids.map(bundleOf));
      for (const [i, bundle] of before.entries())
        expect(await replayBundle(bundle, 'of this test'), ids[i]).toMatchObject({ outcome: 'identical', details: [] });
      await plant.gateway.process.crash();
      await plant.gateway.process.ready();
      expect(await Promise.all(ids.map(bundleOf))).toEqual(before);
    });

    test('the ledger balances: received messages were delivered, and delivered ones are stored', async () => {
      const windows = Object.values(expected).reduce((a, b) => a + b, 0);
      let points: LedgerView['points'] = [];
      await until(async () => {
        ({ points } = await plant.gateway.ledger());
        return points.reduce((sum, p) => sum + p.windows, 0) === windows;
      }, 10_000);
      for (const point of points) {
        expect(point.unexplained).toBe(0);
        expect(point.stored).toBe(point.windows);
      }
    });
  },
);
