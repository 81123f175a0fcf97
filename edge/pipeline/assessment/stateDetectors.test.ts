import { expect, test } from 'vitest';
import type { Detector } from '#models/health/detector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import { StateDetectors } from './stateDetectors.ts';

/** Knows how many rows it has seen. */
function counter(snapshot: Float64Array = Float64Array.of(0)): Detector {
  let seen = snapshot[0];
  return {
    score: () => ({ assessable: false, reason: 'r', remedy: 'm' }),
    learn: () => {
      seen++;
    },
    snapshot: () => Float64Array.of(seen),
  };
}

test('each band of speed has a detector of its own until there are states, and of many the longest unused is forgotten', () => {
  const detectors = new StateDetectors(counter, 0.1);
  const seen = (placed: StateAssignment) => {
    detectors.judge([1], placed, 0, false);
    return detectors.snapshot(placed)?.[0];
  };
  expect(seen({ kind: 'one' })).toBe(1);
  // What was learned before a speed was heard is that of the first one.
  expect(seen({ kind: 'one', speed: 40 })).toBe(2);
  expect(seen({ kind: 'one', speed: 38 })).toBe(1);
  expect(seen({ kind: 'one', speed: 40 })).toBe(3);
  for (let speed = 10; speed < 25; speed++) expect(seen({ kind: 'one', speed })).toBe(1);
  expect(detectors.state().detectors).toHaveLength(16);
  expect(seen({ kind: 'one', speed: 40 })).toBe(4);
  expect(seen({ kind: 'one', speed: 38 })).toBe(1);
  expect(seen({ kind: 'state', state: 0, stopped: false })).toBe(1);
  expect(detectors.state().detectors.map(({ key }) => key)).toEqual([0]);
});
