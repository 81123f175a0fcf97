import { expect, test } from 'vitest';
import { type AnnunciatedAlert, alarmSystemHealth } from './alarmSystemHealth.ts';

const T_MS = Date.UTC(2026, 5, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const alert = (minute: number, more: Partial<AnnunciatedAlert> = {}): AnnunciatedAlert => ({
  source: `m${minute}`,
  severity: 'warning',
  arrivedMs: T_MS + minute * MINUTE_MS,
  returnedMs: null,
  acknowledgedMs: null,
  isActive: false,
  ...more,
});
const health = (alerts: AnnunciatedAlert[], days = 1, operators = 1) =>
  alarmSystemHealth(alerts, T_MS, T_MS + days * DAY_MS, operators);

test('rates are for ten minutes and an operator', () => {
  const one = health(Array.from({ length: 144 }, (_, i) => alert(10 * i)));
  expect([one.meanPer10Min, one.peakPer10Min, one.floods]).toEqual([1, 1, []]);
  expect(
    health(
      Array.from({ length: 144 }, (_, i) => alert(10 * i)),
      1,
      2,
    ).meanPer10Min,
  ).toBe(0.5);
});

test('a flood begins with more than ten in ten minutes, and ends when fewer than five are left', () => {
  expect(health(Array.from({ length: 10 }, (_, i) => alert(100 + i))).floods).toEqual([]);
  const flood = health([...Array.from({ length: 12 }, (_, i) => alert(100 + 0.5 * i)), alert(700)]);
  expect(flood.floods).toHaveLength(1);
  const [{ fromMs, toMs, alerts }] = flood.floods;
  expect(alerts).toBe(12);
  expect((fromMs - T_MS) / MINUTE_MS).toBe(100);
  // The eighth of twelve leaves the ten minutes: four are left.
  expect((toMs - T_MS) / MINUTE_MS).toBe(113.5);
  expect(flood.floodPart).toBeCloseTo(13.5 / 1440, 9);
  const alone = health(Array.from({ length: 12 }, (_, i) => alert(100 + 0.5 * i)));
  expect(alone.floods).toEqual(flood.floods);
});

test('chattering, stale and frequent sources are named', () => {
  const chatter = [0, 0.2, 0.4, 30, 31].map((m) => alert(m, { source: 'a' }));
  const { chattering, badActors, stale } = health([...chatter, alert(5, { isActive: true })], 2);
  expect(chattering).toEqual([{ source: 'a', alerts: 3 }]);
  expect(badActors[0]).toEqual({ source: 'a', alerts: 5, part: 5 / 6 });
  expect(stale).toBe(1);
});

test('time to acknowledge is from annunciation; what nobody acknowledged is counted', () => {
  const seen = [1, 2, 3].map((m) => alert(m, { acknowledgedMs: T_MS + 2 * m * MINUTE_MS }));
  const { acknowledgement, unacknowledged, severities } = health([
    ...seen,
    alert(9, { isActive: true, severity: 'critical' }),
  ]);
  expect(acknowledgement).toMatchObject({ acknowledged: 3, medianS: 120 });
  expect([unacknowledged, severities]).toEqual([1, { warning: 3, critical: 1 }]);
  expect(health([]).acknowledgement).toBeNull();
});
