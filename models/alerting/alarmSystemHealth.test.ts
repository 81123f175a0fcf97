import fc from 'fast-check';
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

test('rates are per ten minutes and operator', () => {
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

test('time to acknowledge counts from annunciation; unacknowledged alerts are counted', () => {
  const seen = [1, 2, 3].map((m) => alert(m, { acknowledgedMs: T_MS + 2 * m * MINUTE_MS }));
  const { acknowledgement, unacknowledged, severities } = health([
    ...seen,
    alert(9, { isActive: true, severity: 'critical' }),
  ]);
  expect(acknowledgement).toMatchObject({ acknowledged: 3, medianS: 120 });
  expect([unacknowledged, severities]).toEqual([1, { warning: 3, critical: 1 }]);
  expect(health([]).acknowledgement).toBeNull();
});

/** Floods by their definition, evaluated whenever the alerts of the last ten minutes change. */
function floodsByDefinition(times: readonly number[], toMs: number, operators: number) {
  const changes = [
    ...times.map((atMs) => ({ atMs, by: 1 })),
    ...times.map((atMs) => ({ atMs: atMs + 10 * MINUTE_MS, by: -1 })),
  ].sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  const floods: { fromMs: number; toMs: number; alerts: number }[] = [];
  let [standing, arrived] = [0, 0];
  let begun: number | null = null;
  for (const { atMs, by } of changes) {
    standing += by;
    if (by > 0) arrived++;
    if (begun === null && by > 0 && standing > 10 * operators) begun = arrived - standing;
    if (begun === null || by > 0 || standing >= 5 * operators) continue;
    floods.push({ fromMs: times[begun], toMs: Math.min(atMs, toMs), alerts: arrived - begun });
    begun = null;
  }
  return floods;
}

test('floods match the definition, for any number of alerts and operators', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 240 }), { minLength: 11, maxLength: 60 });
  const bursts = fc.tuple(minutes, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 30 }));
  let seen = 0;
  fc.assert(
    fc.property(bursts, ([quarters, operators, more]) => {
      const alerts = quarters.map((quarter) => alert(1380 + quarter / 4, { source: 'a' }));
      const burst = Array.from({ length: more }, (_, i) => alert(1400 + 0.4 * i));
      const all = [...alerts, ...burst];
      const times = all.map((a) => a.arrivedMs).sort((a, b) => a - b);
      const { floods, peakPer10Min } = health(all, 1, operators);
      expect(floods).toEqual(floodsByDefinition(times, T_MS + DAY_MS, operators));
      const peak = Math.max(...times.map((t) => times.filter((o) => o > t - 10 * MINUTE_MS && o <= t).length));
      expect(peakPer10Min).toBe(peak / operators);
      seen += floods.length;
    }),
    { numRuns: 40, seed: 11 },
  );
  expect(seen).toBeGreaterThan(10);
});

test('an alert is stale once it has been active for more than a day', () => {
  const staleOf = (minute: number, isActive: boolean) => health([alert(minute, { isActive })], 2).stale;
  expect([staleOf(1440, true), staleOf(1439, true), staleOf(1439, false)]).toEqual([0, 1, 0]);
});

test('the ten most frequent sources are named, the most frequent first; so are chattering ones', () => {
  const all = Array.from({ length: 12 }, (_, source) =>
    Array.from({ length: source + 1 }, (_, i) => alert(100 * source + 0.01 * i, { source: `s${source}` })),
  ).flat();
  const { badActors, chattering } = health(all);
  expect(badActors.map((b) => b.alerts)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  expect(badActors[0].part).toBeCloseTo(12 / 78, 12);
  expect(chattering.map((c) => c.alerts)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  // A minute later is not within a minute.
  const spread = [0, 30, 60].map((s) => alert(s / 60, { source: 'a' }));
  expect(health(spread).chattering).toEqual([]);
});

test('rates over less than ten minutes count as ten minutes; half of the time in a flood is half', () => {
  const burst = Array.from({ length: 12 }, (_, i) => alert(0.01 * i));
  const short = alarmSystemHealth(burst, T_MS, T_MS + MINUTE_MS, 1);
  expect(short).toMatchObject({ meanPer10Min: 12, peakPer10Min: 12, floodPart: 1 });
  expect(health(burst, 1).floodPart).toBeCloseTo(10.07 / 1440, 9);
  expect(health([]).floodPart).toBe(0);
  const waits = [0, 10, 20, 30, 40].map((s, i) => alert(i, { acknowledgedMs: T_MS + i * MINUTE_MS + 1000 * s }));
  expect(health([...waits, alert(9, { acknowledgedMs: T_MS })]).acknowledgement).toEqual({
    acknowledged: 6,
    medianS: 15,
    p90S: 35,
  });
});
