import { describe, expect, test } from 'vitest';
import { type FiscalCalendar, fiscalDate, parseFiscal } from './fiscalCalendar.ts';

const calendar = (pattern: FiscalCalendar['pattern']): FiscalCalendar => ({
  pattern,
  begins: { 2026: '2025-12-29', 2027: '2027-01-04' },
});

test.each([
  ['FY26 P01', 2026, 1],
  ["FY'26 P1", 2026, 1],
  ['fy2026 per 3', 2026, 3],
  ['2026-P12', 2026, 12],
  ['2026P12', 2026, 12],
  ['26/period 7', 2026, 7],
  ['P01 FY2026', 2026, 1],
  ['P01/2026', 2026, 1],
  ['P3 26', 2026, 3],
  ['001.2026', 2026, 1],
  ['012/2026', 2026, 12],
  [' 2026-P13 ', 2026, 13],
])('%s is a fiscal period', (text, year, period) => {
  expect(parseFiscal(text)).toEqual({ year, period });
});

test.each(['2026-01', '01.2026', '2026', 'P01', 'FY26', '2026-W01', '12/2026', '', 'P0001/2026', '101.2026'])(
  '%j is not a fiscal period',
  (text) => {
    expect(parseFiscal(text)).toBeNull();
  },
);

describe('the middle of a fiscal period', () => {
  const dates = (pattern: FiscalCalendar['pattern'], ...periods: number[]) =>
    periods.map((period) => fiscalDate({ year: 2026, period }, calendar(pattern)));

  test('in weeks is counted from the first day of the year, four or five weeks to a period', () => {
    // 29 December and two weeks; 26 January and two; 23 February and two and a half.
    expect(dates('4-4-5', 1, 2, 3, 4)).toEqual(['2026-01-12', '2026-02-09', '2026-03-12', '2026-04-13']);
    expect(dates('4-5-4', 2, 3)).toEqual(['2026-02-12', '2026-03-16']);
    expect(dates('5-4-4', 1, 2)).toEqual(['2026-01-15', '2026-02-16']);
    // 52 weeks: the last period ends on 27 December.
    expect(dates('4-4-5', 12)).toEqual(['2026-12-10']);
    expect(fiscalDate({ year: 2027, period: 1 }, calendar('4-4-5'))).toBe('2027-01-18');
  });

  test('in months is that of its month, from the day on which the year begins', () => {
    const april: FiscalCalendar = { pattern: 'months', begins: { 2026: '2025-04-01' } };
    const of = (period: number) => fiscalDate({ year: 2026, period }, april);
    expect([of(1), of(2), of(10), of(12)]).toEqual(['2025-04-16', '2025-05-16', '2026-01-16', '2026-03-16']);
  });

  test('is undefined without a calendar, for a year outside it, and for a thirteenth period', () => {
    const resultOf = (period: number, year: number, of?: FiscalCalendar) => fiscalDate({ year, period }, of);
    expect(resultOf(1, 2026)).toEqual({ wanted: expect.stringContaining('name the first day') });
    expect(resultOf(1, 2028, calendar('months'))).toEqual({ wanted: expect.stringContaining('2028') });
    for (const period of [0, 13]) expect(resultOf(period, 2026, calendar('months'))).toHaveProperty('wanted');
  });
});
