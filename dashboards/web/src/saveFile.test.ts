import { expect, test } from 'vitest';
import { csvOf, fileNameOf, wavOf } from './saveFile.ts';

test('a CSV file quotes values where needed, leaves gaps empty, and contains no formulas', () => {
  expect(
    csvOf(
      ['time', 'a,"b"'],
      [
        ['x', '=1+1'],
        [1.5, null],
      ],
    ),
  ).toBe('time,"a,""b"""\r\nx,1.5\r\n\'=1+1,\r\n');
});

test('any title gives a valid file name', () => {
  expect(fileNameOf('2H Größe / Spektrum: ×', 'csv')).toBe('2H-Größe-Spektrum.csv');
  expect(fileNameOf('…', 'png')).toBe('chart.png');
  expect(fileNameOf('../../x', 'png')).toBe('x.png');
});

test('a WAV file has the rate, the length and the values in their unit', () => {
  const bytes = wavOf(Float32Array.from([0.5, -2]), 12_800.2);
  const view = new DataView(bytes.buffer);
  const letters = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  expect([letters(0), letters(8), letters(36)]).toEqual(['RIFF', 'WAVE', 'data']);
  expect([view.getUint16(20, true), view.getUint32(24, true), view.getUint32(40, true)]).toEqual([3, 12_800, 8]);
  expect([view.getUint32(4, true) + 8, bytes.length]).toEqual([52, 52]);
  expect([view.getFloat32(44, true), view.getFloat32(48, true)]).toEqual([0.5, -2]);
});
