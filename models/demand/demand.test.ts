import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { student4Quantile } from '#models/statistics/quantiles.ts';
import { parseTable, TableError } from '#models/tables/parseTable.ts';
import { Autoregression } from './autoregression.ts';
import { ComplexSmoothing } from './complexSmoothing.ts';
import { Croston, Sba } from './croston.ts';
import { demandClass } from './demandClass.ts';
import { DynamicTheta } from './dynamicTheta.ts';
import { Ets } from './ets.ts';
import { checkForecaster } from './forecasterChecks.ts';
import { forecastTable } from './forecastTable.ts';
import { MeanOfThree } from './meanOfThree.ts';
import { Naive } from './naive.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { readLong, readWide } from './readHistory.ts';
import { isSeasonal, seasonOf, shrunkSeason } from './season.ts';
import { SeasonalNaive } from './seasonalNaive.ts';
import { SeveralSeasons } from './severalSeasons.ts';
import { Tsb } from './tsb.ts';

describe('naive', () => checkForecaster(() => new Naive()));
describe('seasonal naive', () => checkForecaster(() => new SeasonalNaive(12)));
describe('Croston', () => checkForecaster(() => new Croston()));
describe('SBA', () => checkForecaster(() => new Sba()));
describe('TSB', () => checkForecaster(() => new Tsb()));
describe('exponential smoothing', () => checkForecaster(() => new Ets(12)));
describe('dynamic Theta', () => checkForecaster(() => new DynamicTheta()));
describe('complex smoothing', () => checkForecaster(() => new ComplexSmoothing()));
describe('autoregression', () => checkForecaster(() => new Autoregression()));
describe('the mean of three', () => checkForecaster(() => new MeanOfThree(12)));
describe('several seasons', () => checkForecaster(() => new SeveralSeasons([7, 28], 7)));

test.each([
  ['smooth', [5, 6, 5, 4, 5, 6]],
  ['erratic', [1, 20, 2, 1, 30, 1]],
  ['intermittent', [0, 0, 5, 0, 0, 5, 0, 5]],
  ['lumpy', [0, 0, 1, 0, 0, 40, 0, 2]],
  ['none', [0, 0, 0]],
])('%s', (name, history) => {
  expect(demandClass(history as number[])).toBe(name);
});

test.each([
  ['exponential smoothing', () => new Ets(4)],
  ['the mean of three', () => new MeanOfThree(4)],
  ['several seasons', () => new SeveralSeasons([4], 4)],
  ['seasonal naive', () => new SeasonalNaive(4)],
])('%s continues a season', (_, create) => {
  const forecaster = create();
  forecaster.fit(Array.from({ length: 30 }, (_, i) => [10, 20, 30, 40][i % 4]));
  expect(forecaster.predict(4).map(Math.round)).toEqual([30, 40, 10, 20]);
});

test('a trend continues', () => {
  const forecaster = new MeanOfThree(1);
  forecaster.fit(Array.from({ length: 40 }, (_, i) => 100 + 5 * i));
  const [first, , , last] = forecaster.predict(4);
  expect(first).toBeGreaterThan(298);
  expect(last - first).toBeGreaterThan(8);
});

test('a trend continues for as long as it was observed, and no further', () => {
  const history = Array.from({ length: 36 }, (_, t) => 100 + 3 * t);
  const far = { horizon: 500, frequency: [12], quantiles: [0.9], leadTime: 500 };
  const [{ mean }] = forecastTable([{ id: 'x', history }], far);
  expect(mean[35]).toBeGreaterThan(250);
  expect(Math.max(...mean)).toBeLessThan(500);
});

