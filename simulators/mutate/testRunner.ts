import { readFileSync } from 'node:fs';
import { createVitest } from 'vitest/node';
import { type Mutant, mutated } from './mutants.ts';

/** What the process that runs the tests receives for each mutant; `null`: the source as it is. */
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
        // The mutant exists in memory alone: a run that is stopped leaves the sources as they were.
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
    // `testModules` has those of earlier runs as well.
    if (unhandledErrors.length > 0 || testModules.some((module) => module.moduleId === test && !module.ok()))
      return true;
  }
  return false;
}

process.on('message', async (received: Trial) => {
  // The mutant of another file that was tried before must not stay in the module graph.
  if (trial !== null && trial.file !== received.file) vitest.invalidateFile(trial.file);
  trial = received;
  process.send!(await isKilled(received));
});
process.on('disconnect', () => process.exit());
