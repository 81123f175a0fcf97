import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangesOf, SeenSequences } from './sequences.ts';

test('ranges cover exactly the given sequences', () => {
  expect(rangesOf([5, 1, 2, 3, 9, 10, 5])).toEqual([
    [1, 3],
    [5, 5],
    [9, 10],
  ]);
  expect(rangesOf([])).toEqual([]);
});

test('each sequence is new once, in any order and with repeats', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }), (sequences) => {
      const seen = new SeenSequences();
      const known = new Set<number>();
      for (const sequence of sequences) {
        expect(seen.add(sequence, 1)).toBe(!known.has(sequence));
        known.add(sequence);
      }
      expect(seen.above.has(seen.upTo + 1)).toBe(false);
    }),
  );
});

test('no late message is lost behind thousands of overtaking ones', () => {
  const seen = new SeenSequences();
  for (let s = 2; s <= 20_000; s += 2) expect(seen.add(s, 1)).toBe(true);
  for (let s = 1; s <= 20_000; s += 2) expect(seen.add(s, 1)).toBe(true);
  expect(seen.upTo).toBe(20_000);
  expect(seen.above.size).toBe(0);
});

test('sequences that an edge dropped are not waited for', () => {
  const seen = new SeenSequences();
  seen.add(1, 1);
  for (let s = 1000; s <= 1010; s++) seen.add(s, 1000);
  expect(seen).toMatchObject({ upTo: 1010 });
  expect(seen.above.size).toBe(0);
});
