import { expect, test } from 'vitest';
import { readJoined } from './joinTables.ts';
import { parseTable, TableError } from './parseTable.ts';

const file = (name: string, text: string) => ({ name, table: parseTable(Buffer.from(text)) });

test('columns are matched by name, and only the first header is kept', () => {
  const files = [file('a.csv', 'unit,time,flow\n1,0,5\n'), file('b.csv', 'flow,unit,time\n6,1,1\n')];
  expect(readJoined(files, 'unit', (table) => table.rows)).toEqual([
    ['unit', 'time', 'flow'],
    ['1', '0', '5'],
    ['1', '1', '6'],
  ]);
});

test('without a unit column each file is a unit, by its name', () => {
  const files = [file('runs/pump-1.csv', 'time,flow\n0,5\n'), file('runs/pump-2.csv.gz', 'time,flow\n0,6\n')];
  expect(readJoined(files, 'unit', (table) => table.rows)).toEqual([
    ['unit', 'time', 'flow'],
    ['pump-1', '0', '5'],
    ['pump-2', '0', '6'],
  ]);
});

test.each([undefined, 'unit'])('an error names the file, and the line and the column in it (unit: %s)', (unit) => {
  const files = [file('a.csv', 'time,heat,flow\n0,1,5\n\n1,1,6\n'), file('b.csv', 'flow,time,heat\n7,2,1\nx,3,1\n')];
  const read = () =>
    readJoined(files, unit, ({ rows, lines }) => {
      const bad = rows.findIndex((row) => row.includes('x'));
      throw new TableError(`line ${lines[bad]}, column ${rows[bad].indexOf('x') + 1}: no number`);
    });
  expect(read).toThrow(/^b\.csv: line 3, column 1: no number$/);
});

test('files with other columns are an error that names them', () => {
  const [a, b] = [file('a.csv', 'time,flow\n0,5\n'), file('b.csv', 'time,heat\n0,5\n')];
  expect(() => readJoined([a, b], undefined, () => 0)).toThrow('b.csv: no column flow, which a.csv has');
  const wider = file('c.csv', 'time,flow,heat\n0,5,6\n');
  expect(() => readJoined([a, wider], undefined, () => 0)).toThrow('c.csv: column heat, which a.csv does not have');
  const german = file('d.csv', 'time;flow\n0;5,5\n');
  expect(() => readJoined([a, german], undefined, () => 0)).toThrow('d.csv: another separator than a.csv');
});
