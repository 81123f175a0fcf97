import { expect, test } from 'vitest';
import { parseBrowsePath, splitLevels } from './browsePath.ts';

test('names with a namespace by index, by URI, and the standard namespace', () => {
  expect(parseBrowsePath('/Objects/2:Pump 1/nsu=http://vendor.com/UA/;Speed')).toEqual([
    { namespace: { index: 0 }, name: 'Objects' },
    { namespace: { index: 2 }, name: 'Pump 1' },
    { namespace: { uri: 'http://vendor.com/UA/' }, name: 'Speed' },
  ]);
});

test('& escapes the next character; a dot needs no escape', () => {
  expect(parseBrowsePath('/Objects/2:In&/Out/3:Pump.Speed/2:a&&b/0&:c')).toEqual([
    { namespace: { index: 0 }, name: 'Objects' },
    { namespace: { index: 2 }, name: 'In/Out' },
    { namespace: { index: 3 }, name: 'Pump.Speed' },
    { namespace: { index: 2 }, name: 'a&b' },
    { namespace: { index: 0 }, name: '0:c' },
  ]);
});

test('other text is not a path', () => {
  for (const text of ['Objects/2:Pump', '/', '', '/Objects//2:Pump', '/Objects/2:', '/Objects/'])
    expect(parseBrowsePath(text)).toBeNull();
});

test('levels keep their escapes', () => {
  expect(splitLevels('a/nsu=http://x/y;b/c&/d')).toEqual(['a', 'nsu=http://x/y;b', 'c&/d']);
});
