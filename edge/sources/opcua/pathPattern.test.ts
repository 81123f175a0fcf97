import { expect, test } from 'vitest';
import { matchPath, mayContinue, type PathPattern, parsePathPattern } from './pathPattern.ts';

const pattern = (text: string) => parsePathPattern(text) as PathPattern;
const levels = (path: string) => path.split('/').map((name) => ({ name, typeId: `type of ${name}` }));
const match = (text: string, path: string, fits: Parameters<typeof matchPath>[2] = () => true) =>
  matchPath(pattern(text), levels(path), fits);

test('names, parts of names, any name, and any number of them', () => {
  expect(match('{asset}/Monitoring/{point}', 'Pump 1/Monitoring/Speed')).toEqual({ asset: 'Pump 1', point: 'Speed' });
  expect(match('{asset}/Monitoring/{point}', 'Pump 1/Identification/Speed')).toBeNull();
  expect(match('{asset}/+/Vib{point}', 'P/Sensors/Vib2H')).toEqual({ asset: 'P', point: '2H' });
  expect(match('{asset}/T(*)', 'P/T(1)')).toEqual({ asset: 'P' });
  expect(match('{asset}/#', 'P/Drive/Motor/Speed')).toEqual({ asset: 'P', rest: 'Drive.Motor.Speed' });
  expect(match('#/{asset}/Status/{point}', 'Hall/Line 1/P/Status/T')).toEqual({
    asset: 'P',
    point: 'T',
    rest: 'Hall.Line 1',
  });
  expect(match('{asset}/{point}', 'P')).toBeNull();
  expect(match('{asset}', 'P/T')).toBeNull();
});

test('the type required at a level determines the match of a path of any length', () => {
  const isPump = (capture: string, { name }: { name: string }) => capture !== 'asset' || name.startsWith('P');
  expect(match('#/{asset}/{point}', 'T', isPump)).toBeNull();
  expect(match('#/{asset}/{point}', 'Hall/Fan/T', isPump)).toBeNull();
  expect(match('#/{asset}/+/{point}', 'Hall/P1/Drive/T', isPump)).toMatchObject({ asset: 'P1', point: 'T' });
});

test('other text is not a pattern', () => {
  for (const text of ['', 'a//b', '#/a/#', '{asset}/{asset}', 'a+', '{a', 'a#'])
    expect(parsePathPattern(text)).toBeNull();
});

test('only branches that may lead to a match are followed', () => {
  const may = (text: string, names: string[]) => mayContinue(pattern(text), names);
  expect(may('{asset}/Monitoring/{point}', [])).toBe(true);
  expect(may('{asset}/Monitoring/{point}', ['P', 'Monitoring'])).toBe(true);
  expect(may('{asset}/Monitoring/{point}', ['P', 'Identification'])).toBe(false);
  expect(may('{asset}/Monitoring/{point}', ['P', 'Monitoring', 'T'])).toBe(false);
  expect(may('{asset}/#', ['P', 'a', 'b', 'c'])).toBe(true);
});
