import { expect, test } from 'vitest';
import type { SeriesRow } from './historian.ts';
import { selectorOf, victoriaLines } from './victoriaRows.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const machine = { site: 's', edge: 'e', asset: 'pump-101' };
const row = (measurement: SeriesRow['measurement'], fields: SeriesRow['fields'], timeMs = NOW_MS): SeriesRow => ({
  measurement,
  tags: machine,
  timeUs: timeMs * 1000,
  fields,
});

test('text is never sent, because the server would write 0 for it; states become labels', () => {
  const alert = row('millwright_alerts', {
    id: 'a',
    change: 'raise',
    severity: 'warning',
    text: 'hot',
    point: '2H',
    fault: 'unbalance',
    index: 1.5,
  });
  const { lines, refused, unsupported } = victoriaLines(
    [row('millwright_health', { status: 'failure', index: 2 }), alert, row('millwright_features', { rms: 1 })],
    30,
    NOW_MS,
  );
  expect({ refused, unsupported }).toEqual({ refused: 0, unsupported: 0 });
  expect(lines.map(({ tags, fields }) => [tags, fields])).toEqual([
    [machine, { index: 2 }],
    [{ ...machine, status: 'failure' }, { status: 1 }],
    [machine, { index: 1.5 }],
    [{ ...machine, change: 'raise', severity: 'warning', fault: 'unbalance', point: '2H' }, { change: 1 }],
    [machine, { rms: 1 }],
  ]);
});

test('rows that the server would drop silently are counted, with a reason', () => {
  const rows = [-31, -29, 0, 1, 3].map((days) => row('millwright_features', { rms: 1 }, NOW_MS + days * DAY_MS));
  const { lines, refused, why } = victoriaLines(rows, 30, NOW_MS);
  expect(lines.map(({ timeUs }) => (timeUs / 1000 - NOW_MS) / DAY_MS)).toEqual([-29, 0, 1]);
  expect([refused, why]).toEqual([2, expect.stringMatching(/2026-05-01.*older than historian\.retentionDays/)]);
});

test('values by date are not written to this server; the plan itself is', () => {
  const measurements = ['millwright_plan', 'millwright_forecast', 'millwright_demand'] as const;
  const { lines, unsupported } = victoriaLines(
    measurements.map((m) => row(m, { mean: 1 })),
    30,
    NOW_MS,
  );
  expect([lines.map(({ measurement }) => measurement), unsupported]).toEqual([['millwright_plan'], 2]);
});

test('a selector matches one series, whatever characters its names contain', () => {
  const query = { field: 'a-b.1', fromMs: 0, toMs: 1, points: 1 };
  expect(selectorOf({ ...query, measurement: 'millwright_health', tags: machine }, 'db"1')).toBe(
    '{__name__="millwright_health_a-b.1",db="db\\"1",site="s",edge="e",asset="pump-101",point=""}',
  );
  expect(selectorOf({ ...query, measurement: 'millwright_plan', tags: { item: 'i\\', site: '' } }, 'd')).toBe(
    '{__name__="millwright_plan_a-b.1",db="d",item="i\\\\",site=""}',
  );
});
