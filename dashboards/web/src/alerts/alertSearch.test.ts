import { expect, test } from 'vitest';
import { alertAddressOf, alertSearchIn, listKeyOf } from './alertSearch.ts';

test('a search survives in the address, and an unknown value is left out', () => {
  const search = { state: 'all', severity: 'critical', site: 'north', asset: 'pump-1' } as const;
  expect(alertSearchIn(alertAddressOf(search))).toEqual(search);
  expect(alertAddressOf(alertSearchIn('#/alerts'))).toBe('#/alerts');
  expect(alertSearchIn('#/alerts?state=x&severity=fatal')).toEqual({
    state: 'active',
    severity: '',
    site: '',
    asset: '',
  });
});

test('keys act alone: with Ctrl they are the browser’s', () => {
  const key = (name: string, ctrlKey = false) => listKeyOf({ key: name, ctrlKey, metaKey: false, altKey: false });
  expect(['j', 'k', 'x', 'a', 'Escape'].map((name) => key(name))).toEqual([
    'next',
    'previous',
    'select',
    'selectAll',
    'clear',
  ]);
  expect([key('a', true), key('toString'), key('J')]).toEqual([null, null, null]);
});
