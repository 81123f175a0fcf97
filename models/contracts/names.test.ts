import { expect, test } from 'vitest';
import { displayNameSchema, isName, safeName } from './names.ts';

test.each<[string, RegExp]>([
  ['pump-101', /^pump-101$/],
  ['Lüfter 1', /^Luefter-1\.[0-9a-f]{4}$/],
  ['Lager:1', /^Lager-1\.[0-9a-f]{4}$/],
  ['Pompe à vide', /^Pompe-a-vide\.[0-9a-f]{4}$/],
  ['ポンプ３', /^(3|name)\.[0-9a-f]{4}$/],
  ['насос', /^name\.[0-9a-f]{4}$/],
  ['x'.repeat(300), /^x{59}\.[0-9a-f]{4}$/],
])('%s has one id that is safe everywhere', (text, wanted) => {
  const id = safeName(text);
  expect(id).toMatch(wanted);
  expect(isName(id as string)).toBe(true);
  expect(safeName(text)).toBe(id);
});

test('texts that are written alike have ids of their own', () => {
  const ids = ['Lüfter 1', 'Luefter 1', 'Luefter:1', 'насос', 'вентилятор'].map(safeName);
  expect(new Set(ids).size).toBe(ids.length);
  expect(safeName('  ')).toBeNull();
});

test('a display name may be of any script, and holds nothing that disturbs what stands beside it', () => {
  for (const name of ['Kühlwasserpumpe Nord – Halle 3', '冷却水泵 №7', 'مضخة ١', '🏭'.repeat(200)])
    expect(displayNameSchema.safeParse(name).success, name).toBe(true);
  for (const name of ['', '   ', 'a'.repeat(201), 'a\nb', 'a\u202eb'])
    expect(displayNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
});
