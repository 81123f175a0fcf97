import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkHistorian } from './historianChecks.ts';
import { SqliteHistorian } from './sqliteHistorian.ts';

const NOW = Date.UTC(2026, 0, 6);
const fresh = () => mkdtempSync(join(tmpdir(), 'millwright-historian-'));
const row = (timeMs: number, rms: number) => ({
  measurement: 'millwright_features' as const,
  tags: { site: 's', edge: 'e', asset: 'a', point: 'p' },
  timeUs: timeMs * 1000,
  fields: { rms },
});

checkHistorian('SQLite', async () => new SqliteHistorian(fresh(), 30, 30, () => NOW));

test('keeps rows across a restart and deletes those older than the retention', async () => {
  const directory = fresh();
  const query = {
    measurement: 'millwright_features',
    tags: row(0, 0).tags,
    field: 'rms',
    fromMs: NOW - 10 * 86_400_000,
    toMs: NOW + 1000,
    points: 10,
  } as const;
  const first = new SqliteHistorian(directory, 30, 30, () => NOW);
  await first.write([row(NOW - 5 * 86_400_000, 1), row(NOW, 2)]);
  await first.close();
  const second = new SqliteHistorian(directory, 1, 1, () => NOW);
  expect((await second.read(query)).mean).toEqual([1, 2]);
  await second.write([row(NOW + 1, 4)]);
  expect((await second.read(query)).mean).toEqual([3]);
  await second.close();
});
