import { expect, test } from 'vitest';
import { type DetectOptions, detectFiles } from './detectFile.ts';

const base: DetectOptions = { trainRows: 60, ignore: [], method: 'auto' };

function csv(lines: number, separator = ';', fault = 40): string {
  const rows = Array.from({ length: lines }, (_, t) => {
    const wave = Math.sin(12.9898 * (t + 1) * (t + 3));
    return [
      `2024-01-01 00:00:${t}`,
      (10 + wave + (t >= lines - fault ? 9 : 0)).toFixed(4),
      (wave * wave).toFixed(4),
      0,
    ];
  });
  return [['time', 'flow', 'noise', 'label'], ...rows].map((row) => row.join(separator)).join('\n');
}

function run(text: string, options: Partial<DetectOptions> = {}) {
  const lines: string[] = [];
  const said: string[] = [];
  detectFiles(
    [{ name: 'x.csv', bytes: Buffer.from(text) }],
    { ...base, timeColumn: 'time', ...options },
    (l) => lines.push(l),
    (l) => said.push(l),
  );
  return { lines, said };
}

test('one line per row after training, numbered as in the file, with the channel that deviated', () => {
  const { lines } = run(csv(160), { ignore: ['label'], jsonl: true });
  const rows = lines.map((line) => JSON.parse(line));
  expect(rows.map((r) => r.row)).toEqual(Array.from({ length: 100 }, (_, i) => 60 + i));
  expect(rows[0]).toMatchObject({ line: 62, afterTraining: 0 });
  expect(rows.slice(0, 60).every((r) => r.anomaly === 0)).toBe(true);
  expect(rows.slice(75).every((r) => r.anomaly === 1 && r.channels[0] === 'flow')).toBe(true);
});

test('readable output: the stretches, and the steps taken', () => {
  const { lines, said } = run(csv(160, ','), { ignore: ['4'] });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^rows 12\d to 159: up to .* by flow/);
  expect(said.at(-1)).toBe('method: drift_tolerant, 2 channels, 60 rows of training');
  expect(run(csv(160, ',', 0), { ignore: ['4'] }).lines).toEqual(['100 rows, all like the training']);
});

test('empty cells take the value above them, and this is reported', () => {
  const holes = csv(160)
    .replace(/;10\.\d+;/, ';;')
    .replace(/;9\.\d+;/, ';NaN;');
  expect(run(holes, { ignore: ['label'] }).said).toContain('2 empty cells took the value above them');
});

test('a table without a header names its columns by number', () => {
  const { said } = run(
    csv(160)
      .split('\n')
      .slice(1)
      .join('\n')
      .replaceAll(/^[^;]*;/gm, ''),
    {
      timeColumn: undefined,
      ignore: ['3'],
    },
  );
  expect(said.at(-1)).toContain('2 channels');
});

test.each<[string, string, Partial<DetectOptions>]>([
  ['', 'line 1: the file is empty', {}],
  [csv(160), 'line 2, column 1: found "2024-01-01 00:00:0"', { timeColumn: undefined }],
  [csv(160), 'no column pressure; found time, flow, noise, label', { ignore: ['pressure'] }],
  [csv(160), '--train-rows: found 160; the file has 160 rows', { trainRows: 160 }],
  [csv(160), '--train-rows: found 10; 50 or more', { trainRows: 10 }],
  [csv(160).replace(/;0\n/, '\n'), 'line 2: 3 columns where the first line has 4', {}],
  [csv(160).replace(/;10\.\d+;/, ';high;'), 'found "high"; a number of at most', {}],
  [csv(160).replace(/;10\.\d+;/, ';1e300;'), 'found "1e300"; a number of at most', {}],
  [csv(160), '60 rows; 2 channels need 200', { method: 'canonical_variates', ignore: ['label'] }],
  [csv(160), 'no column is left to judge', { ignore: ['flow', 'noise', 'label'] }],
  ['a;b\n1;\n2;\n', 'column b holds no number', { timeColumn: undefined }],
])('%# is refused with its position', (text, message, options) => {
  expect(() => run(text, options)).toThrow(message);
});

test('a channel that was constant in training is left out, and this is reported', () => {
  const { lines, said } = run(csv(160), { jsonl: true });
  expect(said).toContain('left out, for they never moved in the training rows: label');
  expect(lines.every((line) => Number.isFinite(JSON.parse(line).score))).toBe(true);
  expect(() => run(`a;b\n${'1;2\n'.repeat(100)}`, { timeColumn: undefined })).toThrow('no channel moved');
});

test('TRUE and FALSE are 1 and 0; a gap counts as missing to its end, not as normal', () => {
  const states = csv(160).replaceAll(/;0$/gm, (_, at: number) => (at % 3 ? ';TRUE' : ';False'));
  expect(run(states).said.at(-1)).toContain('3 channels');
  const dead = csv(160, ';', 0).split('\n');
  const dropout = dead.map((line, i) => (i > 130 ? line.replace(/;[^;]*;/, ';;') : line)).join('\n');
  const { lines } = run(dropout, { ignore: ['label'] });
  expect(lines[0]).toMatch(/^rows 13\d to 159: .* by flow/);
});

test('cells may carry the unit of their column, and another one is an error', () => {
  const units = (last: string) =>
    csv(160).replace(/^([^;]*);([^;]*);/gm, (_, time, flow) => (flow === 'flow' ? _ : `${time};${flow} °C;`)) +
    `\n2024-01-01 00:00:160;${last};0.5;0`;
  const { said, lines } = run(units('19.0 °C'), { ignore: ['label'], jsonl: true });
  expect(said).toContain('x.csv: cells carry their unit: flow in °C');
  const plain = run(`${csv(160)}\n2024-01-01 00:00:160;19.0;0.5;0`, { ignore: ['label'], jsonl: true });
  expect(lines).toEqual(plain.lines);
  expect(() => run(`${units('19.0 °C')}\n2024-01-01 00:00:161;66 °F;0.5;0`, { ignore: ['label'] })).toThrow(
    /line 163, column 2: found "66 °F".*first in flow is in °C/,
  );
});

test('a date column and a time-of-day column form one time', () => {
  const rows = Array.from(
    { length: 160 },
    (_, t) =>
      `2024-01-0${1 + Math.floor(t / 80)};${String(Math.floor((t % 80) / 4)).padStart(2, '0')}:${String(15 * (t % 4)).padStart(2, '0')};${Math.sin(12.9898 * t * t)}`,
  );
  const options = { timeColumn: 'date' };
  const { said } = run(['date;clock;flow', ...rows].join('\n'), options);
  expect(said).toContain('x.csv: no channels, for they hold times of day: clock');
  expect(said.some((line) => line.includes('the time of the row above'))).toBe(false);
  [rows[100], rows[110]] = [rows[110], rows[100]];
  expect(() => run(['date;clock;flow', ...rows].join('\n'), options)).toThrow('sort the table by time');
});
