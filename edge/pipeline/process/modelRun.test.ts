import { expect, test } from 'vitest';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import { createRun, isStale, recordTimes } from './modelRun.ts';

const MINUTE_MS = 60_000;
const run = () => createRun({ usual: [] } as unknown as ProcessModel);

test('smoothed values from before a standstill of ten minutes do not affect later rows', () => {
  const model = run();
  expect(isStale(model, 0)).toBe(false);
  recordTimes(model, [0, 10_000, 20_000]);
  expect(isStale(model, 20_000 + 10 * MINUTE_MS)).toBe(false);
  expect(isStale(model, 20_001 + 10 * MINUTE_MS)).toBe(true);
});

test('with rows an hour apart the gap is eight hours', () => {
  const model = run();
  recordTimes(model, [0, 60 * MINUTE_MS, 180 * MINUTE_MS]);
  expect(isStale(model, (180 + 480) * MINUTE_MS)).toBe(false);
  expect(isStale(model, (180 + 481) * MINUTE_MS)).toBe(true);
});
