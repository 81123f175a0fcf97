import { expect, test } from 'vitest';
import type { Fault } from '#models/contracts/alert.ts';
import type { Analysis } from './analysis.ts';
import { machineVerdict } from './machineVerdict.ts';

const sensor = (
  name: string,
  verdict: Analysis['verdict'],
  fault: Fault | null,
  confidence: number,
  features: Record<string, number> = {},
) => ({
  sensor: name,
  analysis: {
    verdict,
    fault,
    stage: verdict === 'fault' ? 2 : null,
    confidence,
    candidates: [],
    evidence: [],
    features,
    iso: { assessment: 'not_assessable', reason: 'none' },
    reason: `${name} says so`,
  } satisfies Analysis as Analysis,
});
const roles = (sensors: Parameters<typeof machineVerdict>[0]) => machineVerdict(sensors).sensors.map((s) => s.role);

test('a bearing fault seen by several sensors belongs to the one where it is largest, even if another is more certain', () => {
  const found = machineVerdict([
    sensor('NDE', 'fault', 'outer_race', 0.95, { envelopeBpfo: 0.02 }),
    sensor('DE', 'fault', 'outer_race', 0.9, { envelopeBpfo: 0.6 }),
    sensor('axial', 'healthy', null, 0.8),
    sensor('cable', 'not_assessable', null, 0),
  ]);
  expect(found).toMatchObject({ verdict: 'fault', fault: 'outer_race', confidence: 0.9, stage: 2 });
  expect(found.sensors.map((s) => s.role)).toEqual(['cross_talk', 'source', 'shows_nothing', 'not_assessable']);
  expect(found.reason).toBe(
    'DE: DE says so; weaker, taken for cross-talk, at NDE; not shown by axial; no verdict from cable',
  );
});

test('two sensors outweigh one, and contradiction lowers confidence', () => {
  const found = machineVerdict([
    sensor('a', 'fault', 'outer_race', 0.8, { envelopeBpfo: 1 }),
    sensor('b', 'fault', 'unbalance', 0.6, { velocityRmsMmPerS: 4 }),
    sensor('c', 'fault', 'unbalance', 0.6, { velocityRmsMmPerS: 6 }),
  ]);
  expect(found).toMatchObject({ fault: 'unbalance', confidence: Number((0.36 / 1.4).toFixed(3)) });
  expect(found.sensors.map((s) => s.role)).toEqual(['contradicts', 'agrees', 'source']);
  expect(found.reason).toContain('contradicted by a (outer race)');
});

test('a wider name of the same fault does not contradict', () => {
  expect(
    roles([
      sensor('a', 'fault', 'ball', 0.8, { envelopeBsf2: 1 }),
      sensor('b', 'fault', 'bearing', 0.5, { envelopeBsf2: 0.1 }),
    ]),
  ).toEqual(['source', 'cross_talk']);
});

test('a call takes precedence over a suspicion, a suspicion over no finding, and nothing assessable gives no verdict', () => {
  const watch = sensor('a', 'watch', 'ball', 0.3, { envelopeBsf2: 9 });
  expect(machineVerdict([watch, sensor('b', 'fault', 'unbalance', 0.9)])).toMatchObject({
    verdict: 'fault',
    fault: 'unbalance',
  });
  expect(machineVerdict([watch, sensor('b', 'healthy', null, 0.9)])).toMatchObject({ verdict: 'watch', fault: 'ball' });
  const none = sensor('c', 'not_assessable', null, 0);
  expect(machineVerdict([none, sensor('b', 'healthy', null, 0.9)]).verdict).toBe('healthy');
  expect(machineVerdict([none]).verdict).toBe('not_assessable');
  expect(() => machineVerdict([])).toThrow(RangeError);
});

test('of two equal sensors the first one leads', () => {
  expect(
    roles([
      sensor('a', 'fault', 'unbalance', 0.6, { velocityRmsMmPerS: 4 }),
      sensor('b', 'fault', 'unbalance', 0.6, { velocityRmsMmPerS: 4 }),
    ]),
  ).toEqual(['source', 'agrees']);
});

test('uncontradicted confidence is unchanged, including 0 and 1', () => {
  const alone = (confidence: number) => machineVerdict([sensor('a', 'fault', 'unbalance', confidence)]).confidence;
  expect([alone(1), alone(0.5), alone(0)]).toEqual([1, 0.5, 0]);
});

test('a watched fault has a size, a healthy sensor none', () => {
  const found = machineVerdict([
    sensor('a', 'watch', 'unbalance', 0.3, { velocityRmsMmPerS: 4 }),
    sensor('b', 'healthy', null, 0.9, { velocityRmsMmPerS: 1 }),
  ]);
  expect(found.sensors.map((s) => s.size)).toEqual([4, null]);
});
