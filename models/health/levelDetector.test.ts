import { describe, expect, test } from 'vitest';
import { checkDetector } from './detectorChecks.ts';
import { LEVEL_DEFAULTS, LevelDetector } from './levelDetector.ts';

const names = ['mean', 'rms', 'band', 'envelopeBpfo'];
const wobble = (i: number) => 1 + 0.1 * Math.sin(i * 12.9898) + 0.05 * Math.sin(i / 30);
const healthy = (i: number) => [0, 0.1 * wobble(i), 0.05 * wobble(i + 7), 0.01 * wobble(i + 3)];
const broken = (i: number) => healthy(i).map((v, column) => (column === 0 ? v : v * 4));
const create = (snapshot?: Float64Array) =>
  new LevelDetector(names, ['rms', 'band'], ['envelopeBpfo'], LEVEL_DEFAULTS, snapshot);
const learnRows = LEVEL_DEFAULTS.skipWindows + LEVEL_DEFAULTS.learnWindows;

describe('checks of every detector', () => checkDetector({ create, healthy, broken, learnRows }));

function taught() {
  const detector = create();
  for (let i = 0; i < learnRows; i++) detector.learn(healthy(i));
  return detector;
}

test('follows a run-in downwards, so that a later rise counts from the lower level', () => {
  const detector = taught();
  const scaled = (i: number, by: number) => healthy(i).map((v) => v * by);
  for (let i = 0; i < 1000; i++) detector.learn(scaled(i, 0.6));
  for (let i = 0; i < 40; i++) detector.learn(scaled(i, 0.6 * 2.4));
  const score = detector.score(scaled(40, 0.6 * 2.4));
  expect(score.assessable && score.index).toBeGreaterThan(1);
});

test('standstill is not healthy operation, and is not learned', () => {
  const detector = taught();
  for (let i = 0; i < 500; i++) detector.learn([0, 1e-4, 1e-4, 1e-4]);
  expect(detector.score([0, 1e-4, 1e-4, 1e-4]).assessable).toBe(false);
  for (let i = 0; i < 100; i++) detector.learn(healthy(i));
  const score = detector.score(healthy(0));
  expect(score.assessable && score.index).toBeLessThan(0.6);
});

test('a single spike has no effect', () => {
  const detector = taught();
  for (let i = 0; i < 4; i++) detector.learn(broken(i).map((v) => v * 100));
  const score = detector.score(healthy(5));
  expect(score.assessable && score.index).toBeLessThan(0.6);
});

test('reports the level and the baseline of each feature', () => {
  const detector = taught();
  for (let i = 0; i < 60; i++) detector.learn(broken(i));
  const score = detector.score(broken(60));
  const line = score.assessable && score.contributions.find((c) => c.feature === 'envelopeBpfo');
  expect(line && line.value / line.normal).toBeCloseTo(4, 0);
});

test('refuses missing features, and snapshots of other features', () => {
  expect(() => new LevelDetector(names, ['no such'], [], LEVEL_DEFAULTS)).toThrow(RangeError);
  expect(() => new LevelDetector(names, ['rms', 'band'], [], LEVEL_DEFAULTS, new Float64Array(3))).toThrow(RangeError);
});

test('a long period at low load does not make full load an alert', () => {
  const detector = taught();
  for (let i = 0; i < 5000; i++) detector.learn(healthy(i).map((v) => v * 0.3));
  for (let i = 0; i < 60; i++) detector.learn(healthy(i));
  const score = detector.score(healthy(60));
  expect(score.assessable && score.index).toBeLessThan(1);
});
