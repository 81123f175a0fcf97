import { describe, expect, test } from 'vitest';
import type { Candidate } from './analysis.ts';
import type { RecordingContext } from './assessability.ts';
import type { BearingDiagnosis } from './bearingDiagnosis.ts';
import type { BearingFault } from './bearingLines.ts';
import type { MachineCandidate } from './faultRule.ts';
import type { ShaftSuspicion } from './machineFaults.ts';
import type { Severity } from './severity.ts';
import { bearingVerdict, candidatesOf, evidenceOf, machineCandidate, verdictWithoutCall } from './verdict.ts';

const FACTORS = { bpfo: 3.58, bpfi: 5.42, bsf: 2.36, ftf: 0.4 };
const FAULTS: readonly BearingFault[] = ['outer_race', 'inner_race', 'ball', 'cage'];

/** @param scores of the faults in the order of `FAULTS`. */
const diagnosis = (more: Partial<BearingDiagnosis> = {}, scores: readonly number[] = [1, 0, 0, 0]) =>
  ({
    finding: 'none',
    depth: 0,
    rival: { order: 2.2, score: 1 },
    rivalDepth: 0,
    shaftHz: 25,
    scores: scores.map((score, i) => ({ fault: FAULTS[i], score })),
    ...more,
  }) as BearingDiagnosis;
const machine = (more: Partial<MachineCandidate>): MachineCandidate => ({
  fault: 'unbalance',
  score: 1,
  velocityMmPerS: 2,
  explains: 0,
  stage: 1,
  called: false,
  reasons: ['for: 1× is high'],
  ...more,
});

describe('a called bearing fault', () => {
  const called = (more: Partial<BearingDiagnosis>, score: number, confidence: number, uncertainty = 0, tolerance = 0) =>
    bearingVerdict(
      diagnosis({ finding: 'fault', ...more }, [score]),
      { fault: 'outer_race', confidence, score },
      2,
      { uncertainty } as Parameters<typeof bearingVerdict>[3],
      { factorsTolerance: tolerance } as RecordingContext,
    );

  test('gains confidence with score and depth, never beyond 1', () => {
    // 0.4 · (1 + 1) / (1 + e^-1.6), and half of these odds at twice the depth; 0.3 of the remainder is wrong.
    expect(called({ depth: 0.3 }, 4.6, 0.4)).toMatchObject({ fault: 'outer_race', confidence: 0.9, stage: 2 });
    expect(called({ depth: 0.6 }, 4.6, 0.4).confidence).toBe(0.918);
    expect(called({ depth: 0.3 }, 6.6, 0.4).confidence).toBe(0.833);
    expect(called({ depth: 0.3 }, 4.6, 1).confidence).toBe(1);
  });

  test('is at most 0.2 for a cage, as on real machines such calls were rolling elements', () => {
    const { confidence } = bearingVerdict(
      diagnosis({ finding: 'fault', depth: 0.6 }, [9]),
      { fault: 'cage', confidence: 0.9, score: 9 },
      2,
      { uncertainty: 0 } as Parameters<typeof bearingVerdict>[3],
      { factorsTolerance: 0 } as RecordingContext,
    );
    expect(confidence).toBe(0.2);
  });

  test('names no part if the lines do not distinguish parts', () => {
    expect(called({ depth: 0.3, finding: 'part_unsure' }, 9, 0.4)).toMatchObject({
      fault: 'bearing',
      confidence: 0.82,
    });
    expect(called({ depth: 0.3 }, 9, 0.4, 0.03).fault).toBe('outer_race');
    expect(called({ depth: 0.3 }, 9, 0.4, 0.031).fault).toBe('bearing');
    expect(called({ depth: 0.3 }, 9, 0.4, 0, 0.03).fault).toBe('outer_race');
    expect(called({ depth: 0.3 }, 9, 0.4, 0, 0.031)).toMatchObject({ fault: 'bearing', confidence: 0.82 });
  });
});

