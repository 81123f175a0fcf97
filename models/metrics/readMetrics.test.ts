import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { readMetrics } from './readMetrics.ts';

test('values are read when scraped, by kind and label', async () => {
  const registry = new Registry();
  const declare = readMetrics(registry, 'mill');
  let count = 3;
  declare('grains_total', 'grains', ['kind'], (set) => set({ kind: 'rye' }, count));
  declare('sacks', 'sacks', [], (set) => set({}, 7));
  expect(await registry.metrics()).toContain('# TYPE mill_grains_total counter\nmill_grains_total{kind="rye"} 3');
  count = 5;
  const text = await registry.metrics();
  expect(text).toContain('mill_grains_total{kind="rye"} 5');
  expect(text).toContain('# TYPE mill_sacks gauge\nmill_sacks 7');
});
