import { expect, test } from 'vitest';
import type { BearingDiagnosis } from './bearingDiagnosis.ts';
import { bearingStage } from './bearingStage.ts';
import type { MachineLines } from './machineLines.ts';
import type { Severity } from './severity.ts';

const BPFO = 3.58;
const LIMITS = [1.4, 2.8, 4.5] as const;

interface Given {
  finding?: BearingDiagnosis['finding'];
  velocityMmPerS?: number;
  limits?: readonly [number, number, number];
  /** Velocity by shaft order. */
  lines?: Record<number, number>;
  humMmPerS?: number;
}
const stage = ({ finding = 'fault', velocityMmPerS, limits = LIMITS, lines = {}, humMmPerS }: Given) =>
  bearingStage(
    { finding } as BearingDiagnosis,
    BPFO,
    { velocity: (order: number) => lines[order] ?? 0 } as MachineLines,
    { velocityMmPerS, limitsMmPerS: limits } as unknown as Severity,
    humMmPerS === undefined ? null : { hz: 50, velocityMmPerS: humMmPerS },
  );

test('lines without deep modulation are stage 1, whatever the level', () => {
  expect(stage({ finding: 'early', velocityMmPerS: 9 })).toBe(1);
  expect(stage({ finding: 'none', velocityMmPerS: 9 })).toBe(1);
});

test('deep modulation is stage 2, even if the part is uncertain', () => {
  expect(stage({ velocityMmPerS: 2.8 })).toBe(2);
  expect(stage({ finding: 'part_unsure', velocityMmPerS: 2.8 })).toBe(2);
});

test('two defect lines in the spectrum, or non-shaft vibration in zone C, are stage 3', () => {
  expect(stage({ lines: { [BPFO]: 0.1 } })).toBe(2);
  expect(stage({ lines: { [BPFO]: 0.1, [2 * BPFO]: 0.1 } })).toBe(3);
  expect(stage({ lines: { [BPFO]: 0.1, [4 * BPFO]: 0.1 } })).toBe(3);
  expect(stage({ lines: { [BPFO]: 0.1, [5 * BPFO]: 0.1 } })).toBe(2);
  expect(stage({ velocityMmPerS: 2.81 })).toBe(3);
});

test('non-shaft vibration in zone D is stage 4', () => {
  expect(stage({ velocityMmPerS: 4.5 })).toBe(3);
  expect(stage({ velocityMmPerS: 4.51 })).toBe(4);
});

test('the first ten shaft harmonics and mains hum are excluded', () => {
  expect(stage({ velocityMmPerS: 5, lines: { 1: 4.9 } })).toBe(2);
  expect(stage({ velocityMmPerS: 5, lines: { 10: 4.9 } })).toBe(2);
  expect(stage({ velocityMmPerS: 5, lines: { 11: 4.9 } })).toBe(4);
  expect(stage({ velocityMmPerS: 5, humMmPerS: 4.9 })).toBe(2);
});

test('a level that the shaft explains, or a missing one, counts as 0', () => {
  const limits = [0.1, 0.2, 0.3] as const;
  expect(stage({ velocityMmPerS: 1, limits, lines: { 1: 1.5 } })).toBe(2);
  expect(stage({ limits })).toBe(2);
});
