import { expect, test } from 'vitest';
import type { AlertBody } from '../pipeline/alert/alertBody.ts';
import type { HealthBody } from '../pipeline/health/healthReport.ts';
import type { Outgoing } from '../pipeline/record/commitBatch.ts';
import { conditionFields } from './conditionFields.ts';
import { Conditions } from './conditions.ts';
import { publishSchema } from './publishConfig.ts';

const origin = { site: 'hall', edge: 'e1' };
const health: HealthBody = {
  asset: 'pump',
  kind: 'pump',
  displayName: 'Pumpe Süd',
  area: 'Kesselhaus',
  status: 'MAINTENANCE_REQUIRED',
  index: 1.5,
  points: [],
  iso: { zone: 'C', velocityMmPerS: 5.2, edition: '20816-3' },
  remainingLife: { assessment: 'not_assessable', reason: 'r', remedy: 'r' },
  timeMs: 2000,
  timeQuality: 'source',
};
const alert = (id: string, more: Partial<AlertBody> = {}): Outgoing => ({
  kind: 'alerts',
  topic: 't',
  body: {
    id,
    asset: 'pump',
    point: '2H',
    change: 'raise',
    severity: 'warning',
    raisedAtMs: 1000,
    text: `text of ${id}`,
    index: 1.5,
    evidence: { contributions: [], diagnosis: { fault: 'outer_race', confidence: 0.9, reasons: [] } },
    remainingLife: health.remainingLife,
    timeMs: 3000,
    timeQuality: 'source',
    ...more,
  } satisfies AlertBody,
});
const fieldsOf = (conditions: Conditions) => {
  const condition = conditions.machines.get('pump');
  if (!condition) throw new Error('no condition');
  return conditionFields(origin, 'pump', condition);
};

test('health and the most severe alert form a condition; unknown fields are null', () => {
  const conditions = new Conditions(new Map());
  conditions.observe([{ kind: 'health', topic: 't', body: health }, alert('a')]);
  conditions.observe([alert('b', { severity: 'critical', raisedAtMs: 2500 })]);
  expect(fieldsOf(conditions)).toMatchObject({
    ...{ site: 'hall', asset: 'pump', displayName: 'Pumpe Süd', area: 'Kesselhaus', line: null },
    ...{ status: 'MAINTENANCE_REQUIRED', index: 1.5, zone: 'C', velocityMmPerS: 5.2, remainingLifeS: null },
    ...{ alerts: 2, severity: 'critical', fault: 'outer_race', text: 'text of b', time: '1970-01-01T00:00:03.000Z' },
  });
  expect([...conditions.takeChanges().machines]).toEqual(['pump']);
  expect([...conditions.takeChanges().machines]).toEqual([]);
});

test('a returned alert is removed, and one to the integrator does not belong to the machine', () => {
  const conditions = new Conditions(new Map());
  conditions.observe([alert('a'), alert('w', { audience: 'integrator' })]);
  expect(fieldsOf(conditions)).toMatchObject({ alerts: 1, text: 'text of a', raisedAt: '1970-01-01T00:00:01.000Z' });
  conditions.observe([alert('a', { change: 'return' })]);
  expect(fieldsOf(conditions)).toMatchObject({ alerts: 0, text: null, severity: null });
});

test('an alert that was active when the edge stopped is active when it restarts', () => {
  const states = new Conditions(new Map()).observe([alert('a')]);
  expect(states.map(({ key }) => key)).toEqual(['publish/pump']);
  const again = new Conditions(new Map(states.map(({ key, value }) => [key, value])));
  expect(fieldsOf(again)).toMatchObject({ alerts: 1, fault: 'outer_race' });
  expect([...again.takeChanges().machines]).toEqual(['pump']);
});

test('the newest row of features counts, and historical ones do not', () => {
  const conditions = new Conditions(new Map());
  const body = {
    ...{ asset: 'pump', point: '2H', unit: 'g', windowUs: 1e6, timeMs: 5000, timeQuality: 'source' },
    ...{
      names: ['rms', 'peak'],
      startUs: [4e6, 5e6],
      values: [
        [1, 2],
        [3, 4],
      ],
    },
  };
  conditions.observe([{ kind: 'features', topic: 't', body }]);
  conditions.observe([
    {
      kind: 'features',
      topic: 't',
      body: {
        ...body,
        values: [
          [7, 7],
          [8, 8],
        ],
        historical: true,
      },
    },
  ]);
  expect(conditions.points.get('pump/2H')).toMatchObject({ timeMs: 5000, values: { rms: 3, peak: 4 } });
});

test.each([
  [{ of: 'condition', topic: 'plant/{asset}' }, null],
  [{ of: 'condition', topic: 'plant/{asset}', payload: { s: '{status}', n: 1 } }, null],
  [{ of: 'condition', topic: 'plant/all' }, 'each has its own'],
  [{ of: 'features', topic: 'plant/{asset}' }, 'each has its own'],
  [{ of: 'condition', topic: 'plant/{asset}', payload: { s: '{statu}' } }, '{statu} is no field'],
  [{ of: 'condition', topic: 'millwright/{asset}' }, 'outside millwright'],
  [{ of: 'condition', topic: 'plant/+/{asset}' }, 'without +'],
])('%j', (message, wrong) => {
  const read = publishSchema.safeParse({ url: 'mqtt://b', messages: [message] });
  expect(read.success).toBe(wrong === null);
  if (wrong !== null) expect(JSON.stringify(read.error?.issues)).toContain(wrong);
});

test('an empty publish configuration is an error', () => {
  expect(publishSchema.safeParse({ url: 'mqtt://b' }).success).toBe(false);
});
