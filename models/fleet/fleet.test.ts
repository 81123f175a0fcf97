import { expect, test } from 'vitest';
import { gaussian, randomOf, seedOf } from '#models/random/random.ts';
import { parseTable } from '#models/tables/parseTable.ts';
import { loadProcessModel } from '../health/process/judgeRows.ts';
import { eventRules, tailOf } from './eventRules.ts';
import { behaviourNames, behaviourOf, familiesOf, familyFor, type Machine } from './families.ts';
import { familyNormal } from './familyNormal.ts';
import { beyondNorms, readNorms, unlikeSisters } from './sisters.ts';

const CHANNELS = ['flow', 'heat'];

/** Machines of one kind: levels that differ a little from one to the next. */
function machines(kind: string, count: number, levels: readonly number[], seed = 1, rows = 300): Machine[] {
  const random = randomOf(seedOf(kind, seed));
  return Array.from({ length: count }, (_, i) => {
    const own = levels.map((level) => level + gaussian(random));
    return {
      unit: `${kind}${i}`,
      rows: Array.from({ length: rows }, () => own.map((level) => level + 2 * gaussian(random))),
    };
  });
}

test('machines that run alike form a family, a fleet of one kind is one family, and a new machine is assigned to its own', () => {
  const fleet = [...machines('a', 8, [50, 20]), ...machines('b', 6, [80, 20]), ...machines('c', 5, [50, 60])];
  const families = familiesOf(fleet.map(behaviourOf));
  expect(families.map(({ units }) => new Set(units.map((u) => u[0])))).toEqual([
    new Set('a'),
    new Set('b'),
    new Set('c'),
  ]);
  expect(families.every(({ silhouette }) => silhouette > 0.7)).toBe(true);
  const behaviours = fleet.map(behaviourOf);
  const [young] = machines('new', 1, [80, 20], 2, 60);
  expect(familyFor(behaviourOf(young), behaviours, families)?.units[0][0]).toBe('b');
  const [outlier] = machines('new', 1, [120, 90], 2, 60);
  expect(familyFor(behaviourOf(outlier), behaviours, families)).toBeNull();
  // An outlier and an uninformative channel do not hide the families.
  const odd = [...machines('a', 9, [50, 20, 7]), ...machines('b', 7, [80, 20, 7])];
  odd[3] = { unit: 'a3', rows: odd[3].rows.map((row) => [row[0], 20 + 6 * (row[1] - 20), row[2]]) };
  expect(
    familiesOf(odd.map(behaviourOf))
      .slice(0, 2)
      .map(({ units }) => new Set(units.map((u) => u[0]))),
  ).toEqual([new Set('a'), new Set('b')]);
  for (let seed = 1; seed <= 20; seed++)
    expect(familiesOf(machines('d', 15, [50, 20], seed).map(behaviourOf))).toHaveLength(1);
});

test('a machine unlike its sisters is named with the channel; a healthy fleet names none; norms name their source', () => {
  const names = behaviourNames(CHANNELS);
  let named = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const sound = machines('e', 12, [50, 20], seed).map(behaviourOf);
    named += unlikeSisters(sound, familiesOf(sound), names).length;
  }
  expect(named).toBeLessThanOrEqual(1);
  const fleet = machines('e', 12, [50, 20], 3);
  fleet[4] = { unit: 'e4', rows: fleet[4].rows.map((row) => [row[0], 20 + 6 * (row[1] - 20)]) };
  const behaviours = fleet.map(behaviourOf);
  const [first] = unlikeSisters(behaviours, [{ units: fleet.map((m) => m.unit), silhouette: 0 }], names);
  expect(first).toMatchObject({ unit: 'e4', measure: 'heat: spread' });
  const norm = { channel: 'flow', low: 0, high: 50, source: 'data sheet' };
  const over = beyondNorms(behaviours, [norm], names);
  expect(over.length).toBeGreaterThan(0);
  expect(over.every(({ value, source }) => value > 50 && source === 'data sheet')).toBe(true);
});

