import { expect, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import type { Namur } from '#models/contracts/health.ts';
import { mapOf } from './mapOf.ts';

const machine = (asset: string, place: { site: string; area?: string; line?: string }, status: Namur = 'NORMAL') =>
  ({ health: { asset, status, ...place }, watch: { state: 'watched' } }) as unknown as MachineView;
const namesOf = (machines: readonly MachineView[]) => machines.map(({ health }) => health.asset);

test('machines are grouped by site, area and line, the worst first at each level', () => {
  const { places, machines } = mapOf([
    machine('fan-1', { site: 'south', area: 'mill', line: '1' }),
    machine('fan-2', { site: 'north', area: 'boiler' }),
    machine('fan-3', { site: 'north', area: 'cooling', line: '2' }, 'OFF_SPEC'),
    machine('fan-4', { site: 'north', area: 'cooling', line: '2' }, 'FAILURE'),
  ]);
  expect(machines).toEqual([]);
  expect(places.map(({ name, count }) => [name, count])).toEqual([
    ['north', 3],
    ['south', 1],
  ]);
  expect(places[0].places.map(({ name }) => name)).toEqual(['cooling', 'boiler']);
  expect(namesOf(places[0].places[0].places[0].machines)).toEqual(['fan-4', 'fan-3']);
  expect(namesOf(places[0].places[1].machines)).toEqual(['fan-2']);
});

test('no machine is lost where a level is missing', () => {
  const { places } = mapOf([machine('a', { site: 's', line: '1' }), machine('b', { site: 's' })]);
  expect(places[0].count).toBe(2);
  expect(places[0].places.map(({ name, machines }) => [name, namesOf(machines)])).toEqual([['1', ['a']]]);
  expect(namesOf(places[0].machines)).toEqual(['b']);
});
