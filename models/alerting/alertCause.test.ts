import { expect, test } from 'vitest';
import type { Fault } from '#models/contracts/alert.ts';
import { type AlertCause, stepCause } from './alertCause.ts';

const diagnosis = (fault: Fault) => ({ fault, confidence: 0.9, reasons: [`it is ${fault}`] });

/** The cause after each diagnosis, and the second faults reported. */
function follow(...faults: Fault[]) {
  let cause: AlertCause | null = null;
  const seconds: Fault[] = [];
  const causes = faults.map((fault) => {
    const next = stepCause(cause, diagnosis(fault), false);
    cause = next.cause;
    if (next.second) seconds.push(next.second.fault);
    return cause.diagnosis.fault;
  });
  return { causes, seconds };
}

test('a fault name becomes certain, and stays when a later diagnosis is less specific', () => {
  expect(follow('undetermined', 'bearing', 'outer_race', 'bearing', 'undetermined').causes).toEqual([
    'undetermined',
    'bearing',
    'outer_race',
    'outer_race',
    'outer_race',
  ]);
});

test('another fault becomes a second one when two diagnoses in a row name it, and leaves the cause unchanged', () => {
  expect(follow('unbalance', 'inner_race')).toEqual({ causes: ['unbalance', 'unbalance'], seconds: [] });
  expect(follow('unbalance', 'inner_race', 'inner_race')).toEqual({
    causes: ['unbalance', 'unbalance', 'unbalance'],
    seconds: ['inner_race'],
  });
  expect(follow('unbalance', 'inner_race', 'unbalance', 'inner_race').seconds).toEqual([]);
});

test("a machine fault beside the bearing's becomes a second one when two diagnoses in a row name it", () => {
  const beside = diagnosis('unbalance');
  const first = stepCause(null, diagnosis('outer_race'), false, beside);
  expect(first.second).toBeNull();
  const next = stepCause(first.cause, diagnosis('outer_race'), false, beside);
  expect([next.cause.diagnosis.fault, next.second?.fault]).toEqual(['outer_race', 'unbalance']);
  const between = stepCause(first.cause, diagnosis('outer_race'), false, null);
  expect(stepCause(between.cause, diagnosis('outer_race'), false, beside).second).toBeNull();
});

test('another part of the same bearing replaces the first, with a remark', () => {
  const first = stepCause(null, diagnosis('outer_race'), false).cause;
  const { cause, second } = stepCause(first, diagnosis('ball'), false);
  expect(second).toBeNull();
  expect(cause.diagnosis.fault).toBe('ball');
  expect(cause.diagnosis.reasons.at(-1)).toContain('outer race');
});

test('a diagnosis from too little signal is replaced by one from enough, but not the reverse', () => {
  const early = stepCause(null, diagnosis('ball'), true).cause;
  const sure = stepCause(early, diagnosis('unbalance'), false);
  expect([sure.cause.diagnosis.fault, sure.second]).toEqual(['unbalance', null]);
  expect(stepCause(sure.cause, diagnosis('ball'), true).cause.diagnosis.fault).toBe('unbalance');
});
