import { expect, test } from 'vitest';
import { csvLine } from './csvLine.ts';

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t'=1"],
  ['bolt;=cmd', "bolt;'=cmd"],
  ['bolt\n=cmd', `"bolt\n'=cmd"`],
  ['＝1', "'＝1"],
  ['a-b = c', 'a-b = c'],
  ['M8; 20', 'M8; 20'],
])('the text %j cannot become a spreadsheet formula', (text, cell) => {
  expect(csvLine([text, -1])).toBe(`${cell},-1`);
});
