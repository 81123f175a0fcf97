import { expect, test } from 'vitest';
import type { Detector } from '#models/health/detector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import { StateDetectors } from './stateDetectors.ts';

/** Counts the rows it has seen. */
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

test('each speed band has its own detector until there are operating states; of too many the least recently used is dropped', () => {
  const detectors = new StateDetectors(counter, 0.1);
  const seen = (assignment: StateAssignment) => {
    detectors.judge([1], assignment, 0, false);
    return detectors.snapshot(assignment)?.[0];
  };
  expect(seen({ kind: 'one' })).toBe(1);
  // Learning from before the first speed goes to its band.
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
