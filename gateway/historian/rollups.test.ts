import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Buckets } from './buckets.ts';
import type { SeriesRow } from './historian.ts';
import { HISTORIAN_MIGRATIONS, SqliteHistorian } from './sqliteHistorian.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);
const tags = { site: 's', edge: 'e', asset: 'a', point: 'p' };
const row = (timeMs: number, rms: number): SeriesRow => ({
  measurement: 'millwright_features',
  tags,
  timeUs: timeMs * 1000,
  fields: { rms, peak: 2 * rms },
});
const query = { measurement: 'millwright_features', tags, field: 'rms' } as const;

function historianAt(nowMs: number, retentionDays = 30, rollupDays = 1830) {
  const clock = { ms: nowMs };
  const directory = mkdtempSync(join(tmpdir(), 'millwright-rollups-'));
  const historian = new SqliteHistorian(directory, retentionDays, rollupDays, () => clock.ms);
  return { historian, clock, directory };
}

/** Writes one row repeatedly, until everything is rolled up and purged. */
async function settle({ historian, clock }: ReturnType<typeof historianAt>, times = 60): Promise<void> {
  for (let i = 0; i < times; i++) await historian.write([row(clock.ms, 0)]);
}

test('hourly intervals from roll-ups equal those from rows, in any order, with late and replaced rows', async () => {
  const minute = fc.integer({ min: 0, max: 48 * 60 - 1 });
  const rows = fc.array(fc.record({ minute, value: fc.integer({ min: -1000, max: 1000 }) }), {
    minLength: 1,
    maxLength: 300,
  });
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.constantFrom(1, 2, 6, 48), async (first, late, hours) => {
      const made = historianAt(START_MS + 60 * HOUR_MS);
      const written = new Map<number, number>();
      for (const part of [first, late]) {
        await made.historian.write(part.map((r) => row(START_MS + r.minute * 60_000, r.value)));
        for (const r of part) written.set(r.minute, r.value);
        await settle(made, 4);
      }
      const expected = new Buckets(START_MS, START_MS + 48 * HOUR_MS, 48 / hours);
      for (const [at, value] of written) expected.add(START_MS + at * 60_000, value);
      const columns = await made.historian.read({
        ...query,
        fromMs: START_MS,
        toMs: START_MS + 48 * HOUR_MS,
        points: 48 / hours,
      });
      const { timeMs, mean, max } = expected.columns();
      expect(columns.timeMs).toEqual(timeMs);
      expect(columns.max).toEqual(max);
      for (const [i, value] of columns.mean.entries()) expect(value).toBeCloseTo(mean[i], 9);
      await made.historian.close();
    }),
    { numRuns: 25 },
  );
});

test('five-minute intervals use finer roll-ups, the ends of the range use rows, and no peak is lost', async () => {
  const made = historianAt(START_MS + 20 * HOUR_MS);
  const rows = Array.from({ length: 10 * 360 }, (_, i) => row(START_MS + i * 10_000, i === 1234 ? 99 : i % 7));
  for (let i = 0; i < rows.length; i += 200) await made.historian.write(rows.slice(i, i + 200));
  await settle(made);
  const [fromMs, toMs] = [START_MS + 17 * 60_000, START_MS + 9.5 * HOUR_MS];
  const columns = await made.historian.read({ ...query, fromMs, toMs, points: 100 });
  expect(Math.max(...columns.max)).toBe(99);
  const at = columns.max.indexOf(99);
  const width = (toMs - fromMs) / 100;
  expect(Math.abs(columns.timeMs[at] + width / 2 - (START_MS + 12_340_000))).toBeLessThan(width);
  expect(columns.mean.every((value) => value > 2 && value < 7)).toBe(true);
  const db = new Database(join(made.directory, 'historian.db'), { readonly: true });
  expect(db.prepare('SELECT width_us / 1e6 AS s, count(*) AS n FROM rollup GROUP BY width_us').all()).toEqual([
    { s: 300, n: 120 },
    { s: 3600, n: 10 },
  ]);
  db.close();
  await made.historian.close();
});

test('hourly roll-ups outlive their rows; a late row is added to its hour', async () => {
  const made = historianAt(START_MS + 2 * HOUR_MS, 1, 10);
  const all = { ...query, fromMs: START_MS, toMs: START_MS + HOUR_MS, points: 1 };
  await made.historian.write([row(START_MS + 1000, 1), row(START_MS + 2000, 3)]);
  await settle(made, 4);
  made.clock.ms = START_MS + 5 * 24 * HOUR_MS;
  await settle(made, 4);
  const db = new Database(join(made.directory, 'historian.db'), { readonly: true });
  const rowsLeft = () => db.prepare('SELECT count(*) AS n FROM row WHERE time_us < ?').get((START_MS + HOUR_MS) * 1000);
  expect(rowsLeft()).toEqual({ n: 0 });
  expect(await made.historian.read(all)).toMatchObject({ mean: [2], max: [3] });
  await made.historian.write([row(START_MS + 3000, 8)]);
  await settle(made, 4);
  expect(await made.historian.read(all)).toMatchObject({ mean: [4], max: [8] });
  expect(rowsLeft()).toEqual({ n: 0 });
  made.clock.ms = START_MS + 11 * 24 * HOUR_MS;
  await settle(made, 4);
  expect((await made.historian.read(all)).mean).toEqual([]);
  db.close();
  await made.historian.close();
});

test('rows written before roll-ups existed are rolled up', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millwright-rollups-'));
  const db = new Database(join(directory, 'historian.db'));
  db.exec(HISTORIAN_MIGRATIONS[0]);
  db.exec(`INSERT INTO series (id, key) VALUES (1, 'millwright_features/s/e/a/p'), (2, 'millwright_forecast/s/item');
    INSERT INTO layout (id, names) VALUES (1, '["rms"]'); PRAGMA user_version = 1;`);
  const insert = db.prepare('INSERT INTO row VALUES (?, ?, 1, ?)');
  for (const [series, hour] of [
    [1, 0],
    [1, 3],
    [2, 0],
    [2, 50_000],
  ])
    insert.run(series, (START_MS + hour * HOUR_MS) * 1000, Buffer.from(Float64Array.of(hour + 1).buffer));
  db.close();
  const historian = new SqliteHistorian(directory, 30, 1830, () => START_MS + 10 * HOUR_MS);
  const left = new Database(join(directory, 'historian.db'), { readonly: true });
  expect(left.prepare('SELECT series, count(*) AS n FROM stale_hour GROUP BY series').all()).toEqual([
    { series: 1, n: 4 },
    { series: 2, n: 2 },
  ]);
  await historian.write([row(START_MS + 10 * HOUR_MS, 0)]);
  expect(left.prepare('SELECT count(*) AS n FROM rollup').get()).toEqual({ n: 3 });
  left.close();
  const columns = await historian.read({ ...query, fromMs: START_MS, toMs: START_MS + 4 * HOUR_MS, points: 4 });
  expect(columns).toMatchObject({ mean: [1, 4], max: [1, 4] });
  await historian.close();
});
