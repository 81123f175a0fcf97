import { expect, test } from 'vitest';
import { mutantsOf, mutated } from './mutants.ts';

const all = (source: string) => mutantsOf(source).map((mutant) => mutated(source, mutant));

test('arithmetic, comparison and logical operators become their opposites', () => {
  expect(all('f = a * b')).toContain('f = a / b');
  expect(all('f = a < b')).toEqual([';', 'f = a <= b']);
  expect(all('f = a && b')).toContain('f = a || b');
  expect(all('a += b')).toContain('a -= b');
});

test('constants are doubled or flipped, and zero becomes one', () => {
  expect(all('const a = 1e-3, b = 0, c = true')).toEqual([
    'const a = (2 * 1e-3), b = 0, c = true',
    'const a = 1e-3, b = 1, c = true',
    'const a = 1e-3, b = 0, c = false',
  ]);
});

test('conditions are negated and statements removed', () => {
  expect(all('if (a) b();')).toEqual(['if (!(a)) b();', 'if (a) ;']);
  expect(all('const f = () => { for (;;) break; }')).toEqual(['const f = () => { for (;;) ; }']);
});

test('types, imports, texts and logging are unchanged', () => {
  expect(all("import a from 'a'; const b: 1 | 2 = c; const d = 'x' + e;")).toEqual([]);
  expect(all("class A { b() { this.#log.info('c'); } }")).toEqual([]);
});

test('a mutant names its line', () => {
  expect(mutantsOf('\n\nconst a = b - c;')).toEqual([{ start: 14, line: 3, was: '-', now: '+' }]);
});
