import { expect, test } from 'vitest';
import { flagFindings } from './checkHistorian.ts';

const flags = (retention: string, dedup: string) =>
  `-bigMergeConcurrency="0"\n-dedup.minScrapeInterval="${dedup}"\n-retentionPeriod="${retention}"\n`;

test('a server that stores rows as the gateway writes them has no finding', () => {
  for (const retention of ['1', '31d', '100y', '5w', '744h'])
    expect(flagFindings(flags(retention, '1ms'), 31)).toEqual([]);
});

test('a shorter retention and dropped or merged rows are reported with the flag to set', () => {
  expect(flagFindings(flags('1', '0s'), 365).map(({ text, remedy }) => [text, remedy])).toEqual([
    [
      expect.stringMatching(/keeps 31 days, historian\.retentionDays is 365/),
      expect.stringMatching(/-retentionPeriod=365d/),
    ],
    ['the server keeps repeated rows', 'start it with -dedup.minScrapeInterval=1ms'],
  ]);
  expect(flagFindings(flags('2y', '1m'), 30).map(({ text }) => text)).toEqual([
    'the server keeps one value per 1m of each series',
  ]);
});
