import { expect, test } from 'vitest';
import type { StatusMessage } from '#models/contracts/status.ts';
import { type Arrivals, findSilences, updateLivenessAlerts, watchOf } from './liveness.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const CONFIG = { silentSeconds: 120, alertSeconds: 600 };
const MACHINES = ['a', 'b'].map((asset) => ({ site: 's', edge: 'e', asset }));
const status = (online: boolean) =>
  [{ v: 1, site: 's', edge: 'e', online, timeMs: NOW_MS, version: '1' }] as StatusMessage[];

const arrivals = (edgeAgoS: number, aAgoS: number, bAgoS: number, intervalS = 10): Arrivals => ({
  edges: new Map([['s/e', NOW_MS - edgeAgoS * 1000]]),
  machines: new Map([
    ['s/e/a', { atMs: NOW_MS - aAgoS * 1000, intervalMs: intervalS * 1000 }],
    ['s/e/b', { atMs: NOW_MS - bAgoS * 1000, intervalMs: intervalS * 1000 }],
  ]),
});
const watched = (from: Arrivals, online = true, nowMs = NOW_MS) =>
  MACHINES.map((m) => ({ ...m, watch: watchOf(m, from, status(online), CONFIG, nowMs) }));

test('machines of a live edge are watched', () => {
  expect(watched(arrivals(3, 10, 100)).map((m) => m.watch.state)).toEqual(['watched', 'watched']);
});

test('no machine is watched before the first message of its edge, or while the edge is silent or disconnected', () => {
  expect(watched(arrivals(700, 700, 700))[0].watch).toMatchObject({ state: 'not_watched', reason: 'edge_silent' });
  expect(watched(arrivals(60, 60, 60), false)[0].watch).toMatchObject({ state: 'not_watched', reason: 'edge_offline' });
  const never: Arrivals = { edges: new Map(), machines: new Map() };
  expect(watched(never)[0].watch).toMatchObject({ state: 'not_watched', sinceMs: 0 });
});

test('one machine of a live edge can be silent; a machine that reports hourly is not silent', () => {
  expect(watched(arrivals(3, 10, 300)).map((m) => m.watch.state)).toEqual(['watched', 'not_watched']);
  expect(watched(arrivals(3, 10, 3000, 3600)).map((m) => m.watch.state)).toEqual(['watched', 'watched']);
});

test('a silent edge raises one alert for the integrator and a silent machine another; both return', () => {
  const raised = updateLivenessAlerts([], findSilences(watched(arrivals(700, 700, 700)), CONFIG, NOW_MS), NOW_MS);
  expect(raised).toMatchObject([{ asset: 'e', audience: 'integrator', state: 'unacknowledged' }]);
  expect(raised[0].text).toContain('2 machines are not watched');
  // The same silence raises no second alert.
  expect(updateLivenessAlerts(raised, findSilences(watched(arrivals(760, 760, 760)), CONFIG, NOW_MS), NOW_MS)).toEqual(
    [],
  );
  const [back] = updateLivenessAlerts(raised, findSilences(watched(arrivals(1, 1, 1)), CONFIG, NOW_MS), NOW_MS + 5);
  expect(back).toMatchObject({ returnedAtMs: NOW_MS + 5, state: 'returned_unacknowledged' });
  const one = updateLivenessAlerts([], findSilences(watched(arrivals(3, 10, 700)), CONFIG, NOW_MS), NOW_MS);
  expect(one).toMatchObject([{ asset: 'b', text: expect.stringContaining('b is not watched') }]);
});

test('no alert is raised before the configured time', () => {
  expect(findSilences(watched(arrivals(500, 500, 500)), CONFIG, NOW_MS)).toEqual([]);
});
