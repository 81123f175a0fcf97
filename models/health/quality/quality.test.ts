import { expect, test } from 'vitest';
import type { Unit } from '#models/contracts/units.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { isSilent, NO_ARRIVALS, stepArrival } from './arrivalTiming.ts';
import { CLOCK_RIGHT, clockInWords, stepClock } from './clockCorrection.ts';
import { ClockEstimate } from './clockEstimate.ts';
import { NO_RHYTHM, stepRhythm } from './gapWatch.ts';
import { isPossible } from './plausible.ts';
import { isStuck, NOT_STUCK, slowFlaw, stepStuck } from './slowFlaw.ts';
import { NO_SPIKES, stepSpikes } from './spikeGate.ts';
import { waveformFlaw } from './waveformFlaw.ts';

const LENGTH = 4096;
const random = randomOf(11);
const signal = (of: (i: number) => number) => Float32Array.from({ length: LENGTH }, (_, i) => of(i));
const sine = (i: number) => Math.sin(i * 0.0731);
const noise = () => gaussian(random);
const impacts = (i: number) => 0.05 * noise() + 8 * Math.exp(-(i % 128) / 12) * Math.sin((i % 128) * 1.9);
const cut = (limit: number, of: (i: number) => number) => (i: number) => Math.max(-limit, Math.min(limit, of(i)));
const int16 = (fullScale: number, of: (i: number) => number) => (i: number) =>
  (Math.max(-32_768, Math.min(32_767, Math.round((of(i) / fullScale) * 32_767))) * fullScale) / 32_767;
const flaw = (of: (i: number) => number) => {
  const x = signal(of);
  const rms = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / LENGTH);
  return waveformFlaw(x, x.reduce((most, v) => Math.max(most, Math.abs(v)), 0) / rms);
};

test.each([
  ['a sine', sine],
  ['noise', noise],
  ['impacts', impacts],
  ['a sine of int16', int16(1.01, sine)],
  ['noise of int16', int16(50, noise)],
  ['noise of a few steps', int16(20_000, noise)],
  ['a sine of a few steps', int16(5000, sine)],
  ['a square wave', (i: number) => (i % 64 < 32 ? 1 : -1)],
])('%s has no flaw', (_name, of) => {
  expect(flaw(of)).toBeNull();
});

test.each([
  ['a sine', cut(0.9, sine)],
  ['a sine of int16', int16(0.8, sine)],
  ['noise at two deviations', cut(2, noise)],
  ['noise of int16', int16(1.5, noise)],
  ['impacts', cut(3, impacts)],
  ['noise, nearly all of it,', cut(0.02, noise)],
  ['one side alone', (i: number) => Math.min(0.7, sine(i))],
])('%s that is cut off is reported as clipped', (_name, of) => {
  expect(flaw(of)).toBe('clipped');
});

test('one value throughout is stuck, single distant samples are spikes, a ringing impact is not', () => {
  expect(flaw(() => 0.7)).toBe('stuck');
  expect(flaw((i) => (i === 2000 ? 90 : noise()))).toBe('spikes');
  expect(
    flaw((i) => (i < 2000 || i > 2100 ? 0.1 * noise() : 60 * Math.exp(-(i - 2000) / 20) * Math.cos((i - 2000) * 0.9))),
  ).toBeNull();
});

test('a slow value is stuck after ten times its longest run; not before enough values are known, not at zero', () => {
  let state = NOT_STUCK;
  for (let i = 0; i < 50; i++) state = stepStuck(state, 20);
  expect(isStuck(state, 'degC')).toBe(false);
  state = NOT_STUCK;
  for (let i = 0; i < 400; i++) state = stepStuck(state, 20 + Math.floor(i / 3) * 0.1);
  for (let i = 0; i < 59; i++) state = stepStuck(state, 99);
  expect(isStuck(state, 'degC')).toBe(false);
  state = stepStuck(state, 99);
  expect(isStuck(state, 'degC')).toBe(true);
  expect(slowFlaw([99, 99], state, 'degC')).toBe('stuck');
  const alive = stepStuck(state, 98);
  expect(alive.longest).toBeLessThan(60);
  expect(isStuck(alive, 'degC')).toBe(false);
  for (let i = 0; i < 100; i++) state = stepStuck(state, 0);
  expect(isStuck(state, 'rpm')).toBe(false);
  expect(isStuck(state, 'degC')).toBe(true);
});

test('single slow values far from all others are spikes; a step is not', () => {
  const values = Array.from({ length: 30 }, () => 60 + noise());
  expect(slowFlaw(values, NOT_STUCK, 'degC')).toBeNull();
  expect(slowFlaw([...values, 4000], NOT_STUCK, 'degC')).toBe('spikes');
  expect(slowFlaw([...values, ...values.map((v) => v + 50)], NOT_STUCK, 'degC')).toBeNull();
});

