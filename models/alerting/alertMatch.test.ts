import { expect, test } from 'vitest';
import { alertMatches } from './alertMatch.ts';

const alert = { site: 'north', machine: 'pump-7', kind: 'centrifugal-pump', severity: 'warning' as const };

test.each([
  [{}, true],
  [{ sites: ['north'], machines: ['pump-*'], kinds: ['*-pump'], severities: ['warning'] as const }, true],
  [{ sites: ['south', 'north'] }, true],
  [{ sites: ['south'] }, false],
  [{ machines: ['pump'] }, false],
  [{ kinds: ['pump'] }, false],
  [{ severities: ['critical'] as const }, false],
])('%j is about the alert: %s', (match, isAbout) => {
  expect(alertMatches(match, alert)).toBe(isAbout);
});

test('an alert of a machine whose kind is unknown fits no rule for kinds', () => {
  expect(alertMatches({ kinds: ['*'] }, { ...alert, kind: undefined })).toBe(false);
});
