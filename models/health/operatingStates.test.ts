import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { OperatingStates, type StateAssignment } from './operatingStates.ts';

const settings = { learnRows: 300, newRows: 20 };
const random = randomOf(8);
const near = (rpm: number, load: number) => [rpm + 5 * gaussian(random), load + 0.02 * gaussian(random)];
const stateOf = (assigned: StateAssignment) => (assigned.kind === 'state' ? assigned.state : assigned.kind);

test('two speeds and two loads are three states if one combination does not occur; standstill is a state of its own', () => {
  const states = new OperatingStates(settings, 0);
  const ways: [number, number][] = [
    [1480, 0.9],
    [1480, 0.5],
    [980, 0.5],
    [0, 0],
  ];
  for (let i = 0; i < 300; i++) states.observe(near(...ways[Math.floor(i / 7) % 4]));
  expect(states.states).toHaveLength(4);
  const assigned = ways.map((way) => states.observe(near(...way)));
  expect(new Set(assigned.map(stateOf)).size).toBe(4);
  expect(assigned.map((p) => p.kind === 'state' && p.stopped)).toEqual([false, false, false, true]);
  expect(states.observe(near(1200, 0.7))).toEqual({ kind: 'between' });
});

test('a continuously varying load, and one that hardly moves, are one state', () => {
  const gliding = new OperatingStates(settings, -1);
  for (let i = 0; i < 300; i++) gliding.observe([0.7 + 0.3 * Math.sin(i / 20), 20 + gaussian(random)]);
  expect(gliding.states).toHaveLength(1);
  expect(gliding.observe([0.8, 20])).toEqual({ kind: 'one' });
  const steady = new OperatingStates(settings, -1);
  for (let i = 0; i < 300; i++) steady.observe([1480, 0.7]);
  expect(steady.states).toHaveLength(1);
});

test('a continuously varying speed is one state, with speed bands; hysteresis keeps a speed in its band', () => {
  const states = new OperatingStates(settings, 0);
  const speedOf = (assigned: StateAssignment) => (assigned.kind === 'one' ? assigned.speed : assigned.kind);
  for (let i = 0; i < 300; i++) states.observe([1200 + 280 * Math.sin(i / 20), 0.7]);
  expect(states.states).toHaveLength(1);
  const fast = states.observe([1480, 0.7]);
  expect(speedOf(states.observe([1440, 0.7]))).toBe(speedOf(fast));
  expect(states.mayBelong(fast, 0, 1440)).toBe(true);
  expect(states.mayBelong(fast, 0, 1000)).toBe(false);
  expect(speedOf(states.observe([1000, 0.7]))).not.toBe(speedOf(fast));
  // Around the edge between two bands.
  const observed = new Set(
    Array.from({ length: 40 }, (_, i) => speedOf(states.observe([1350 + (i % 2 ? 20 : -20), 0.7]))),
  );
  expect(observed.size).toBe(1);
});

test('a later operating condition becomes a new state, a passage through it does not', () => {
  const states = new OperatingStates(settings, 0);
  for (let i = 0; i < 300; i++) states.observe(i % 20 < 10 ? near(1480, 0.9) : near(980, 0.5));
  const known = states.states?.length;
  for (let i = 0; i < 19; i++) expect(states.observe(near(1250, 0.7))).toEqual({ kind: 'between' });
  expect(states.observe(near(1480, 0.9)).kind).toBe('state');
  expect(states.states).toHaveLength(known as number);
  for (let i = 0; i < 25; i++) states.observe(near(1250, 0.7));
  expect(states.states).toHaveLength((known as number) + 1);
  expect(stateOf(states.observe(near(1250, 0.7)))).toBe(known);
});

test('resumes from a snapshot as if uninterrupted; the same rows give the same states', () => {
  const rows = Array.from({ length: 340 }, (_, i) => (i % 30 < 15 ? near(1480, 0.9) : near(980, 0.5)));
  const whole = new OperatingStates(settings, 0);
  const first = new OperatingStates(settings, 0);
  for (const row of rows.slice(0, 150)) first.observe(row);
  const second = new OperatingStates(settings, 0, structuredClone(first.snapshot()));
  const observed = rows.map((row) => whole.observe(row));
  expect(rows.slice(150).map((row) => second.observe(row))).toEqual(observed.slice(150));
  expect(second.snapshot()).toEqual(whole.snapshot());
});
