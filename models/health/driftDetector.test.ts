import { describe, expect, test } from 'vitest';
import { checkDetector } from './detectorChecks.ts';
import { DRIFT_DEFAULTS, DriftDetector } from './driftDetector.ts';

const row = (mean: number) => [mean, mean - 1, mean + 1, 0.5, 0];
const healthy = (i: number) => row(60 + 3 * Math.sin(i));
const create = (snapshot?: Float64Array) => new DriftDetector(DRIFT_DEFAULTS, snapshot);
const learnRows = DRIFT_DEFAULTS.skipWindows + DRIFT_DEFAULTS.learnWindows;

describe('checks of every detector', () =>
  checkDetector({ create, healthy, broken: (i) => row(95 + Math.sin(i)), learnRows }));

test('falling counts as much as rising', () => {
  const detector = create();
  for (let i = 0; i < learnRows; i++) detector.learn(healthy(i));
  for (let i = 0; i < 20; i++) detector.learn(row(30));
  const score = detector.score(row(30));
  expect(score.assessable && score.index).toBeGreaterThan(1);
});

test('a value that never moved while it was learned may still breathe by the floor', () => {
  const detector = create();
  for (let i = 0; i < learnRows; i++) detector.learn(row(100));
  for (let i = 0; i < 20; i++) detector.learn(row(109));
  const score = detector.score(row(109));
  expect(score.assessable && score.index).toBeCloseTo(9 / (6 * 2), 2);
});

test('a value that stood at zero while it was learned has no scale to judge by', () => {
  const detector = create();
  for (let i = 0; i < learnRows; i++) detector.learn(row(0));
  expect(detector.score(row(0.01))).toMatchObject({ assessable: false, remedy: expect.any(String) });
});