describe('without a call', () => {
  interface Given {
    found?: Partial<BearingDiagnosis>;
    top?: Partial<Candidate>;
    patterns?: MachineCandidate[];
    suspect?: ShaftSuspicion;
    kurtosis?: number;
    zone?: number;
    factors?: RecordingContext['factors'] | null;
  }
  const verdict = ({ found, top, patterns = [], suspect, kurtosis = 3, zone = 0, factors = FACTORS }: Given) =>
    verdictWithoutCall(
      diagnosis(found),
      [{ fault: 'outer_race', confidence: 0.25, score: 1, ...top }],
      patterns,
      suspect ?? null,
      { kurtosis },
      { zone, iso: { assessment: 'assessed', zone: 'ABCD'[zone] } } as Severity,
      { factors: factors ?? undefined } as RecordingContext,
      { uncertainty: 0.01 } as Parameters<typeof verdictWithoutCall>[7],
    );

  test('confidence of healthy falls with the likelihood of a fault', () => {
    expect(verdict({ top: { confidence: 0.33333 } }).confidence).toBe(0.667);
    expect(verdict({})).toEqual({
      verdict: 'healthy',
      fault: null,
      stage: null,
      confidence: 0.75,
      reason: 'no line of the bearing stands out',
    });
  });

  test('early lines give `watch`, with two fifths of their confidence', () => {
    expect(verdict({ found: { finding: 'early', depth: 0.1 }, top: { confidence: 0.3333 } })).toMatchObject({
      verdict: 'watch',
      fault: 'outer_race',
      stage: 1,
      confidence: 0.133,
    });
  });

  test('a complete machine pattern gives `watch` in zones C and D', () => {
    expect(verdict({ patterns: [machine({})], zone: 2 })).toMatchObject({ verdict: 'watch', fault: 'unbalance' });
    expect(verdict({ patterns: [machine({})], zone: 1 }).verdict).toBe('healthy');
    expect(verdict({ patterns: [machine({ score: 0.999 })], zone: 2 }).verdict).toBe('undetermined');
  });

  test('a line at the cage rate is not called', () => {
    expect(verdict({ top: { fault: 'cage', score: 6.51 } }).reason).toContain('cage’s rate');
    expect(verdict({ top: { fault: 'cage', score: 6.5 } }).verdict).toBe('healthy');
  });

  test('lines 1.5 to 5 % off a defect rate prompt for geometry and speed', () => {
    const off = (part: number, more: Partial<BearingDiagnosis> = {}, factors: Given['factors'] = FACTORS) =>
      verdict({ found: { rival: { order: part * 3.58, score: 4.7 }, rivalDepth: 0.3, ...more }, factors });
    expect(off(0.97)).toMatchObject({
      verdict: 'undetermined',
      confidence: 0,
      reason: 'outer-race-like lines, 3 % low (3.47 orders): check geometry or speed',
    });
    expect(off(1.049).reason).toContain('5 % high');
    expect(off(1.051).verdict).toBe('healthy');
    expect(off(1.014).verdict).toBe('healthy');
    expect(off(0.97, { rivalDepth: 0.29 }).verdict).toBe('healthy');
    expect(off(0.97, { rival: { order: 0.97 * 3.58, score: 4.6 } }).verdict).toBe('healthy');
    expect(off(0.97, {}, null).verdict).toBe('healthy');
  });

  test('other lines beyond chance leave the verdict undetermined', () => {
    const rival = (score: number, rivalDepth: number, top: number) =>
      verdict({ found: { rival: { order: 2.2, score }, rivalDepth }, top: { score: top } }).reason;
    const other = 'lines at 2.20 orders, not of this bearing, stand out';
    expect(rival(6.51, 0, 4.61)).toBe(other);
    expect(rival(6.51, 0.3, 1)).toBe(other);
    expect(rival(6.51, 0.29, 4.6)).toContain('no line of the bearing');
    expect(rival(6.5, 0.3, 1)).toContain('no line of the bearing');
    expect(rival(1, 0, 6.51)).toBe(`${other} as much`);
    expect(rival(1, 0, 6.5)).toContain('no line of the bearing');
  });

  test('impacts, a suspicion and a high level, in this order', () => {
    const suspect = { explains: 0.6, reason: '60 % at 1× and 2×' };
    expect(verdict({ kurtosis: 5.1, suspect, zone: 2 }).reason).toContain('impacts');
    expect(verdict({ kurtosis: 5 }).verdict).toBe('healthy');
    expect(verdict({ suspect, zone: 2 })).toMatchObject({
      verdict: 'watch',
      fault: 'misalignment_or_bent_shaft',
      stage: 1,
      confidence: 0.18,
    });
    expect(verdict({ zone: 2 }).reason).toBe('vibration in zone C, without a line that names its cause');
    expect(verdict({ zone: 1 }).verdict).toBe('healthy');
  });
});

test('confidence of a machine candidate follows its score, or the part of the vibration that its pattern explains', () => {
  expect(machineCandidate(machine({ score: 2, explains: 0.1 })).confidence).toBe(0.8);
  expect(machineCandidate(machine({ score: 1.5 })).confidence).toBe(0.692);
  expect(machineCandidate(machine({ score: 1, explains: 0.9 })).confidence).toBe(0.9);
  expect(machineCandidate(machine({ score: 0.5, explains: 0.9 })).confidence).toBe(0.2);
});

test('bearing candidates share the odds of their scores', () => {
  const half = 4.6 - Math.log(2);
  expect(candidatesOf(diagnosis({}, [4.6, half])).map((c) => c.confidence)).toEqual([0.333, 0.111]);
});

test('evidence names the lines that stand out', () => {
  const lines = evidenceOf(diagnosis({ depth: 0.25 }, [4.61, 4.6, 3, 3.01]), { rpm: 1480 } as RecordingContext, {
    kurtosis: 3,
  });
  expect(lines.slice(0, 4).map((line) => line.split(') ')[1].split(':')[0])).toEqual([
    'stand out',
    'may stand out',
    'do not stand out',
    'may stand out',
  ]);
  expect(lines).toContain('depth of modulation at the outer race (BPFO): 25 %, 30 % is the limit');
  expect(lines).toContain('shaft at 1500.0 rpm as refined, 1480.0 given');
  expect(lines).toContain('strongest other family at 2.20 orders: score 1.0, depth 0 %');
  expect(lines).toContain('kurtosis 3.0 (3 without impacts)');
});
