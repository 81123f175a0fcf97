import { expect, test } from 'vitest';
import { readPairs } from './pairs.ts';

const pairs = (more: object = {}) => ({ separator: ';', assignment: '=', leading: [], ...more });

test.each<[string, string, object, object]>([
  ['names and values', 'T=61.2; N = 1480 ;STAT=OK', {}, { T: '61.2', N: '1480', STAT: 'OK' }],
  ['what has no name is left out', 'OK;T=61.2;;', {}, { T: '61.2' }],
  ['a value with the sign of assignment', 'U=a=b', {}, { U: 'a=b' }],
  ['blanks of any number', 'temp:61.2   hum:40\r\n', { separator: ' ', assignment: ':' }, { temp: '61.2', hum: '40' }],
  ['a pair a line', 'T=61.2\nN=1480\n', { separator: '\n' }, { T: '61.2', N: '1480' }],
  ['names and values in turns', 't|61.2|n|1480|x', { separator: '|', assignment: '|' }, { t: '61.2', n: '1480' }],
  ['what stands before', '12:00|t|5', { separator: '|', assignment: '|', leading: ['at'] }, { at: '12:00', t: '5' }],
])('%s', (_, text, more, value) => {
  expect(readPairs(text, pairs(more))).toEqual({ ok: true, value });
});

test('several lines are refused if a later one would replace an earlier one', () => {
  expect(readPairs('T=61.2\nT=61.4', pairs())).toEqual({ ok: false, rejection: 'bad_payload' });
  expect(readPairs('no pairs', pairs())).toEqual({ ok: false, rejection: 'bad_payload' });
});
