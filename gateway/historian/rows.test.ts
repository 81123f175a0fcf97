import { expect, test } from 'vitest';
import { rowsOf } from './rows.ts';

const fieldsOf = (more: object) =>
  rowsOf(
    `health\n${JSON.stringify({ site: 's', edge: 'e', asset: 'a', timeMs: 5, status: 'NORMAL', remainingLife: { assessment: 'not_assessable' }, ...more })}`,
  )[0].fields;

test('an operating state is a number in the series; a machine with a single state has none', () => {
  const states = [{ kind: 'known', state: 2 }, { kind: 'stopped' }, { kind: 'between' }];
  expect(states.map((state) => fieldsOf({ operatingState: { ...state, of: 3 } }).operatingState)).toEqual([2, -1, -2]);
  expect(fieldsOf({})).toEqual({ status: 'NORMAL' });
});
