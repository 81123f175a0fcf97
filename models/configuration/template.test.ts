import { expect, test } from 'vitest';
import { fieldsOf, fillTemplate, fillUrl, resolvePointer } from './template.ts';

test('fields are filled in at any depth; a field alone keeps its type, an unknown one is unchanged', () => {
  const template = { title: '{task} {asset}', cost: '{amount}', tags: ['{asset}', 7, null], other: '{unknown}' };
  expect(fillTemplate(template, { task: 'repair', asset: 'p"1', amount: 2000 })).toEqual({
    title: 'repair p"1',
    cost: 2000,
    tags: ['p"1', 7, null],
    other: '{unknown}',
  });
  expect(fieldsOf(template)).toEqual(['task', 'asset', 'amount', 'asset', 'unknown']);
});

test('fields of an address are escaped: a value from another system cannot change the path', () => {
  expect(fillUrl('https://h/orders/{id}/state', { id: '../a b?c' })).toBe('https://h/orders/..%2Fa%20b%3Fc/state');
});

test('a pointer follows RFC 6901 and never finds prototype members', () => {
  const answer = { d: { results: [{ 'a/b': 1, '~': 2 }] } };
  expect(resolvePointer(answer, '/d/results/0/a~1b')).toBe(1);
  expect(resolvePointer(answer, '/d/results/0/~0')).toBe(2);
  expect(resolvePointer(answer, '/d/none/0')).toBeUndefined();
  expect(resolvePointer(answer, '/constructor')).toBeUndefined();
});
