import { expect, test } from 'vitest';
import { familyIn, isOfFamily } from './highlight.ts';

test('a sentence names its lines: bearing frequencies by name, orders as multiples', () => {
  expect(familyIn('four harmonics of the outer race (BPFO) stand out: score 12, 4 is the limit')).toBe('BPFO');
  expect(familyIn('depth of modulation at the rolling element (2×BSF): 12 %, 4 % is the limit')).toBe('2×BSF');
  expect(familyIn('2.53 mm/s at 2×')).toBe('2×');
  expect(familyIn('shaft at 1478 rpm as refined, 1480 given')).toBeNull();
});

test('harmonics and sidebands belong to a bearing frequency; an order is one line', () => {
  expect(['BPFO', '2×BPFO', 'BPFO + 1×', 'BPFI'].map((line) => isOfFamily(line, 'BPFO'))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(['1×', '2×', '2×BSF'].map((line) => isOfFamily(line, '2×'))).toEqual([false, true, false]);
  expect(isOfFamily('4×BSF', '2×BSF')).toBe(true);
  expect(isOfFamily('1×', null)).toBe(false);
});
