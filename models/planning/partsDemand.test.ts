import { expect, test } from 'vitest';
import { type InstalledMachine, partsDemand } from './partsDemand.ts';

const DAY = 86_400;
const settings = { horizonS: 30 * DAY, meanLifeS: 1000 * DAY, partsPerFailure: 1, service: 0.9 };
const none: InstalledMachine['remainingLife'] = { assessment: 'not_assessable', reason: '', remedy: '' };
const life = (medianDays: number): InstalledMachine['remainingLife'] => ({
  assessment: 'assessed',
  medianS: medianDays * DAY,
  lowS: 0.5 * medianDays * DAY,
  highS: 2 * medianDays * DAY,
  method: '',
});

test('a machine that is near its end asks for its part, one that is far from it does not', () => {
  const near = partsDemand([{ machine: 'a', remainingLife: life(5) }], settings);
  const far = partsDemand([{ machine: 'a', remainingLife: life(1000) }], settings);
  expect(near.stockFor).toBe(1);
  expect(near.expected).toBeGreaterThan(0.99);
  expect(far.stockFor).toBe(0);
  expect(far.expected).toBeLessThan(1e-6);
});

test('half of the machines whose median is the horizon fail within it', () => {
  expect(partsDemand([{ machine: 'a', remainingLife: life(30) }], settings).expected).toBeCloseTo(0.5, 6);
});

test('a machine is counted once: adding a watched one changes the total by its own expectation alone', () => {
  const prior = Array.from({ length: 40 }, (_, i) => ({ machine: `m${i}`, remainingLife: i % 2 ? none : null }));
  const before = partsDemand(prior, settings);
  const after = partsDemand([...prior, { machine: 'x', remainingLife: life(30) }], settings);
  expect(before.expected).toBeCloseTo(40 * (1 - Math.exp(-0.03)), 9);
  expect(after.expected - before.expected).toBeCloseTo(0.5, 6);
  expect(after.machines[0]).toMatchObject({ machine: 'x' });
});

test('stock follows the service level and the parts a failure takes', () => {
  const ten = Array.from({ length: 10 }, (_, i) => ({ machine: `m${i}`, remainingLife: life(30) }));
  const levels = [0.5, 0.9, 0.99].map((service) => partsDemand(ten, { ...settings, service }).stockFor);
  expect(levels).toEqual([5, 7, 9]);
  expect(partsDemand(ten, { ...settings, partsPerFailure: 2 }).stockFor).toBe(14);
  expect(partsDemand([], settings)).toEqual({ expected: 0, stockFor: 0, machines: [] });
});
