import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testsOf } from './testsOf.ts';

/** A part behind a store; its own test reaches it by a fixture, three imports away. */
function plant() {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-mutate-'));
  const at = (name: string) => join(folder, name);
  for (const name of ['part.ts', 'part.test.ts', 'store.ts', 'store.test.ts']) writeFileSync(at(name), '');
  const importers = new Map([
    [at('part.ts'), [at('store.ts')]],
    [at('store.ts'), [at('store.test.ts'), at('fixture.ts')]],
    [at('fixture.ts'), [at('part.test.ts'), at('other.test.ts')]],
  ]);
  return { at, importers };
}

test('the test of a file comes first, then those that reach it by import, up to a distance', () => {
  const { at, importers } = plant();
  expect(testsOf(at('part.ts'), importers, 2)).toEqual([at('part.test.ts'), at('store.test.ts')]);
  expect(testsOf(at('part.ts'), importers, 3)).toEqual(['part', 'store', 'other'].map((n) => at(`${n}.test.ts`)));
  expect(testsOf(at('fixture.ts'), importers, 0)).toEqual([]);
});
