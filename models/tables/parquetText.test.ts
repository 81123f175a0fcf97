import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isParquet, parquetText } from './parquetText.ts';
import { parseTable } from './parseTable.ts';

/** Files of pyarrow 25: two row groups, a dictionary, nulls. */
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}.parquet`, import.meta.url));

test.each(['snappy', 'zstd', 'gzip'])(
  'a file compressed with %s has its values, times and nulls as text',
  async (name) => {
    const { rows } = parseTable(await parquetText(fixture(name)));
    expect(rows).toEqual([
      ['time', 'flow', 'count', 'running', 'state', 'level'],
      ['2026-03-01T00:00:00.000Z', '1.5', '1', 'TRUE', 'run', '0.5'],
      ['2026-03-01T00:01:00.000Z', '', '2', 'FALSE', 'stop', '0.5'],
      ['2026-03-01T00:02:00.000Z', '-2e-7', '3', '', 'a, "b"', '0.5'],
      ['2026-03-01T00:03:00.000Z', 'NaN', '4', 'TRUE', 'run', '0.5'],
      ['2026-03-01T00:04:00.000Z', '3', '9007199254740993', 'TRUE', 'run', '0.5'],
      ['2026-03-01T00:05:00.000Z', '4', '', 'FALSE', 'run', '0.5'],
    ]);
  },
);

test('unsupported columns are named; damage is reported', async () => {
  await expect(parquetText(fixture('lists'))).rejects.toThrow('column l holds lists, not values');
  await expect(parquetText(fixture('snappy').subarray(0, 700))).rejects.toThrow('a damaged Parquet file');
});

test('a file is recognised by its first bytes', () => {
  expect(isParquet(fixture('zstd'))).toBe(true);
  expect(isParquet(Buffer.from('PAR,flow\n'))).toBe(false);
});
