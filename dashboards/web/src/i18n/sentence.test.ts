import { expect, test } from 'vitest';
import { sentences } from './german/sentences.ts';
import { translateSentence } from './sentence.ts';

const german = (text: string) => translateSentence(text, sentences, (code) => `<${code}>`);

test.each([
  ['stage 3 of 4', 'Stufe 3 von 4'],
  [
    'four harmonics of the outer race (BPFO) stand out: score 73.0, 4.6 is the limit',
    'vier Harmonische von Außenring (BPFO) ragen heraus: Wert 73,0, Grenze 4,6',
  ],
  ['outer-race line (BPFO) 849.9 times its normal', 'Außenringlinie (BPFO) 849,9 × normal'],
  ['next: cage line (FTF) 49.1 times its normal', 'danach: Käfiglinie (FTF) 49,1 × normal'],
  ['unbalance_or_bent_shaft, against: 0.86 mm/s at 1×', '<unbalance_or_bent_shaft>, dagegen: 0,86 mm/s bei 1×'],
  ['unbalance, for: 2× is 33 % of 1×', '<unbalance>, dafür: 2× beträgt 33 % von 1×'],
  ['6 more windows', 'noch 6 Fenster'],
])('%s', (text, expected) => {
  expect(german(text)).toBe(expected);
});

test('an unknown sentence is left to the caller, not partly translated', () => {
  expect(german('unbalance, for: the moon is full')).toBeNull();
  expect(german('stage three of four')).toBeNull();
});

test('each German pattern inserts as many numbers and parts as its English one', () => {
  const count = (text: string) => [text.split('#').length, text.split('@').length];
  for (const [english, text] of Object.entries(sentences.patterns))
    expect(count(text), english).toEqual(count(english));
});
