import { describe, expect, test } from 'vitest';
import type { Table } from '#models/tables/parseTable.ts';
import { withItemsFilledDown, withItemsOfGroups } from './itemRows.ts';

const tableOf = (...rows: string[]): Table => ({
  rows: rows.map((row) => row.split('|')),
  lines: rows.map((_, i) => i + 1),
  separator: '|',
  notes: [],
});
const textOf = ({ rows }: Table) => rows.map((cells) => cells.join('|'));

describe('items in rows above their movements', () => {
  const report = tableOf(
    'date|qty|note',
    'Bearing 6205',
    '2026-01-02|3|',
    '2026-01-05|1',
    'Total Bearing 6205|4|',
    'Opening balance||',
    '2026-01-01|99|',
    '|Seal|',
    '2026-01-03|2|',
    'Total Seal|2|',
    'Total|6|',
  );

  test('become a column; rows of totals, and rows below other titles, are left out', () => {
    const table = withItemsOfGroups(report);
    expect(textOf(table)).toEqual([
      'date|qty|note|item',
      '2026-01-02|3||Bearing 6205',
      '2026-01-05|1||Bearing 6205',
      '2026-01-03|2||Seal',
    ]);
    expect(table.lines).toEqual([1, 3, 4, 9]);
    expect(table.notes).toEqual(['items are those of the titles above their rows']);
  });

  test('are recognised by their totals: a table without totals is unchanged', () => {
    const plain = tableOf('date|qty', 'Bearing', '2026-01-02|3');
    expect(withItemsOfGroups(plain)).toBe(plain);
    const flat = tableOf('item|qty', 'belt|3', 'Total|3');
    expect(withItemsOfGroups(flat)).toBe(flat);
  });
});

describe('items written once, above their other rows', () => {
  const filled = (...rows: string[]) => withItemsFilledDown(tableOf('item|date|qty', ...rows), 0, [0, 1, 2]);

  test('are filled down, and the rows are counted', () => {
    const table = filled('belt|01|3', '|02|4', '|03|5', 'seal|01|6', ' |02|7');
    expect(textOf(table).slice(1)).toEqual(['belt|01|3', 'belt|02|4', 'belt|03|5', 'seal|01|6', 'seal|02|7']);
    expect(table.notes).toEqual(['3 rows without an item are those of the item above them']);
  });

  test('are not guessed if the first row has none, one reappears, there is only one, or other cells are missing', () => {
    for (const rows of [
      ['|01|3', 'belt|01|3', 'seal|01|3'],
      ['belt|01|3', '|02|3', 'seal|01|3', 'belt|03|3'],
      ['belt|01|3', '|02|3'],
      ['belt|01|3', '||3', 'seal|01|3'],
      ['belt|01|3', 'seal|01|3'],
    ]) {
      const table = filled(...rows);
      expect([textOf(table).slice(1), table.notes]).toEqual([rows, []]);
    }
  });
});
