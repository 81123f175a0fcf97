import { expect, test } from 'vitest';
import { type JudgedTable, suiteResult } from './faultSuite.ts';
import { BACKGROUNDS, DAY, type Fault, faultsOn, faultyTable } from './seededFaults.ts';

const MONTH = 30 * DAY;

function table(fault: Fault, highest: number, spells: number[]): JudgedTable {
  return { background: 'white', fault, highest, spells, normalRows: MONTH };
}

test('a limit that leaves one false alarm a month loses the faults below it', () => {
  // Four alarms in three months: three are allowed, so the limit rises above the lowest.
  const result = suiteResult([table('spike', 1.2, [1.1, 1.6]), table('stuck', 5, [1.4, 1.3]), table('stuck', 0.9, [])]);
  expect(result.byFault).toEqual([
    { fault: 'spike', tables: 1, found: 1, missedOn: [] },
    { fault: 'stuck', tables: 2, found: 1, missedOn: ['white'] },
  ]);
  expect(result.found).toBeCloseTo(2 / 3, 9);
  expect(result.falsePerMonth).toEqual([{ background: 'white', atLimit: 4 / 3 }]);
  expect(result.foundAtOneAMonth).toBeCloseTo(2 / 3, 9);
  const strict = suiteResult([table('spike', 1.2, [1.1, 1.6, 1.5]), table('stuck', 5, [1.4])]);
  expect(strict.found).toBe(1);
  expect(strict.foundAtOneAMonth).toBe(0.5);
});

test('a wrong hour is a fault only on backgrounds with a daily season', () => {
  expect(faultsOn('white', 4)).not.toContain('wrong_hour');
  expect(faultsOn('white', 1)).not.toContain('relation');
  const { rows, from, to } = faultyTable('daily', 'wrong_hour', 1, 1);
  const half = DAY / 2;
  expect(to - from).toBe(DAY);
  for (let t = from; t < to; t++) expect(rows[t][0]).toBe(rows[t - 7 * DAY - half][0]);
});

test('a fault at one load leaves other loads and the channel’s range unchanged', () => {
  expect(faultsOn('white', 1)).not.toContain('at_one_load');
  // Bursts and long absences hide so small a step from means of a few days.
  for (const background of BACKGROUNDS.filter((one) => one !== 'bursts' && one !== 'returning')) {
    const { rows, from, to } = faultyTable(background, 'at_one_load', 4, 1);
    const mean = (load: number, part: Float64Array[]) => {
      const own = part.filter((row) => row[0] === load).map((row) => row[3] - (0.8 / 0.3) * row[1]);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    const fell = [0, 1, 2].map((load) => mean(load, rows.slice(from, to)) - mean(load, rows.slice(0, from)));
    expect(Math.abs(fell[0])).toBeLessThan(0.3);
    expect(Math.abs(fell[1])).toBeLessThan(0.3);
    expect(fell[2]).toBeCloseTo(-2.4, 0);
    const before = rows.slice(0, from).map((row) => row[3]);
    expect(Math.min(...rows.slice(from, to).map((row) => row[3]))).toBeGreaterThan(Math.min(...before));
  }
});