/** Values that pass the gate, and spikes, of values every `everyS` seconds. */
function gated(values: number[], unit: Unit = 'degC', everyS = 2) {
  let state = NO_SPIKES;
  const passed: number[] = [];
  let spikes = 0;
  values.forEach((value, i) => {
    const step = stepSpikes(state, { timeUs: i * everyS * 1e6, value }, unit);
    state = step.state;
    spikes += step.spikes;
    passed.push(...step.values.map((v) => v.value));
  });
  return { passed, spikes };
}
const steady = (n: number, level = 55) => Array.from({ length: n }, () => level + 0.3 * noise());

test('one or two impossible values among few are spikes, and are discarded', () => {
  for (const wild of [[850], [-200], [850, 850], [850, -200]]) {
    const { passed, spikes } = gated([...steady(50), ...wild, ...steady(10)]);
    expect(spikes).toBe(wild.length);
    expect(passed).toHaveLength(60);
    expect(Math.max(...passed)).toBeLessThan(60);
  }
  expect(gated([...Array(50).fill(55), 850, 55, 55]).spikes).toBe(1);
});

test('a change is accepted at its third value, or a minute after it began, without losing values', () => {
  const values = [...steady(50), ...steady(3, 90)];
  expect(gated(values)).toEqual({ passed: values, spikes: 0 });
  const rare = [...steady(50), ...steady(2, 90)];
  expect(gated(rare, 'degC', 60)).toEqual({ passed: rare, spikes: 0 });
  const ramp = [...steady(50), 70, 85, 100, 115];
  expect(gated(ramp)).toEqual({ passed: ramp, spikes: 0 });
});

test('values that jump by nature pass: a switch, and frequent pulses', () => {
  const onOff = Array.from({ length: 100 }, (_, i) => (i % 50 === 49 ? 0 : 1));
  expect(gated(onOff, '1').spikes).toBe(0);
  const pulses = Array.from({ length: 400 }, (_, i) => (i % 5 === 4 ? 90 : 20) + 0.1 * noise());
  expect(gated(pulses, 'bar').spikes).toBeLessThan(10);
});

test('a gap interrupts a regular rhythm; a new rhythm is learned', () => {
  const gapsOf = (times: number[]) => {
    let rhythm = NO_RHYTHM;
    return times.filter((t) => {
      const step = stepRhythm(rhythm, t);
      rhythm = step.rhythm;
      return step.gap;
    });
  };
  const every = (from: number, n: number, step: number) => Array.from({ length: n }, (_, i) => from + i * step);
  const jitter = () => 1e5 * noise();
  expect(gapsOf(every(0, 100, 1e6).map((t) => t + jitter()))).toEqual([]);
  expect(gapsOf([...every(0, 50, 1e6), ...every(60e6, 50, 1e6)])).toEqual([60e6]);
  expect(gapsOf([...every(0, 50, 1e6), ...every(60e6, 50, 10e6)])).toHaveLength(3);
  let t = 0;
  const irregular = Array.from({ length: 1000 }, () => (t -= Math.log(random()) * 1e6));
  expect(gapsOf(irregular).length).toBeLessThan(10);
});

test('physically impossible values are detected', () => {
  expect(isPossible(-40, 900, 'degC')).toBe(true);
  expect(isPossible(-300, 900, 'degC')).toBe(false);
  expect(isPossible(0, 1e5, 'g')).toBe(false);
  expect(isPossible(-1e300, 1e300, '1')).toBe(true);
});

/** One message per second, each delayed by the network; `clock` gives the device's timestamp. */
function tick(estimate: ClockEstimate, fromS: number, toS: number, clock: (ms: number) => number): number {
  let setBack = 0;
  for (let s = fromS; s < toS; s++) {
    const sentMs = 1.7e12 + s * 1000;
    if (estimate.observe(clock(sentMs), sentMs + 5 + 200 * random())) setBack++;
  }
  return setBack;
}

test('offset and drift of a clock are found behind the network’s jitter', () => {
  const estimate = new ClockEstimate();
  expect(estimate.view).toBeNull();
  tick(estimate, 0, 4000, (ms) => ms - 42_000 - (ms - 1.7e12) * 120e-6);
  expect(estimate.view?.offsetS).toBeCloseTo(42.5, 0);
  expect(estimate.view?.driftPpm).toBeGreaterThan(100);
  expect(estimate.view?.driftPpm).toBeLessThan(140);
  expect(estimate.view?.jumps).toBe(0);
});

