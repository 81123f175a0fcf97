import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, longest first. A fresh clone has no record of earlier runs to order them by. */
const LONGEST = [
  'simulators/score/scenarios.e2e.ts',
  'simulators/endToEnd/kill.e2e.ts',
  'dashboards/web/page.e2e.ts',
  'gateway/registry/rollouts.e2e.ts',
  'simulators/endToEnd/networkCut.e2e.ts',
  'edge/sources/opcua/opcuaSecured.e2e.ts',
  'edge/sources/opcua/opcuaRestarts.e2e.ts',
  'gateway/commands.e2e.ts',
  'models/health/diagnosis/simulatedMachines.suite.test.ts',
  'edge/pipeline/alert/diagnose.suite.test.ts',
  'models/health/life/life.suite.test.ts',
  'models/health/life/lifeTime.suite.test.ts',
  'simulators/supply/plantTrial.suite.test.ts',
];

/** The longest files start first, so that no worker is left alone with one at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    tags: [{ name: 'slow', description: 'A second and more: `npm test` runs it, `npm run check` does not.' }],
    // What was transformed once is read from the disk the next time.
    experimental: { fsModuleCache: true },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{edge,gateway,models,simulators,dashboards}/**/*.test.ts'],
          exclude: ['**/*.suite.test.ts'],
          // Two cores that others use as well: five seconds are not enough for what takes one alone.
          testTimeout: 20_000,
          // By default one core of two is left alone.
          maxWorkers: 2,
          // Modules are loaded once for each worker, not for each file: none of them keeps state that a test would change.
          isolate: false,
        },
      },
      // What only many simulated machines or units show: half of the time of all tests, so `npm test` runs them and `npm run check` does not.
      {
        test: {
          name: 'suite',
          include: ['{edge,gateway,models,simulators,dashboards}/**/*.suite.test.ts'],
          testTimeout: 60_000,
          maxWorkers: 2,
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['{edge,gateway,models,simulators,dashboards}/**/*.e2e.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // Two files at a time occupy two cores; with a third, what is measured in seconds becomes late.
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
