import { expect, test } from 'vitest';
import { type CaseMember, caseOf } from './alertCase.ts';

const T_MS = Date.UTC(2026, 5, 1);
const member = (id: string, machine: string, afterS = 0, isActive = true, own = id): CaseMember => ({
  id,
  machine,
  case: own,
  raisedAtMs: T_MS + afterS * 1000,
  isActive,
});
const alert = (machine: string, afterS = 0) => ({ id: 'new', machine, raisedAtMs: T_MS + afterS * 1000 });

test('symptoms of one machine are one case while any of them is active', () => {
  expect(caseOf(alert('a', 86_400), [member('x', 'a')])).toEqual({ case: 'x', joining: [] });
  expect(caseOf(alert('a', 86_400), [member('x', 'a', 0, false)])).toEqual({ case: 'new', joining: [] });
});

test('three machines within two minutes are one event; two, or three over hours, are not', () => {
  const [x, y] = [member('x', 'a'), member('y', 'b', 60)];
  expect(caseOf(alert('c', 100), [x, y])).toEqual({ case: 'x', joining: ['y'] });
  expect(caseOf(alert('c', 100), [x])).toEqual({ case: 'new', joining: [] });
  expect(caseOf(alert('c', 7200), [x, y])).toEqual({ case: 'new', joining: [] });
  // Two alerts of one machine are not two machines.
  expect(caseOf(alert('c', 100), [x, member('y', 'a', 30, false)])).toEqual({ case: 'new', joining: [] });
});

test('a late alert joins the event that it belongs to by its time', () => {
  const event = ['a', 'b', 'c', 'd'].map((m, i) => member(`x${m}`, m, i, false, 'xa'));
  expect(caseOf(alert('late', 1), event)).toEqual({ case: 'xa', joining: [] });
});

test('alerts two minutes apart belong together, a second more and they do not; at equal times the first by name gives the case', () => {
  const at = (afterS: number) => caseOf(alert('c', afterS), [member('x', 'a'), member('y', 'b', 60)]).case;
  expect([at(120), at(121)]).toEqual(['x', 'new']);
  const [y, x] = [member('y', 'b'), member('x', 'a')];
  for (const near of [
    [x, y],
    [y, x],
  ])
    expect(caseOf(alert('c'), near)).toEqual({ case: 'x', joining: ['y'] });
});
