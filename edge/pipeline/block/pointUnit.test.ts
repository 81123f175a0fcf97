import { expect, test } from 'vitest';
import { pointSchema } from '#models/machine/asset.ts';
import { toPointUnit } from './pointUnit.ts';

const scalars = (value: number, unit: string) => ({
  kind: 'scalars' as const,
  asset: 'm',
  point: 'p',
  timeQuality: 'source' as const,
  unit,
  timesUs: Float64Array.of(0),
  values: Float64Array.of(value),
});

test.each([
  [142.16, '°F', { unit: 'degC' }, 61.2],
  [334.35, 'K', { unit: 'degC' }, 61.2],
  [100, 'psi', { unit: 'bar' }, 6.894757],
  [689.4757, 'kPa', { unit: 'bar' }, 6.894757],
  [0.1, 'in/s', { unit: 'mm/s' }, 2.54],
  [0.1, 'ips', { unit: 'mm/s' }, 2.54],
  [2, 'mils', { unit: 'um' }, 50.8],
  [25, 'Hz', { unit: 'rpm' }, 1500],
  [25, 'Hz', { role: 'speed' }, 1500],
  [100, 'gpm', { unit: 'm3/h' }, 22.712],
  [1500, 'W', { unit: 'kW' }, 1.5],
  [1500, 'mW', { unit: 'kW' }, 0.0015],
  [2, 'MW', { unit: 'kW' }, 2000],
  [61.2, 'Cel', { unit: 'degC' }, 61.2],
])('%d %s at a point with %o is %d', (value, named, config, expected) => {
  const block = scalars(value, named);
  toPointUnit(block, pointSchema.parse(config));
  expect(block.values[0]).toBeCloseTo(expected, 3);
});

test('a waveform in mg or m/s² is converted to g, the unit of a point without one', () => {
  const block = {
    kind: 'waveform' as const,
    asset: 'm',
    point: '2H',
    timeQuality: 'source' as const,
    unit: 'm/s²',
    startUs: 0,
    sampleRateHz: 1000,
    samples: Float32Array.of(9.80665, -19.6133),
  };
  toPointUnit(block, undefined);
  expect([...block.samples]).toEqual([1, -2]);
  expect(block.unit).toBe('g');
});

test('a unit of another quantity is kept, so that the point rejects it', () => {
  const block = scalars(1, 'bar');
  toPointUnit(block, pointSchema.parse({ unit: 'degC' }));
  expect(block).toMatchObject({ unit: 'bar', values: Float64Array.of(1) });
});
