import { expect, test } from 'vitest';
import { rowMetrics } from '#models/health/process/rowMetrics.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { TableError } from '#models/tables/parseTable.ts';
import { type EvaluateAnomalyOptions, evaluateAnomaly } from './evaluateAnomaly.ts';

const options: EvaluateAnomalyOptions = { trainRows: 300, label: 'label', ignore: [], method: 'auto' };

function file(name: string, labelOf: (i: number) => string = (i) => (i >= 400 ? '1' : '0')) {
  const random = randomOf(name.length);
  const rows = Array.from({ length: 500 }, (_, i) => {
    const shift = i >= 400 ? 12 : 0;
    return [gaussian(random), shift + gaussian(random), gaussian(random)].map((v) => v.toFixed(4)).join(',');
  });
  return { name, bytes: Buffer.from(['a,b,c,label', ...rows.map((row, i) => `${row},${labelOf(i)}`)].join('\n')) };
}

test('each file is judged on its own and counted together; the label is not a channel', () => {
  const { all, byFile } = evaluateAnomaly([file('one.csv'), file('three.csv')], options, () => undefined);
  expect(byFile.map((f) => f.file)).toEqual(['one.csv', 'three.csv']);
  expect(all).toMatchObject({ rows: 400, anomalous: 200 });
  expect(all.f1).toBeGreaterThan(0.9);
  expect(all.falseAlarmRate).toBeLessThan(0.1);
  expect(all.f1OfFlaggingAll).toBeCloseTo(2 / 3, 9);
});

test('labels must be present and be 0 or 1', () => {
  expect(() => evaluateAnomaly([file('a.csv')], { ...options, label: 'truth' }, () => undefined)).toThrow(TableError);
  const odd = file('a.csv', (i) => (i === 450 ? 'yes' : '0'));
  expect(() => evaluateAnomaly([odd], options, () => undefined)).toThrow('line 452, column 4: found "yes"');
});

test('rates of rows', () => {
  const metrics = rowMetrics([true, true, false, false, true], [true, false, true, false, false]);
  expect(metrics).toMatchObject({
    f1: 2 / 5,
    precision: 1 / 3,
    recall: 1 / 2,
    falseAlarmRate: 2 / 3,
    missedRate: 1 / 2,
  });
  expect(rowMetrics([false], [false])).toMatchObject({ f1: 0, falseAlarmRate: 0, missedRate: 0 });
});
