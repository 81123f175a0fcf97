import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Historian, SeriesRow } from './historian.ts';

const T0 = Date.UTC(2026, 0, 5, 8);
const tags = { site: 's', edge: 'e', asset: 'pump-101', point: '2H' };

const row = (i: number, rms: number, point = '2H'): SeriesRow => ({
  measurement: 'millwright_features',
  tags: { ...tags, point },
  timeUs: (T0 + i * 1000) * 1000 + 1,
  fields: { rms, peak: rms * 3 },
});

const query = { measurement: 'millwright_features', tags, field: 'rms', fromMs: T0, toMs: T0 + 60_000 } as const;

/**
 * Check suite for every historian, including real servers.
 * @param replaces whether a row of the same series and time replaces the previous one.
 */
export function checkHistorian(name: string, open: () => Promise<Historian>, { replaces = true } = {}): void {
  describe(name, () => {
    let historian: Historian;
    beforeAll(async () => {
      historian = await open();
    });
    afterAll(() => historian.close());

    test('gives back what was written, by series, field and time', async () => {
      const rows = Array.from({ length: 60 }, (_, i) => row(i, i + 1));
      expect(await historian.write([...rows, row(0, 1000, '3H')])).toMatchObject({ refused: 0 });
      const columns = await historian.read({ ...query, points: 60 });
      expect(columns.mean).toEqual(rows.map((_, i) => i + 1));
      expect(columns.timeMs[59] - columns.timeMs[0]).toBe(59_000);
      const part = await historian.read({
        ...query,
        field: 'peak',
        fromMs: T0 + 10_000,
        toMs: T0 + 20_000,
        points: 10,
      });
      expect(part.mean).toEqual([33, 36, 39, 42, 45, 48, 51, 54, 57, 60]);
    });

    test('the same rows again change nothing', async () => {
      await historian.write([row(0, 1), row(1, 2)]);
      const columns = await historian.read({ ...query, points: 60 });
      expect(columns.mean).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    });

    test.skipIf(!replaces)('a row of the same time replaces', async () => {
      await historian.write([row(0, 7)]);
      const columns = await historian.read({ ...query, points: 60 });
      expect(columns.mean.slice(0, 3)).toEqual([7, 2, 3]);
      expect(columns.mean).toHaveLength(60);
      await historian.write([row(0, 1)]);
    });

    test('intervals keep the mean and the peak', async () => {
      const columns = await historian.read({ ...query, points: 6 });
      expect(columns.mean[0]).toBeCloseTo(5.5, 9);
      expect(columns.max).toEqual([10, 20, 30, 40, 50, 60]);
    });

    test('intervals begin where the range does, and are as many as were asked for', async () => {
      const columns = await historian.read({ ...query, fromMs: T0 + 500, toMs: T0 + 60_500, points: 7 });
      expect(columns.timeMs[0]).toBe(T0 + 500);
      expect(columns.timeMs.length).toBeLessThanOrEqual(7);
    });

    test('short intervals without rows are left out', async () => {
      const columns = await historian.read({ ...query, fromMs: T0, toMs: T0 + 5000, points: 20 });
      expect(columns.timeMs).toEqual([0, 1000, 2000, 3000, 4000].map((ms) => T0 + ms));
      expect(columns.mean).toEqual([1, 2, 3, 4, 5]);
    });

    test('what is not there is empty', async () => {
      const none = { timeMs: [], mean: [], max: [] };
      expect(await historian.read({ ...query, field: 'noSuchField', points: 6 })).toEqual(none);
      expect(await historian.read({ ...query, tags: { ...tags, asset: 'it\'s "odd" \\' }, points: 6 })).toEqual(none);
    });

    test('takes texts beside numbers', async () => {
      const alert: SeriesRow = {
        measurement: 'millwright_alerts',
        tags: { site: 's', edge: 'e', asset: 'pump-101' },
        timeUs: T0 * 1000,
        fields: { id: 'a"b\\c', text: "it's hot, 5 = 5", index: 1.5 },
      };
      expect(await historian.write([alert])).toMatchObject({ refused: 0 });
    });
  });
}
