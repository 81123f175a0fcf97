import { expect, test } from 'vitest';
import { chartCsv } from './chartExport.tsx';

test('a trend is exported with its times and both curves, a spectrum with its frequencies', () => {
  const trend = { title: '2H RMS', unit: 'g', xIsTime: true, x: [0], y: [1.25], compared: [null], note: 'before' };
  expect(chartCsv(trend)).toBe('Time,2H RMS (g),before\r\n1970-01-01T00:00:00.000Z,1.25,\r\n');
  const spectrum = { title: 'Spectrum', unit: '', xUnit: 'Hz', xIsTime: false, x: [0.5], y: [2] };
  expect(chartCsv(spectrum)).toBe('Hz,Spectrum\r\n0.5,2\r\n');
});
