import { expect, test } from 'vitest';
import { recordingLinesSchema } from '#models/contracts/evidence.ts';
import { recordingLines } from './recordingLines.ts';

// CWRU's drive-end bearing, SKF 6205, at 1,797 rpm.
const SHAFT_HZ = 29.95;
const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.39828 };
const byName = (lines: { name: string; hz: number }[]) => Object.fromEntries(lines.map((l) => [l.name, l.hz]));

test('defect frequencies match those published by the CWRU bearing data center', () => {
  const lines = byName(recordingLines(SHAFT_HZ, BEARING).envelope);
  expect(lines.BPFO).toBeCloseTo(107.36, 2);
  expect(lines['3×BPFO']).toBeCloseTo(322.09, 2);
  expect(lines.BPFI).toBeCloseTo(162.19, 2);
  expect(lines['BPFI − 1×']).toBeCloseTo(132.24, 2);
  expect(lines['2×BSF']).toBeCloseTo(141.18, 2);
  expect(lines['2×BSF + FTF']).toBeCloseTo(153.11, 2);
  expect(lines.FTF).toBeCloseTo(11.93, 2);
});

test('harmonics of all parts extend as far as those of the highest: the ninth of BPFO is not the sixth of BPFI', () => {
  const { envelope } = recordingLines(SHAFT_HZ, BEARING);
  const nearestTo = (hz: number) => envelope.toSorted((a, b) => Math.abs(a.hz - hz) - Math.abs(b.hz - hz))[0].name;
  expect(nearestTo(9 * BEARING.bpfo * SHAFT_HZ * 1.002)).toBe('9×BPFO');
  expect(nearestTo(6 * BEARING.bpfi * SHAFT_HZ)).toBe('6×BPFI');
  expect(nearestTo(6 * BEARING.bsf * SHAFT_HZ)).toBe('6×BSF');
});

test('far too small factors do not fill the message', () => {
  const lines = recordingLines(SHAFT_HZ, { ...BEARING, bpfo: 0.01 });
  expect(recordingLinesSchema.parse(lines)).toEqual(lines);
});

test('lines of the known parts of the drive train are named', () => {
  const { spectrum } = recordingLines(49, undefined, { blades: 7, teeth: 23, poles: 2, lineHz: 50 });
  const lines = byName(spectrum);
  expect(lines).toMatchObject({ '1×': 49, '5×': 245, 'blade pass': 343, 'gear mesh': 1127, '2× mains': 100 });
  expect(lines['1× + pole pass']).toBeCloseTo(51, 9);
  expect(lines).not.toHaveProperty('belt');
});

test('without a speed only the mains can be placed', () => {
  expect(recordingLines(0, BEARING, { lineHz: 60 })).toEqual({
    spectrum: [{ name: '2× mains', hz: 120 }],
    envelope: [],
  });
});

test('the named lines fit into the message', () => {
  const lines = recordingLines(SHAFT_HZ, BEARING, { blades: 5, teeth: 31, poles: 4, beltOrder: 0.3, lineHz: 50 });
  expect(recordingLinesSchema.parse(lines)).toEqual(lines);
});
