import { expect, test } from 'vitest';
import type { Fault } from '#models/contracts/alert.ts';
import { type AlertCause, stepCause } from './alertCause.ts';

const diagnosis = (fault: Fault) => ({ fault, confidence: 0.9, reasons: [`it is ${fault}`] });

/** The causes after each diagnosis, and the second faults that were reported. */
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

test('a name becomes certain, and stays when a later diagnosis says less', () => {
  expect(follow('undetermined', 'bearing', 'outer_race', 'bearing', 'undetermined').causes).toEqual([
    'undetermined',
    'bearing',
    'outer_race',
    'outer_race',
    'outer_race',
  ]);
});

test('another fault is a second one, when two diagnoses in a row name it, and changes no cause', () => {
  expect(follow('unbalance', 'inner_race')).toEqual({ causes: ['unbalance', 'unbalance'], seconds: [] });
  expect(follow('unbalance', 'inner_race', 'inner_race')).toEqual({
    causes: ['unbalance', 'unbalance', 'unbalance'],
    seconds: ['inner_race'],
  });
  expect(follow('unbalance', 'inner_race', 'unbalance', 'inner_race').seconds).toEqual([]);
});

test("a fault of the machine beside the bearing's is a second one, when two diagnoses in a row name it", () => {
  const beside = diagnosis('unbalance');
  const first = stepCause(null, diagnosis('outer_race'), false, beside);
  expect(first.second).toBeNull();
  const next = stepCause(first.cause, diagnosis('outer_race'), false, beside);
  expect([next.cause.diagnosis.fault, next.second?.fault]).toEqual(['outer_race', 'unbalance']);
  const between = stepCause(first.cause, diagnosis('outer_race'), false, null);
  expect(stepCause(between.cause, diagnosis('outer_race'), false, beside).second).toBeNull();
});

test('another part of the same bearing replaces the first, and says so', () => {
  const first = stepCause(null, diagnosis('outer_race'), false).cause;
  const { cause, second } = stepCause(first, diagnosis('ball'), false);
  expect(second).toBeNull();
  expect(cause.diagnosis.fault).toBe('ball');
  expect(cause.diagnosis.reasons.at(-1)).toContain('outer race');
});

test('a diagnosis of too little signal gives way to one of enough, and not the other way round', () => {
  const early = stepCause(null, diagnosis('ball'), true).cause;
  const sure = stepCause(early, diagnosis('unbalance'), false);
  expect([sure.cause.diagnosis.fault, sure.second]).toEqual(['unbalance', null]);
  expect(stepCause(sure.cause, diagnosis('ball'), true).cause.diagnosis.fault).toBe('unbalance');
});
