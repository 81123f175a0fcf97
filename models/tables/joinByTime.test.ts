import { expect, test } from 'vitest';
import { joinByTime } from './joinByTime.ts';

const file = (name: string, lines: readonly string[]) => ({ name, bytes: Buffer.from(`${lines.join('\n')}\n`) });
const clock = (s: number) =>
  `2026-01-31 06:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
const fast = file('fast.csv', ['time;flow', ...Array.from({ length: 20 }, (_, i) => `${clock(10 * i)};${i},5`)]);
const slow = file('slow.csv', ['heat;time', `50;${clock(0)}`, `51;${clock(60)}`, `52;${clock(185)}`]);

function joined(files: Parameters<typeof joinByTime>[0], within?: number) {
  const said: string[] = [];
  const out = joinByTime(files, { timeColumn: 'time', ...(within === undefined ? {} : { within }) }, (line) =>
    said.push(line),
  );
  return { out, said, rows: Buffer.from(out[0].bytes).toString().trim().split('\n') };
}

test('each row of the fast file gets the latest value of the slow one, never a future or an outdated one', () => {
  const { rows, said, out } = joined([slow, fast], 60);
  expect(out).toHaveLength(1);
  expect(rows[0]).toBe('time;flow;heat');
  const heat = rows.slice(1).map((row) => row.split(';')[2]);
  expect(heat.slice(0, 13)).toEqual([...new Array(6).fill('50'), ...new Array(7).fill('51')]);
  expect(heat.slice(13)).toEqual([...new Array(6).fill(''), '52'].slice(0, 6).concat('52').slice(0, 7));
  expect(said).toEqual([
    'joined by time: rows of fast.csv, every 10 s, take the latest of slow.csv, every 125 s, up to 60 s old; 6 of 20 rows have none',
  ]);
});

test('without a tolerance a value is valid for two of its usual steps', () => {
  const { said, rows } = joined([fast, slow]);
  expect(said[0]).toContain('up to 250 s old; 0 of 20');
  expect(rows[19].split(';')[1]).toBe('18,5');
});

test('files with the same columns are concatenated, and unchanged if all have the same', () => {
  const later = file('later.csv', ['heat;time', `60;${clock(190)}`]);
  const { rows } = joined([fast, slow, later], 3600);
  expect(rows.at(-1)).toBe(`${clock(190)};19,5;60`);
  expect(joinByTime([slow, later], { timeColumn: 'time' }, () => undefined)).toEqual([slow, later]);
});

test('an error names the file that cannot be joined', () => {
  const numbers = file('numbers.csv', ['time;load', '0;1', '60;2']);
  expect(() => joined([fast, numbers])).toThrow('fast.csv: its times are not of the kind that numbers.csv has');
  expect(() => joined([fast, file('b.csv', ['when;x', '1;2'])])).toThrow('b.csv: no column time; found when, x');
  expect(() => joined([fast, file('b.csv', ['time;flow;x', `${clock(0)};1;2`, `${clock(60)};1;2`])])).toThrow(
    'column flow is in fast.csv, too',
  );
  const back = file('b.csv', ['time;x', `${clock(60)};1`, `${clock(0)};2`]);
  expect(() => joined([fast, back])).toThrow('lies before the time of the row above it');
  expect(() => joined([fast, file('b.csv', ['time;x', `${clock(0)};1`, 'noon;2'])])).toThrow(
    'b.csv: line 3: noon is no time',
  );
});

test('rows get values of their own unit, in any order; incomplete ones are left out if they are of no use', () => {
  const load = file('load.csv', ['pump,time,load', 'b,0,1', 'a,0,2', 'a,1,3', 'b,1,4', 'a,2,5', 'c,2,6']);
  const heat = file('heat.csv', ['time,heat,pump', '2,70,a', '0,60,a', '0,50,b']);
  const said: string[] = [];
  const join = { timeColumn: 'time', unitColumn: 'pump', within: 1 };
  const [{ bytes }] = joinByTime([load, heat], { ...join, complete: true }, (line) => said.push(line));
  const rows = Buffer.from(bytes).toString().trim().split('\n');
  expect(rows[0]).toBe('pump,time,load,heat');
  expect([...rows.slice(1)].sort()).toEqual(['a,0,2,60', 'a,1,3,60', 'a,2,5,70', 'b,0,1,50', 'b,1,4,50']);
  expect(said[0]).toMatch(/every 1, take .* every 2, up to 1 old; 1 of 6 rows have none and are left out$/);
  expect(() => joinByTime([load, file('x.csv', ['time,x', '0,1'])], join, () => undefined)).toThrow(
    'x.csv: no column pump; found time, x',
  );
  const late = file('late.csv', ['time,late,pump', '9,70,a']);
  expect(() => joinByTime([load, late], { ...join, complete: true }, () => undefined)).toThrow('no row has values');
});
