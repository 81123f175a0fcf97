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

test('ten thousand tags that differ only where their ids are cut, or in another script, have ids of their own', () => {
  const area = '[default]Enterprise/Site North/Area 12/Line 3/Cell 7/Press 14/Hydraulics';
  for (const tag of [(i: number) => `${area}/Sensor ${i}/PV`, (i: number) => String.fromCodePoint(0x4e00 + i)]) {
    const ids = Array.from({ length: 10_000 }, (_, i) => safeName(tag(i)));
    expect(new Set(ids).size).toBe(10_000);
  }
});

test('a display name may be of any script, and holds nothing that disturbs what stands beside it', () => {
  for (const name of ['Kühlwasserpumpe Nord – Halle 3', '冷却水泵 №7', 'مضخة ١', '🏭'.repeat(200)])
    expect(displayNameSchema.safeParse(name).success, name).toBe(true);
  for (const name of ['', '   ', 'a'.repeat(201), 'a\nb', 'a\u202eb'])
    expect(displayNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
});
