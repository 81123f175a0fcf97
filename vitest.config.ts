import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{edge,gateway,models,simulators,dashboards}/**/*.test.ts'],
          // Two cores that others use as well: five seconds are not enough for what takes one alone.
          testTimeout: 20_000,
          // By default one core of two is left alone.
          maxWorkers: 2,
          // Modules are loaded once for each worker, not for each file: none of them keeps state that a test would change.
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['{edge,gateway,models,simulators,dashboards}/**/*.e2e.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Each file runs real servers and processes, which wait more than they compute: two cores carry two files.
          maxWorkers: 2,
        },
      },
      // Hours, not minutes: npm run soak:memory and its like.
      {
        test: {
          name: 'soak',
          include: ['simulators/**/*.soak.ts'],
          testTimeout: 3 * 3_600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
