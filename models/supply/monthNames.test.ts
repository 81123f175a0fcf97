import { expect, test } from 'vitest';
import { monthNamed } from './monthNames.ts';

test.each([
  ['English', 'jan feb mar apr may jun jul aug sep oct nov dec'],
  ['German', 'Jan. Feb. Mrz. Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.'],
  ['French', 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'],
  ['Spanish', 'ene feb mar abr may jun jul ago sep oct nov dic'],
  ['Italian', 'gen feb mar apr mag giu lug ago set ott nov dic'],
  ['Dutch', 'jan feb mrt apr mei jun jul aug sep okt nov dec'],
  ['Portuguese', 'jan fev mar abr mai jun jul ago set out nov dez'],
  ['Polish', 'sty lut mar kwi maj cze lip sie wrz paź lis gru'],
  ['Swedish', 'januari februari mars april maj juni juli augusti september oktober november december'],
])('%s months', (_, names) => {
  expect(names.split(' ').map(monthNamed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test.each(['jui', 'ma', 'total', 'week', ''])('"%s" is not a month, or ambiguous', (name) => {
  expect(monthNamed(name)).toBeNull();
});