const HOURS = 5000;
const HORIZON = 24;

/** Each of 40 units has noise events x, y, z; every failure of `pump` follows an a and then a b. */
function history(linked: boolean, seed: number) {
  const random = randomOf(seed);
  const units = Array.from({ length: 40 }, (_, u) => `u${u}`);
  const events = new Map<string, { time: number; kind: string }[]>();
  const failures = new Map<string, { time: number; kind: string }[]>();
  for (const unit of units) {
    const own = ['x', 'y', 'z'].flatMap((kind) => Array.from({ length: 6 }, () => ({ time: HOURS * random(), kind })));
    const ends = [1000, 2500, 4000].map((from) => from + 900 * random());
    for (const end of ends) {
      const at = linked ? end - 10 : HOURS * random();
      own.push({ time: at, kind: 'a' }, { time: at + 5, kind: 'b' });
      own.push({ time: HOURS * random(), kind: 'a' }, { time: HOURS * random(), kind: 'b' });
    }
    events.set(
      unit,
      own.sort((a, b) => a.time - b.time),
    );
    failures.set(
      unit,
      ends.map((time) => ({ time, kind: 'pump' })),
    );
  }
  return { events, failures, from: 0, to: HOURS };
}

test('the sequence that precedes a failure is found with its measures; random events make no rule', () => {
  const { rules, tried } = eventRules(history(true, 1), HORIZON);
  expect(tried).toBeGreaterThan(10);
  const pair = rules.find((rule) => rule.events.length === 2);
  expect([...(pair?.events ?? [])].sort()).toEqual(['a', 'b']);
  expect(pair).toMatchObject({ failure: 'pump' });
  expect(pair?.coverage).toBeGreaterThan(0.9);
  expect(pair?.confidence).toBeGreaterThan(0.8);
  expect(pair?.lift).toBeGreaterThan(20);
  expect(pair?.p).toBeLessThan(1e-6);
  const names = new Set(rules.flatMap((rule) => rule.events));
  for (const kind of ['x', 'y', 'z']) expect(names).not.toContain(kind);
  const chance = Array.from({ length: 20 }, (_, seed) => eventRules(history(false, seed + 1), HORIZON).rules.length);
  expect(chance.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1);
});

test('norms are read from a table; the normal of a family applies to an unseen sister, but not to another kind', async () => {
  const table = parseTable(Buffer.from('channel;low;high;source\nflow;;52,5;data sheet\n'));
  expect(readNorms(table, CHANNELS)).toEqual([
    { channel: 'flow', low: Number.NEGATIVE_INFINITY, high: 52.5, source: 'data sheet' },
  ]);
  expect(() => readNorms(table, ['heat'])).toThrow('line 2: no channel flow; there are heat');
  const model = familyNormal(CHANNELS, machines('f', 8, [50, 20]), { data: 'f', version: '1', seed: 1 });
  const { judge } = await loadProcessModel(model, () => Promise.reject(new Error('no network is needed')));
  const over = async (machine: Machine) => {
    const rows = machine.rows.map((row) => Array.from(row));
    const { scores } = await judge(rows, { past: [], levels: [] });
    return scores.filter((score) => score !== null && score.index >= 1).length / rows.length;
  };
  expect(await over(machines('f', 9, [50, 20], 2)[8])).toBeLessThan(0.02);
  expect(await over(machines('g', 1, [80, 20])[0])).toBeGreaterThan(0.9);
});

test('the Poisson-binomial tail equals the binomial one when all chances are equal', () => {
  expect(tailOf([0.5, 0.5, 0.5], 2)).toBeCloseTo(0.5);
  expect(tailOf([0.1, 0.2], 1)).toBeCloseTo(1 - 0.9 * 0.8);
  expect(tailOf([0.1, 0.2], 0)).toBe(1);
  expect(tailOf([0.3], 2)).toBe(0);
});
