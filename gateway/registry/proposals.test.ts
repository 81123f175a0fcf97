import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { trainProcess } from '#models/health/process/processModel.ts';
import { MODEL_FILE, packageText, packModel } from '#models/packages/modelPackage.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { SqliteHistorian } from '../historian/sqliteHistorian.ts';
import { modelHistory } from './modelHistory.ts';
import { findUnfitMachines, type ProposalParts, proposeModel } from './proposals.ts';
import { Registry } from './registry.ts';

const DAY_MS = 86_400_000;
const STEP_MS = 60_000;
const NOW_MS = 100 * DAY_MS;
const target = { site: 's', edge: 'e', asset: 'pump' };
const POINTS = ['flow', 'heat', 'load'];

/** Ten days of one row per minute: heat is 5 higher from day four; on day seven the flow is clogged for some hours. */
async function plant() {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-proposals-'));
  const historian = new SqliteHistorian(directory, 365, 365, () => NOW_MS);
  const random = randomOf(4);
  const values = (heated: number, clog: number) => {
    const load = 0.7 + 0.1 * gaussian(random);
    return [80 * load * (1 - clog) + gaussian(random), 20 + 40 * load + heated + gaussian(random), load];
  };
  const begin = NOW_MS - 10 * DAY_MS;
  const clogged = { fromMs: begin + 7 * DAY_MS, toMs: begin + 7.5 * DAY_MS };
  for (let t = begin; t < NOW_MS; t += STEP_MS) {
    const row = values(t > begin + 3 * DAY_MS ? 5 : 0, t > clogged.fromMs && t < clogged.toMs ? 0.4 : 0);
    await historian.write(
      POINTS.map((point, c) => ({
        measurement: 'millwright_features',
        tags: { ...target, point },
        timeUs: t * 1000,
        fields: { mean: row[c] },
      })),
    );
  }
  const trained = Array.from({ length: 400 }, () => Float64Array.from(values(0, 0)));
  const old = trainProcess('principal_components', POINTS, trained, { data: 'before', version: '0', seed: 1 });
  const registry = new Registry(directory, undefined, () => NOW_MS);
  const packed = await packModel(
    { name: 'pump', release: '1', kind: 'process', card: {}, code: { version: '0', sha256: '0' }, dataSha256: null },
    new Map([[MODEL_FILE, new TextEncoder().encode(JSON.stringify(old))]]),
  );
  const running = await registry.add(packageText(packed), 'Ann');
  const run = { id: running, name: 'pump', release: '1', rows: 1, over: 0, failures: 0, msPerRow: 1 };
  const fit = { rows: 500, drifted: [], indexPsi: 1, advice: 'this model no longer fits this machine: heat' };
  const edge: StatusMessage = {
    v: 1,
    site: 's',
    edge: 'e',
    online: true,
    timeMs: 0,
    version: '0',
    models: [{ asset: 'pump', active: run, candidate: null, previous: null, undone: null, fit }],
  };
  const alert = {
    ...{ raisedAtMs: clogged.fromMs, returnedAtMs: clogged.toMs },
    finding: { finding: 'confirmed', by: 'Bob', comment: null, atMs: 0 },
  } as AlertRecord;
  const parts: ProposalParts = {
    historian,
    registry,
    edges: () => [edge],
    points: () => POINTS.map((point) => ({ ...target, point })),
    alerts: () => [alert],
    now: () => NOW_MS,
    version: '0',
  };
  return { parts, registry, edge, running };
}

const made = plant();

test('a proposal excludes the confirmed fault from training, is compared on held-out time, and waits for approval', {
  timeout: 30_000,
}, async () => {
  const { parts, registry, edge, running } = await made;
  expect(findUnfitMachines([edge], new Set())).toEqual([target]);
  const { id, comparison } = await proposeModel(target, 6.5, 'Ann', parts);
  expect(comparison.running).toBeGreaterThan(0.5);
  expect(comparison.proposed).toBeLessThan(0.05);
  expect(comparison.faults).toBeGreaterThan(0);
  expect(comparison.proposedSees).toBe(comparison.faults);
  const [proposed] = registry.models([edge]).filter((m) => m.id === id);
  expect(proposed).toMatchObject({ approved: null, added: { note: expect.stringContaining('no longer fits') } });
  expect(proposed.card).toMatchObject({ comparison });
  expect(findUnfitMachines([edge], new Set([`s/e/pump/${running}`]))).toEqual([]);
});

test('a machine with too little data is refused with the reason', async () => {
  const { parts } = await made;
  const elsewhere = { ...target, asset: 'fan' };
  await expect(proposeModel(elsewhere, 5, 'Ann', parts)).rejects.toThrow('fewer than two slow values');
});

test("a model runs over stored history: its index shows the fault, and when the machine's behaviour changed", async () => {
  const { parts, running } = await made;
  const history = await modelHistory(target, running, NOW_MS - 10 * DAY_MS, NOW_MS, parts);
  const [timeMs, index] = [Array.from(history.timeMs), Array.from(history.index)];
  expect(history.machine).toBe('s/e/pump');
  expect(timeMs.length).toBeGreaterThan(14_000);
  expect(new Set(timeMs).size).toBe(timeMs.length);
  const overPart = (fromDay: number, toDay: number) => {
    const own = timeMs.flatMap((t, i) => {
      const day = (t - NOW_MS) / DAY_MS + 10;
      return day >= fromDay && day < toDay ? [index[i] > 1] : [];
    });
    return own.filter(Boolean).length / own.length;
  };
  expect(overPart(0, 3)).toBeLessThan(0.05);
  expect(overPart(3.1, 7)).toBeGreaterThan(0.5);
  expect(overPart(7.05, 7.45)).toBeGreaterThan(0.95);
  await expect(modelHistory(target, 'none', 0, NOW_MS, parts)).rejects.toThrow('no model none');
  const lacking = { ...parts, points: () => POINTS.slice(1).map((point) => ({ ...target, point })) };
  await expect(modelHistory(target, running, 0, NOW_MS, lacking)).rejects.toThrow('s/e/pump does not send flow');
});
