import { expect, test } from 'vitest';
import type { MachineView } from '#models/contracts/api.ts';
import { applyHealth } from './applyHealth.ts';

const health = (asset: string, index: number, points: string[] = []) =>
  ({
    site: 's',
    edge: 'e',
    asset,
    index,
    points: points.map((point) => ({ point })),
  }) as unknown as MachineView['health'];
const machine = (asset: string, more: object = {}): MachineView => ({
  health: health(asset, 0.1),
  watch: { state: 'watched' },
  points: ['2H'],
  waveforms: ['2H'],
  units: { '2H': 'g' },
  activeAlerts: 0,
  ...more,
});

test('only machines with new health become new objects, and the order is kept', () => {
  const before = [machine('a'), machine('b'), machine('c')];
  const after = applyHealth(before, new Map([['s/e/b', health('b', 0.7)]]));
  expect(after.map((m) => m.health.asset)).toEqual(['a', 'b', 'c']);
  expect(after[0]).toBe(before[0]);
  expect(after[2]).toBe(before[2]);
  expect(after[1]).toMatchObject({ health: { index: 0.7 }, waveforms: ['2H'], units: { '2H': 'g' } });
});

test('a message marks its machine as watched and adds its points; an unknown machine is appended', () => {
  const silent = machine('a', { watch: { state: 'not_watched', sinceMs: 1, reason: 'edge_silent' } });
  const newest = new Map([
    ['s/e/new', health('new', 0.2, ['1V'])],
    ['s/e/a', health('a', 0.3, ['2H', 'temperature'])],
  ]);
  const after = applyHealth([silent], newest);
  expect(after[0]).toMatchObject({ watch: { state: 'watched' }, points: ['2H', 'temperature'] });
  expect(after[1]).toMatchObject({ points: ['1V'], waveforms: [] });
});
