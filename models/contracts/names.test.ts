import { expect, test } from 'vitest';
import { displayNameSchema, isName, safeName } from './names.ts';

test.each<[string, RegExp]>([
  ['pump-101', /^pump-101$/],
  ['Lüfter 1', /^Luefter-1\.[0-9a-f]{4}$/],
  ['Lager:1', /^Lager-1\.[0-9a-f]{4}$/],
  ['Pompe à vide', /^Pompe-a-vide\.[0-9a-f]{4}$/],
  ['ポンプ３', /^3\.[0-9a-f]{8}$/],
  ['насос', /^name\.[0-9a-f]{8}$/],
  ['x'.repeat(300), /^x{55}\.[0-9a-f]{8}$/],
])('%s has one id that is valid everywhere', (text, expected) => {
  const id = safeName(text);
  expect(id).toMatch(expected);
  expect(isName(id as string)).toBe(true);
  expect(safeName(text)).toBe(id);
});

test('texts that are normalised to the same name have different ids', () => {
  const ids = ['Lüfter 1', 'Luefter 1', 'Luefter:1', 'насос', 'вентилятор'].map(safeName);
  expect(new Set(ids).size).toBe(ids.length);
  expect(safeName('  ')).toBeNull();
});

test('ten thousand tags that differ only beyond the cut, or are in another script, have different ids', () => {
  const area = '[default]Enterprise/Site North/Area 12/Line 3/Cell 7/Press 14/Hydraulics';
  for (const tag of [(i: number) => `${area}/Sensor ${i}/PV`, (i: number) => String.fromCodePoint(0x4e00 + i)]) {
    const ids = Array.from({ length: 10_000 }, (_, i) => safeName(tag(i)));
    expect(new Set(ids).size).toBe(10_000);
  }
});

test('a display name may be in any script, but contains nothing that disturbs surrounding text', () => {
  for (const name of ['Kühlwasserpumpe Nord – Halle 3', '冷却水泵 №7', 'مضخة ١', '🏭'.repeat(200)])
    expect(displayNameSchema.safeParse(name).success, name).toBe(true);
  for (const name of ['', '   ', 'a'.repeat(201), 'a\nb', 'a\u202eb'])
    expect(displayNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
});
