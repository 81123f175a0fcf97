import { expect, test } from 'vitest';
import { namedFiles } from './namedFiles.ts';

test('finds every setting that names a file, with its path', () => {
  const config = { broker: { caFile: '/ca', url: 'x' }, sources: [{ tokenFile: '/t' }], other: null, count: 1 };
  expect(namedFiles(config)).toEqual([
    { path: 'broker.caFile', file: '/ca' },
    { path: 'sources.0.tokenFile', file: '/t' },
  ]);
});
