import { expect, test } from 'vitest';
import { evaluateDiagnosis, type JudgedRecording } from './evaluateDiagnosis.ts';

const judged = (
  truth: string,
  verdict: JudgedRecording['analysis']['verdict'],
  fault: JudgedRecording['analysis']['fault'],
  first: 'ball' | 'outer_race' = 'ball',
  confidence = 0.5,
): JudgedRecording => ({
  truth,
  rpm: 1480,
  analysis: { verdict, fault, confidence, candidates: [{ fault: first, confidence: 0.5, score: 5 }] },
});

test('calls are counted by how they compare with a known fault', () => {
  const { all, byFault, bySpeed } = evaluateDiagnosis([
    judged('ball', 'fault', 'ball'),
    judged('ball', 'fault', 'bearing', 'outer_race'),
    judged('ball', 'fault', 'outer_race', 'outer_race'),
    judged('ball', 'watch', 'ball'),
    judged('bent_shaft', 'fault', 'misalignment_or_bent_shaft'),
    judged('unbalance', 'fault', 'outer_race'),
    judged('healthy', 'fault', 'unbalance'),
    judged('healthy', 'undetermined', 'undetermined'),
  ]);
  expect(all.firstRight).toMatchObject({ count: 2, of: 4 });
  expect(all.called).toMatchObject({ count: 5, of: 6 });
  expect(all.callsRight).toMatchObject({ count: 3, of: 6 });
  expect(all.calledWrong).toMatchObject({ count: 1, of: 4 });
  expect(all.soundBearingsBlamed).toMatchObject({ count: 1, of: 4 });
  expect(all.healthyCalledFaulty).toMatchObject({ count: 1, of: 2 });
  // The watched ball counts in addition to the right calls.
  expect(all.namedRight).toMatchObject({ count: 4, of: 6 });
  expect(all.watched).toMatchObject({ count: 1, of: 8 });
  expect(all.healthyWatched).toMatchObject({ count: 0, of: 2 });
  expect(byFault.map((s) => [s.name, s.recordings])).toContainEqual(['ball', 4]);
  expect(bySpeed.map((s) => s.name)).toEqual(['1500 rpm']);
});

test('verdicts of similar confidence are binned together, calls and suspicions separately', () => {
  const { calibration } = evaluateDiagnosis([
    judged('ball', 'fault', 'ball', 'ball', 0.8),
    judged('ball', 'fault', 'bearing', 'ball', 0.84),
    judged('ball', 'fault', 'outer_race', 'ball', 0.76),
    judged('ball', 'fault', 'ball', 'ball', 0.95),
    judged('ball', 'watch', 'outer_race', 'ball', 0.3),
    judged('healthy', 'healthy', null, 'ball', 0.9),
  ]);
  expect(calibration).toHaveLength(3);
  expect(calibration[0]).toMatchObject({
    verdict: 'fault',
    from: 0.95,
    meanConfidence: 0.95,
    right: { count: 1, of: 1 },
  });
  expect(calibration[1]).toMatchObject({ verdict: 'fault', from: 0.75, right: { count: 2, of: 3 } });
  expect(calibration[1].meanConfidence).toBeCloseTo(0.8, 9);
  expect(calibration[2]).toMatchObject({ verdict: 'watch', from: 0.25, right: { count: 0, of: 1 } });
});
