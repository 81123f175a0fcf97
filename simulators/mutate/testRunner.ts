import { readFileSync } from 'node:fs';
import { createVitest } from 'vitest/node';
import { type Mutant, mutated } from './mutants.ts';

/** Message to the test process for each mutant; `null`: the original source. */
export interface Trial {
  file: string;
  mutant: Mutant | null;
  /** Absolute paths, in the order in which they run. */
  tests: readonly string[];
}

let trial: Trial | null = null;
const vitest = await createVitest(
  'test',
  {
    config: false,
    watch: false,
    include: ['{edge,gateway,models,simulators,dashboards}/**/*.test.ts'],
    testTimeout: 20_000,
    bail: 1,
    pool: 'threads',
    maxWorkers: 1,
    reporters: [{}],
    onConsoleLog: () => false,
  },
  {
    plugins: [
      {
        // The mutant exists in memory only: an interrupted run leaves the sources unchanged.
        name: 'mutant',
        enforce: 'pre',
        load: (id) =>
          trial?.mutant && id === trial.file ? mutated(readFileSync(id, 'utf8'), trial.mutant) : undefined,
      },
    ],
  },
);
const project = vitest.getRootProject();

/** Whether one of the tests fails. */
async function isKilled({ file, tests }: Trial): Promise<boolean> {
  vitest.invalidateFile(file);
  for (const test of tests) {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([project.createSpecification(test)]);
    // `testModules` includes those of earlier runs.
    if (unhandledErrors.length > 0 || testModules.some((module) => module.moduleId === test && !module.ok()))
      return true;
  }
  return false;
}

process.on('message', async (received: Trial) => {
  // An earlier mutant of another file must not stay in the module graph.
  if (trial !== null && trial.file !== received.file) vitest.invalidateFile(trial.file);
  trial = received;
  process.send!(await isKilled(received));
});
process.on('disconnect', () => process.exit());
