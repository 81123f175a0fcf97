import { expect, test } from 'vitest';
import { alertAddressOf, alertSearchIn, listKeyOf } from './alertSearch.ts';

test('a search round-trips through the address, and unknown values are dropped', () => {
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

test('keys with a modifier such as Ctrl are left to the browser', () => {
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
