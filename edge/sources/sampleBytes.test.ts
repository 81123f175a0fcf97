import { expect, test } from 'vitest';
import { samplesInText } from './sampleBytes.ts';

test.each([
  ['1 2 3', [1, 2, 3]],
  [' 1,2 ;3 , -4.5e-3\n', [1, 2, 3, -0.0045]],
  ['1\t\t+2  ;  .5', [1, 2, 0.5]],
])('decimals: %j', (text, samples) => {
  expect(samplesInText(text)).toEqual(samples);
});

test.each(['1,,2', '1 , ; 2', '1 2 x', ', 1 2'])('no decimals: %j', (text) => {
  expect(samplesInText(text)).toBe('bad_payload');
});

test('decimal commas are not read as a list of twice as many numbers', () => {
  expect(samplesInText('0,1;0,2;-0,3')).toBe('wrong_type');
});

test('a text that almost looks like a list of decimals is rejected quickly', () => {
  const startMs = performance.now();
  expect(samplesInText(`${'1   '.repeat(20_000)}x`)).toBe('bad_payload');
  expect(samplesInText(`1${' '.repeat(20_000)}x`)).toBe('bad_payload');
  expect(performance.now() - startMs).toBeLessThan(2000);
});