test('setting a clock is detected within two minutes; setting it back is reported once', () => {
  const estimate = new ClockEstimate();
  // Once at the start: the previous clock is unknown.
  expect(tick(estimate, 0, 300, (ms) => ms)).toBe(1);
  expect(tick(estimate, 300, 420, (ms) => ms - 3_600_000)).toBe(1);
  expect(estimate.view).toMatchObject({ jumps: 1 });
  expect(estimate.view?.offsetS).toBeCloseTo(3600, 0);
  expect(tick(estimate, 420, 600, (ms) => ms)).toBe(0);
  expect(estimate.view?.jumps).toBe(2);
});

test('a recording replayed fast gives no clock estimate', () => {
  const estimate = new ClockEstimate();
  expect(tick(estimate, 0, 600, (ms) => 1.6e12 + 100 * (ms - 1.7e12))).toBe(0);
  expect(estimate.view).toBeNull();
});

test('a regular sender is silent after ten usual intervals, at least half a minute; a rare one is not', () => {
  let often = NO_ARRIVALS;
  for (let i = 0; i < 100; i++) often = stepArrival(often, i * 1000);
  expect(isSilent(often, 99_000 + 29_000)).toBe(false);
  expect(isSilent(often, 99_000 + 31_000)).toBe(true);
  let rare = NO_ARRIVALS;
  for (let i = 0; i < 20; i++) rare = stepArrival(rare, i * 60_000);
  expect(isSilent(rare, 19 * 60_000 + 500_000)).toBe(false);
  expect(isSilent(rare, 19 * 60_000 + 700_000)).toBe(true);
  expect(isSilent(stepArrival(NO_ARRIVALS, 0), 1e9)).toBe(false);
});

/** One message per second from a device whose clock differs by `aheadMs(second)`; returns the remaining errors, ms. */
function correctedClock(seconds: number, aheadMs: (s: number) => number, latencyMs: (s: number) => number = () => 100) {
  let clock = CLOCK_RIGHT;
  const wrong = Array.from({ length: seconds }, (_, s) => {
    const sentMs = 1.7e12 + s * 1000;
    clock = stepClock(clock, sentMs + aheadMs(s), sentMs + latencyMs(s), 300_000);
    return aheadMs(s) + clock.offsetMs;
  });
  return { wrong, clock };
}
const HOUR_MS = 3_600_000;

test.each([
  ['an hour ahead from the first message on', () => HOUR_MS, 0],
  ['an hour ahead later', (s: number) => (s < 60 ? 0 : HOUR_MS), 0],
  ['that began in 1970', (s: number) => -1.7e12 - 5 * s, 0],
  ['set ahead, and right again', (s: number) => (s < 60 ? 2 * HOUR_MS : 0), 0],
  ['an hour behind', () => -HOUR_MS, 21],
  ['that begins winter time', (s: number) => (s < 60 ? 0 : -HOUR_MS), 21],
  ['that is local time, and begins winter time', (s: number) => (s < 60 ? 2 : 1) * HOUR_MS, 21],
])('a clock %s is corrected', (_name, aheadMs, most) => {
  const { wrong } = correctedClock(120, aheadMs);
  expect(wrong.filter((ms) => Math.abs(ms) > 10_000).length).toBeLessThanOrEqual(most);
  expect(Math.abs(wrong[119])).toBeLessThan(10_000);
});

test('a backlog, a slow network and a recording are not wrong clocks', () => {
  // An hour without connection, then ten messages a second until caught up.
  let clock = CLOCK_RIGHT;
  for (let i = 0; i < 4000; i++) clock = stepClock(clock, 1.7e12 + i * 1000, 1.7e12 + HOUR_MS + i * 100, 300_000);
  expect(clock).toMatchObject({ offsetMs: 0, steps: 0 });
  expect(
    correctedClock(
      600,
      () => 0,
      (s) => 30_000 * (s % 7 === 0 ? 1 : 0),
    ).clock.offsetMs,
  ).toBe(0);
  for (let i = 0; i < 4000; i++) clock = stepClock(clock, 1.5e12 + i * 5000, 1.7e12 + i * 1000, 300_000);
  expect(clock.offsetMs).toBe(0);
});

test('a backlog ingested at about real-time pace for a while is not a wrong clock', () => {
  let clock = CLOCK_RIGHT;
  let arrivalMs = 1.7e12;
  for (let s = 0; s < 300; s++) {
    // Alternates ten seconds at real-time pace with half a minute in a burst.
    arrivalMs += s % 40 < 12 ? 1000 : 20;
    clock = stepClock(clock, 1.7e12 - 240_000 + s * 1000, arrivalMs, 300_000);
    expect(clock.offsetMs).toBe(0);
  }
});

test('a corrected clock is described', () => {
  expect(clockInWords(CLOCK_RIGHT)).toBeNull();
  expect(clockInWords({ ...CLOCK_RIGHT, offsetMs: -HOUR_MS })).toContain('60 min ahead');
});
