import { expect, test } from 'vitest';
import { alertMatches } from './alertMatch.ts';

const alert = {
  site: 'north',
  machine: 'pump-7',
  kind: 'centrifugal-pump',
  area: 'Paint shop',
  line: 'Line 2',
  severity: 'warning' as const,
};

test.each([
  [{}, true],
  [{ sites: ['north'], machines: ['pump-*'], kinds: ['*-pump'], severities: ['warning'] as const }, true],
  [{ sites: ['south', 'north'] }, true],
  [{ sites: ['south'] }, false],
  [{ machines: ['pump'] }, false],
  [{ kinds: ['pump'] }, false],
  [{ areas: ['Boilers', 'Paint*'], lines: ['Line 2'] }, true],
  [{ areas: ['Boilers'] }, false],
  [{ areas: ['Paint shop'], lines: ['Line 1'] }, false],
  [{ severities: ['critical'] as const }, false],
])('%j matches the alert: %s', (match, isAbout) => {
  expect(alertMatches(match, alert)).toBe(isAbout);
});

test('an alert of a machine of unknown kind and place matches no rule for kinds or places', () => {
  expect(alertMatches({ kinds: ['*'] }, { ...alert, kind: undefined })).toBe(false);
  expect(alertMatches({ areas: ['*'] }, { ...alert, area: undefined })).toBe(false);
  expect(alertMatches({ lines: ['*'] }, { ...alert, line: undefined })).toBe(false);
});