test('a decline to zero does not rise again', () => {
  const forecaster = new MeanOfThree(12);
  forecaster.fit([500, 400, 300, 200, 100]);
  expect(forecaster.predict(12).slice(6)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a season is detected where there is one', () => {
  const noise = randomOf(3);
  const wave = (height: number) =>
    Array.from({ length: 72 }, (_, t) => 100 + height * Math.sin((t * Math.PI) / 6) + 10 * (noise() - 0.5));
  expect(isSeasonal(wave(20), 12)).toBe(true);
  expect(isSeasonal(wave(0), 12)).toBe(false);
  const { figure } = seasonOf(wave(20), 12, 'multiplicative');
  expect(figure[3]).toBeCloseTo(1.2, 1);
  expect(figure[9]).toBeCloseTo(0.8, 1);
});

test('a season is found in three and a half years and shrunk by its uncertainty; noise has none', () => {
  const noise = randomOf(7);
  const wave = (height: number) =>
    Array.from({ length: 42 }, (_, t) => (100 + height * Math.sin((t * Math.PI) / 6)) * (1 + 0.2 * gaussian(noise)));
  const found = Array.from({ length: 100 }, () => shrunkSeason(wave(40), 12, 'multiplicative')).filter(
    (s) => s !== null,
  );
  expect(found.length).toBeGreaterThan(90);
  const peak = found.reduce((sum, s) => sum + s.figure[3] / found.length, 0);
  expect(peak).toBeGreaterThan(1.25);
  expect(peak).toBeLessThan(1.4);
  const none = Array.from({ length: 100 }, () => shrunkSeason(wave(0), 12, 'multiplicative')).filter((s) => s === null);
  expect(none.length).toBeGreaterThan(85);
  expect(shrunkSeason(wave(40).slice(0, 17), 12, 'multiplicative')).toBeNull();
});

test('two nested seasons are both continued', () => {
  const at = (t: number) => 50 + 10 * Math.sin((t * Math.PI) / 3.5) + 8 * Math.cos((t * Math.PI) / 14);
  const forecaster = new SeveralSeasons([7, 28], 28);
  forecaster.fit(Array.from({ length: 280 }, (_, t) => at(t)));
  forecaster.predict(28).forEach((v, h) => {
    expect(Math.abs(v - at(280 + h))).toBeLessThan(1.5);
  });
});

test('AirPassengers with the last year held back: half the error of the seasonal naive forecast', () => {
  const file = new URL('./fixtures/AirPassengers.csv', import.meta.url);
  const all = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',').at(-1)));
  const [past, actual] = [all.slice(0, -12), all.slice(-12)];
  const forecaster = new MeanOfThree(12);
  forecaster.fit(past);
  const error = (f: number[]) => f.reduce((sum, v, h) => sum + Math.abs(v - actual[h]), 0) / 12;
  expect(forecaster.seasonal).toBe(true);
  expect(error(forecaster.predict(12))).toBeLessThan(0.5 * error(past.slice(-12)));
  const { steps } = forecaster.errorScale(12, 1);
  const within = actual.filter((v, h) => Math.abs(v - forecaster.predict(12)[h]) < student4Quantile(0.975) * steps[h]);
  expect(within.length).toBeGreaterThanOrEqual(11);
});

test('Poisson quantiles match the published tables', () => {
  expect(negativeBinomialQuantiles(2, 2, [0.5, 0.9, 0.99])).toEqual([2, 4, 6]);
  expect(negativeBinomialQuantiles(0, 0, [0.5, 0.99])).toEqual([0, 0]);
});

const settings = { horizon: 2, frequency: [12], quantiles: [0.5, 0.8, 0.95], leadTime: 5 };

