import { expect, test } from 'vitest';
import type { LedgerView } from '#models/contracts/api.ts';
import { ledgerLines, ledgerReport } from './ledgerReport.ts';

const point = (asset: string, counts: object = {}): LedgerView['points'][number] => ({
  site: 's',
  edge: 'e',
  asset,
  point: '2H',
  received: 10,
  delivered: 7,
  late: 1,
  duplicate: 0,
  held: 0,
  rejected: { bad_json: 2 },
  windows: 7,
  stored: 6,
  unexplained: 0,
  ...counts,
});
const view: LedgerView = {
  points: [point('pump'), point('fan', { received: 9, unexplained: -1 })],
  clocks: [{ site: 's', edge: 'e', asset: 'pump', offsetS: -3.25, driftPpm: 40, jumps: 1 }],
  sources: [{ site: 's', edge: 'e', source: 1, type: 'opcua', connected: false, outages: 2, downS: 31.4 }],
  unmapped: [
    { site: 's', edge: 'e', counts: { bad_topic: 3 } },
    { site: 's', edge: 'f', counts: {} },
  ],
};

test('totals, and the points whose counts do not balance', () => {
  const report = ledgerReport(view);
  expect(report.totals).toMatchObject({ received: 19, delivered: 14, rejected: 4, windows: 14, stored: 12 });
  expect(report.open).toEqual(['s/e/fan/2H']);
  expect(ledgerReport(view, 'pump')).toMatchObject({ points: [{ asset: 'pump' }], open: [] });
  // Rows arrive before the edge next reports its counts.
  expect(ledgerReport({ points: [point('pump', { stored: 8 })], unmapped: [], clocks: [], sources: [] }).open).toEqual(
    [],
  );
});

test('the table has a line per point with rejection reasons, and lists unmapped data', () => {
  expect(ledgerLines(ledgerReport(view))).toEqual([
    'point        received  delivered  rejected  late  duplicate  held  unexplained  windows  stored',
    's/e/pump/2H        10          7         2     1          0     0            0        7       6  bad_json 2',
    's/e/fan/2H          9          7         2     1          0     0           -1        7       6  bad_json 2',
    'all                19         14         4     2          0     0           -1       14      12',
    's/e: not assigned to a point: bad_topic 3',
    's/e: source 1 (opcua) was disconnected 2 times, 31 s in total, and still is',
    's/e/pump: its clock is 3.3 s ahead, drifts by 40 ppm, was set once',
    's/e/fan/2H: the counts do not balance',
  ]);
});
