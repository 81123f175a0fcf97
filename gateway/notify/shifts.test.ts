import { expect, test } from 'vitest';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { gatewayConfigSchema } from '../config.ts';
import { Routing } from './routing.ts';
import { findNextDutyMs, isOnDuty } from './shifts.ts';

const EARLY = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '06:00',
  to: '14:00',
  timeZone: 'Europe/Berlin',
} as const;
const NIGHT = { ...EARLY, from: '22:00', to: '06:00' } as const;
const at = (text: string) => Date.parse(text);
const shift = ({ days, ...rest }: typeof EARLY | typeof NIGHT) => ({ ...rest, days: [...days] });

test('a shift is on duty from its start to its end, on its days, in its own time zone', () => {
  const early = [shift(EARLY)];
  // Monday; Berlin is two hours ahead of UTC.
  expect(isOnDuty(early, at('2026-06-01T03:59:00Z'))).toBe(false);
  expect(isOnDuty(early, at('2026-06-01T04:00:00Z'))).toBe(true);
  expect(isOnDuty(early, at('2026-06-01T12:00:00Z'))).toBe(false);
  expect(isOnDuty(early, at('2026-06-06T08:00:00Z'))).toBe(false);
  expect(isOnDuty(undefined, 0)).toBe(true);
});

test('a night shift belongs to the day on which it begins', () => {
  const night = [shift(NIGHT)];
  expect(isOnDuty(night, at('2026-06-06T03:00:00Z'))).toBe(true);
  expect(isOnDuty(night, at('2026-06-06T22:00:00Z'))).toBe(false);
  expect(isOnDuty(night, at('2026-06-01T03:00:00Z'))).toBe(false);
});

test('the next shift is found across a weekend and a daylight-saving change', () => {
  expect(findNextDutyMs([shift(EARLY)], at('2026-06-05T13:00:00Z'))).toBe(at('2026-06-08T04:00:00Z'));
  // The clocks go back on 25 October.
  expect(findNextDutyMs([shift(EARLY)], at('2026-10-23T13:00:00Z'))).toBe(at('2026-10-26T05:00:00Z'));
  expect(findNextDutyMs([shift(EARLY), shift(NIGHT)], at('2026-06-01T13:00:00Z'))).toBe(at('2026-06-01T20:00:00Z'));
});

const routing = () => {
  const channel = (name: string, shifts?: object[]) => ({ type: 'slack', name, url: 'http://h/', shifts });
  const notifiers = [channel('early', [EARLY]), channel('night', [NIGHT]), channel('always')];
  return new Routing(
    gatewayConfigSchema.parse({ dataDirectory: 'x', broker: { url: 'mqtt://h' }, notifiers }).notifiers,
  );
};
const notice = (severity: 'warning' | 'critical') => ({ site: 's', asset: 'a', severity }) as AlertRecord;

test('an alert goes to the channels on duty; if none with shifts is on duty, to all of them', () => {
  const channels = (text: string) => routing().channelsFor('raised', notice('warning'), at(text));
  expect(channels('2026-06-01T08:00:00Z')).toEqual(['early', 'always']);
  expect(channels('2026-06-01T21:00:00Z')).toEqual(['night', 'always']);
  expect(channels('2026-06-01T15:00:00Z')).toEqual(['early', 'night', 'always']);
});

test('between shifts, a warning is held for the next one, but a critical alert is not', () => {
  const between = at('2026-06-01T15:00:00Z');
  const due = (channel: string, severity: 'warning' | 'critical') =>
    routing().notBeforeMs(channel, notice(severity), between);
  expect(due('night', 'warning')).toBe(at('2026-06-01T20:00:00Z'));
  expect(due('early', 'warning')).toBe(at('2026-06-02T04:00:00Z'));
  expect(due('early', 'critical')).toBe(between);
  expect(due('always', 'warning')).toBe(between);
});