test('a forecast is consistent: the lead time is a sum, quantiles rise and are whole', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 }), (history) => {
      const [forecast] = forecastTable([{ id: 'x', history }], settings);
      expect(forecast.mean).toHaveLength(5);
      expect(forecast.mean.slice(0, 5).reduce((a, b) => a + b, 0)).toBeCloseTo(forecast.leadTime.mean, 6);
      const rows = [settings.quantiles.map((q) => forecast.leadTime.quantiles[q])];
      for (const h of [0, 1]) rows.push(settings.quantiles.map((q) => forecast.quantiles[q][h]));
      for (const row of rows) {
        expect(row).toEqual(row.toSorted((a, b) => a - b));
        expect(row.every((v) => Number.isInteger(v) && v >= 0)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

/** Parts with Poisson demand of many rates; every third one has ended. */
function catalogue(count: number, periods: number): { id: string; history: number[] }[] {
  const random = randomOf(11);
  const poisson = (rate: number) => {
    let k = -1;
    for (let p = 1; p > Math.exp(-rate); k++) p *= random();
    return k;
  };
  return Array.from({ length: count }, (_, i) => {
    const rate = Math.exp(3 * random() - 2.5);
    const history = Array.from({ length: periods }, (_, t) => (i % 3 === 0 && t > periods / 3 ? 0 : poisson(rate)));
    return { id: `part-${i}`, history };
  });
}

test('parts learn from each other which of them have ended', () => {
  const items = catalogue(300, 48).filter(({ history }) => history.includes(0) && history.some((v) => v > 0));
  const forecasts = forecastTable(items, settings);
  const of = (stopped: boolean) => {
    const chosen = forecasts.filter((f) => (Number(f.id.slice(5)) % 3 === 0) === stopped);
    const rates = chosen.map((f) => {
      const { history } = items.find((i) => i.id === f.id)!;
      return f.leadTime.mean / (5 * (history.reduce((a, b) => a + b, 0) / history.length));
    });
    return rates.reduce((a, b) => a + b, 0) / rates.length;
  };
  expect(of(true)).toBeLessThan(0.35);
  expect(of(false)).toBeGreaterThan(0.8);
  expect(forecasts.every((f) => f.method !== '')).toBe(true);
});

test('the forecast does not depend on names or on the order of items', () => {
  const items = catalogue(120, 36);
  const disguised = items.map(({ history }, i) => ({ id: `x${i}`, history })).reverse();
  const plain = forecastTable(items, settings);
  const again = forecastTable(disguised, settings).reverse();
  plain.forEach((f, i) => {
    expect(again[i].leadTime.quantiles).toEqual(f.leadTime.quantiles);
    expect(again[i].leadTime.mean).toBeCloseTo(f.leadTime.mean, 6);
  });
});

test('remarks for planners are flagged', () => {
  const flags = (history: number[]) => forecastTable([{ id: 'x', history }], settings)[0].flags;
  expect(flags(new Array(40).fill(0))).toEqual(['no_demand_in_history']);
  expect(flags([0, 1, 0, 2])).toEqual(['new', 'short_history']);
  expect(flags([...new Array(20).fill(1), ...new Array(20).fill(0)])).toEqual(['dying']);
});

test('intervals have a width even if the past is too short for a backtest', () => {
  const random = randomOf(6);
  const history = Array.from({ length: 20 }, () => 1000 + 200 * random());
  const weekly = { horizon: 13, frequency: [52], quantiles: [0.5, 0.95], leadTime: 2 };
  const [{ leadTime }] = forecastTable([{ id: 'x', history }], weekly);
  expect(leadTime.quantiles['0.95'] - leadTime.quantiles['0.5']).toBeGreaterThan(50);
});

test('hourly data have the weekly season beside the daily one, if there is one', () => {
  const random = randomOf(5);
  const hours = (weekend: number) =>
    Array.from({ length: 24 * 7 * 4 }, (_, t) => {
      const day = 100 + 40 * Math.sin((2 * Math.PI * t) / 24);
      return day * (Math.floor(t / 24) % 7 >= 5 ? weekend : 1) + 4 * gaussian(random);
    });
  const forecast = (history: number[]) =>
    forecastTable([{ id: 'x', history }], { horizon: 168, frequency: [24], quantiles: [0.5], leadTime: 1 })[0];
  const idle = forecast(hours(0.3));
  expect(idle).toMatchObject({ method: 'several_seasons', flags: ['seasonal'] });
  // Saturday noon, and Friday noon.
  expect(idle.mean[5 * 24 + 6] / idle.mean[4 * 24 + 6]).toBeLessThan(0.4);
  expect(forecast(hours(1)).method).toBe('mean_of_ets_theta_ces');
});

test('an autoregression never diverges', () => {
  for (const root of [-1.1, -1.05, 1.05]) {
    const forecaster = new Autoregression();
    forecaster.fit(Array.from({ length: 40 }, (_, t) => 500 + 5 * root ** t));
    expect(Math.max(...forecaster.predict(10_000).map(Math.abs))).toBeLessThan(5000);
  }
});

test('demand in thousandths has the quantiles of whole demand, divided by a thousand', () => {
  const tonnes = [0, 0.02, 0, 0.03, 0, 0.02, 0.03, 0, 0.01, 0.02, 0, 0.02];
  const of = (history: number[]) => forecastTable([{ id: 'x', history }], settings)[0].leadTime.quantiles;
  const kilograms = of(tonnes.map((v) => v * 1000 + (v > 0 ? 0.5 : 0)));
  for (const level of settings.quantiles) {
    expect(of(tonnes)[level]).toBeGreaterThan(0);
    expect((of(tonnes)[level] * 1000) / kilograms[level]).toBeCloseTo(1, 0);
  }
});

describe('tables', () => {
  const table = (text: string | Uint8Array) => parseTable(typeof text === 'string' ? Buffer.from(text) : text);
  const wide = (text: string | Uint8Array) => readWide(table(text));
  const ab = [
    { id: 'a', history: [1, 2] },
    { id: 'b', history: [3] },
  ];

  test.each([
    ['plain', 'id,price,t1,t2,t3\na,2,,1,2\nb,1,3,NA,NA\n'],
    ['with a byte order mark', '\ufeffid,t1,t2,t3\na,,1,2\nb,3,,\n'],
    ['with semicolons, Windows line ends and quotes', 'id;t1;t2;t3\r\n"a";;1;2\r\nb;3;;\r\n'],
    ['with tabs', 'id\tt1\tt2\tt3\na\t\t1\t2\nb\t3\t\t\n'],
    ['UTF-16', Buffer.from('\ufeffid,t1,t2,t3\na,,1,2\nb,3,,\n', 'utf16le')],
  ])('a table %s is read', (_, text) => {
    expect(wide(text)).toEqual(ab);
  });

  test('a decimal comma and invalid UTF-8 are repaired and reported', () => {
    const bytes = Buffer.from('id;t1;t2\nSch\xfctz;1,5;2\n', 'latin1');
    expect(wide(bytes)).toEqual([{ id: 'Schütz', history: [1.5, 2] }]);
    expect(table(bytes).notes).toEqual(['not UTF-8: read as Windows-1252', 'columns are separated by ";"']);
  });

  test.each([
    ['', 'line 1: the file is empty'],
    ['\n\n', 'line 1: the file is empty'],
    ['id\na\n', 'line 1: a header'],
    ['id,t1,t2\n', 'line 2: no item'],
    ['a,5,3,8\nb,1,2,3\n', 'line 1: a header is needed, and this line looks like an item'],
    ['id,t1\na,1e18\n', 'at most 1000000000000'],
    ['id,price\na,1\n', 'line 1: no period'],
    ['id,2025-03,2025-02\na,1,2\n', 'line 1, column 3: 2025-02 does not follow 2025-03'],
    ['id,price,2025-01,2025-03\na,1,1,2\n', 'line 1, column 4: 2025-03 does not follow 2025-01'],
    ['id,2025-01-08,2025-01-01\na,1,2\n', 'line 1, column 3: 2025-01-01 does not follow'],
    ['id,t1,t2\na,1,x\n', 'line 2, column 3: found "x"'],
    ['id,t1,t2\na,1,1e999\n', 'line 2, column 3'],
    ['\n\nid;t1;t2\n\na;1;2\n\nb;1;x\n', 'line 7, column 3: found "x"'],
    ['id;t1\r\n"a\r\nb";1\r\nc;x\r\n', 'line 4, column 2: found "x"'],
    ['id,t1,t2\na,1,0x1f\n', 'line 2, column 3: found "0x1f"'],
    ['id,t1,t2\na,1,Infinity\n', 'found "Infinity"'],
    ['id,t1,t2\na,1,2024-01-05\n', 'found "2024-01-05"'],
    ['id,t1,t2\na,"1,5",2\n', 'found "1,5"'],
    ['id,t1,t2\na,12 pcs,2\n', 'found "12 pcs"'],
    ['id,t1,t2,t3\na,1,,2\n', 'line 2, column 3: an unknown period between'],
    ['id,t1,t2\na,1,-1\n', 'below 0'],
    ['id,t1,t2\na,,\n', 'no period is known'],
    ['id,t1,t2\n,1,2\n', 'without an id'],
    ['id,t1,t2\na,1\n', '2 columns where the header has 3'],
    ['id,t1\na,1,2\n', '3 columns where the header has 2'],
    ['id,t1\na,1\na,2\n', 'line 3, column 1: the item a stands twice'],
    ['id,t1\n"a,1\n', 'line 2, column 1: a quote that is opened is never closed'],
    ['id,t1\na,1\0\n', 'zero bytes'],
    [`id,${'t,'.repeat(30_000)}\n`, 'columns; 20000 are the most'],
  ])('%j is refused with its position', (text, message) => {
    expect(() => wide(text)).toThrow(message);
    expect(() => wide(text)).toThrow(TableError);
  });

  test('months may be named by their numbers, year after year', () => {
    expect(wide('id,11,12,1,2\na,1,2,3,4\n')).toEqual([{ id: 'a', history: [1, 2, 3, 4] }]);
  });

  test('a long table is read; months without a row have no demand', () => {
    const text = 'Item,Month,Qty\nb,2024-02,5\na,2023-11,1\na,2024-02,2\na,2024-02,1\n';
    expect(readLong(table(text))).toEqual([
      { id: 'b', history: [5] },
      { id: 'a', history: [1, 0, 0, 3] },
    ]);
  });

  test.each([
    ['weeks', ['2025-01-06', '2025-01-27', '2025-01-13'], [1, 3, 0, 2]],
    ['numbers', ['1', '4', '2'], [1, 3, 0, 2]],
    ['days of no regular step', ['2025-01-31', '2025-03-31', '2025-02-28'], [1, 3, 2]],
  ])('%s without a row have no demand', (_, periods, history) => {
    const rows = periods.map((period, i) => `a,${period},${i + 1}`);
    expect(readLong(table(`id,period,demand\n${rows.join('\n')}\n`))).toEqual([{ id: 'a', history }]);
  });

  test.each([
    ['id,demand\na,1\n', 'no column for period'],
    ['id,period,demand\na,1,1\na,01,1\n', 'is written in two ways'],
    ['id,period,demand\na,March,1\n', 'periods must all be'],
    ['id,period,demand\na,2024-01,x\n', 'line 2, column 3: found "x"'],
    ['id,period,demand\na,,1\n', 'line 2, column 2: a row without a period'],
    ['id,period,demand\na,2024-01\n', 'line 2, column 3'],
  ])('a long table %j is refused with its position', (text, message) => {
    expect(() => readLong(table(text))).toThrow(message);
  });
});
