import { expect, test } from 'vitest';
import type { Detector } from './detector.ts';

export interface DetectorCase<Snapshot> {
  create: (snapshot?: Snapshot) => Detector<Snapshot>;
  /** The i-th row of a healthy machine, to learn from. */
  healthy: (i: number) => number[];
  /** A row of a machine that is clearly broken. */
  broken: (i: number) => number[];
  learnRows: number;
}

/** Contract of every detector, run by the test of each. */
export function checkDetector<Snapshot>({ create, healthy, broken, learnRows }: DetectorCase<Snapshot>): void {
  const taught = () => {
    const detector = create();
    for (let i = 0; i < learnRows; i++) detector.learn(healthy(i));
    return detector;
  };

  test('gives no verdict, with reason and remedy, before it has learned', () => {
    const score = create().score(healthy(0));
    expect(score).toMatchObject({ assessable: false, reason: expect.any(String), remedy: expect.any(String) });
  });

  test('a healthy machine stays below the limit, a broken one rises above it and is explained', () => {
    const detector = taught();
    for (let i = 0; i < 300; i++) {
      const score = detector.score(healthy(learnRows + i));
      expect(score.assessable && score.index).toBeLessThan(1);
      detector.learn(healthy(learnRows + i));
    }
    for (let i = 0; i < 60; i++) detector.learn(broken(i));
    const score = detector.score(broken(60));
    expect(score.assessable && score.index).toBeGreaterThan(1);
    expect(score.assessable && score.contributions.length).toBeGreaterThan(0);
  });

  test('never learns from a fault that lasts', () => {
    const detector = taught();
    for (let i = 0; i < 2000; i++) detector.learn(broken(i));
    const score = detector.score(broken(0));
    expect(score.assessable && score.index).toBeGreaterThan(1);
  });

  test('score changes nothing', () => {
    const detector = taught();
    const before = detector.snapshot();
    detector.score(broken(0));
    expect(detector.snapshot()).toEqual(before);
  });

  test('goes on from a snapshot as if nothing had happened, at any moment', () => {
    for (const stop of [0, 1, 5, Math.floor(learnRows / 2), learnRows - 1, learnRows, learnRows + 7]) {
      const one = create();
      for (let i = 0; i < stop; i++) one.learn(healthy(i));
      const other = create(one.snapshot());
      for (let i = stop; i < learnRows + 20; i++) {
        expect(other.score(healthy(i))).toEqual(one.score(healthy(i)));
        one.learn(healthy(i));
        other.learn(healthy(i));
      }
      expect(other.snapshot()).toEqual(one.snapshot());
    }
  });
}
