import { expect, test } from 'vitest';
import { pointName } from './pointName.ts';

test('a point is shown by its display name and its id', () => {
  const health = { pointNames: { '2H': 'Antriebsseite, waagrecht', same: 'same' } };
  expect(['2H', 'same', 'constructor'].map((point) => pointName(health, point))).toEqual([
    'Antriebsseite, waagrecht (2H)',
    'same',
    'constructor',
  ]);
  expect(pointName(undefined, '2H')).toBe('2H');
});
