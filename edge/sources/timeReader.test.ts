import { expect, test } from 'vitest';
import { isTimeFormat, isZone, timeReader } from './timeReader.ts';

const utc = (text: string) => Date.parse(text);

test.each([
  ['auto', 'UTC', '2026-07-01T12:00:00Z', utc('2026-07-01T12:00:00Z')],
  ['auto', 'UTC', '2026-07-01T12:00:00.250+02:00', utc('2026-07-01T10:00:00.250Z')],
  ['auto', 'Europe/Berlin', '2026-07-01T12:00:00', utc('2026-07-01T10:00:00Z')],
  ['auto', 'Europe/Berlin', '2026-01-01 12:00:00.5', utc('2026-01-01T11:00:00.500Z')],
  ['auto', 'UTC', 1_767_600_000_000, 1_767_600_000_000],
  ['s', 'UTC', 1_767_600_000.25, 1_767_600_000_250],
  ['s', 'UTC', '1767600000', 1_767_600_000_000],
  ['us', 'UTC', 1_767_600_000_000_000, 1_767_600_000_000],
  ['ns', 'UTC', '1767600000000000000', 1_767_600_000_000],
  ['filetime', 'UTC', '134273808000000000', utc('2026-07-01T12:00:00Z')],
  ['ticks', 'UTC', 639_185_040_000_000_000, utc('2026-07-01T12:00:00Z')],
  ['days1900', 'Europe/Berlin', 46_204.5, utc('2026-07-01T12:00:00Z')],
  ['s1904', 'UTC', 3_865_752_000, utc('2026-07-01T12:00:00Z')],
  ['auto', 'UTC', '20260701T120000Z', utc('2026-07-01T12:00:00Z')],
  ['auto', 'Europe/Berlin', '20260701T120000.25', utc('2026-07-01T10:00:00.250Z')],
  ['auto', 'UTC', '2026-W27-3T12:00:00Z', utc('2026-07-01T12:00:00Z')],
  ['auto', 'UTC', '2026-182t12:00z', utc('2026-07-01T12:00:00Z')],
  ['auto', 'UTC', '2026/07/01 12:00:00', utc('2026-07-01T12:00:00Z')],
  ['dd.MM.yyyy HH:mm:ss', 'Asia/Kolkata', '05.01.2026 05:30:00', utc('2026-01-05T00:00:00Z')],
] as const)('%s in %s: %s', (format, zone, stamp, ms) => {
  expect(timeReader(format, zone)(stamp)).toBe(ms);
});

test.each([
  ['auto', 'yesterday'],
  ['auto', '2026-13-01T00:00:00Z'],
  ['auto', '2026-02-30T00:00:00'],
  ['auto', '2026-02-30T00:00:00Z'],
  ['auto', '20260230T000000Z'],
  ['auto', '2026-W60-1T00:00:00Z'],
  ['auto', Number.NaN],
  ['auto', null],
  ['auto', {}],
  ['s', ''],
  ['s', '12x'],
  ['s', true],
  ['dd.MM.yyyy', '31.02.2026'],
  ['dd.MM.yyyy', 5],
])('%s refuses %s', (format, stamp) => {
  expect(timeReader(format, 'UTC')(stamp)).toBeNull();
});

test('zones must exist', () => {
  expect(isZone('Europe/Berlin')).toBe(true);
  expect(isZone('Middle/Earth')).toBe(false);
});

test('patterns must contain a date and a time', () => {
  for (const format of ['auto', 's', 'filetime', 'dd.MM.yyyy HH:mm:ss', 'yyyyMMddHHmmss.SSS', 'MMM d yyyy, hh:mm a'])
    expect(isTimeFormat(format)).toBe(true);
  for (const format of ['banana', 'YYYY-MM-DD', 'dd.MM.yyyy', 'HH:mm:ss']) expect(isTimeFormat(format)).toBe(false);
});
