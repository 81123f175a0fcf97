import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf } from './mutants.ts';
import type { Trial } from './testRunner.ts';
import { importersBelow, sourcesBelow, testsOf } from './testsOf.ts';

const USAGE = `npm run mutate -- [--every N] [--reach N] PATH...

How many small changes (mutants) of these files or folders their unit tests detect; survivors are listed.
  --every N  each Nth mutant of a file only (1)
  --reach N  tests that reach the file over at most N imports, and the test of its name beside it (2)
`;

/** A test that takes this many times longer than with the original source, and this much more, counts as endless. */
const SLOWER = 4;
const GRACE_MS = 10_000;
const BASELINE_MS = 600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1' },
    reach: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help || positionals.length === 0) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
const [every, reach] = [Number(values.every), Number(values.reach)];
const info = (line: string) => process.stdout.write(`${line}\n`);
const root = process.cwd();
const importers = importersBelow(root);
let runner: ChildProcess | null = null;
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopped = true));

/** `true`: a test failed, or did not end. */
async function isKilled(trial: Trial, timeoutMs: number): Promise<boolean> {
  runner ??= fork(join(import.meta.dirname, 'testRunner.ts'), { detached: true });
  runner.send(trial);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const [killed] = await once(runner, 'message', { signal });
    return killed;
  } catch (error) {
    if (!signal.aborted) throw error;
    // Kills its workers, too: an endless loop can only be stopped from outside.
    process.kill(-runner.pid!, 'SIGKILL');
    runner = null;
    return true;
  }
}

/** Prints survivors as they are found; an interrupted run counts the mutants tried so far. */
async function scoreOf(file: string, mutants: readonly Mutant[]): Promise<{ killed: number; tried: number }> {
  const tests = testsOf(file, importers, reach);
  if (tests.length === 0) info(`${relative(root, file)}: no test in reach`);
  const startMs = performance.now();
  if (await isKilled({ file, mutant: null, tests }, BASELINE_MS)) throw new Error(`tests of ${file} fail as it is`);
  const timeoutMs = Math.round(SLOWER * (performance.now() - startMs) + GRACE_MS);
  let [killed, tried] = [0, 0];
  for (const mutant of mutants) {
    if (isStopped) break;
    tried++;
    if (await isKilled({ file, mutant, tests }, timeoutMs)) killed++;
    else info(`${relative(root, file)}:${mutant.line}  ${mutant.was.split('\n')[0]}  →  ${mutant.now.split('\n')[0]}`);
  }
  return { killed, tried };
}

const sources = positionals.flatMap((path) => (statSync(path).isDirectory() ? sourcesBelow(path) : [path]));
const totals = new Map<string, { killed: number; tried: number }>();
for (const source of sources.filter((path) => !/\.(test|e2e|soak|fixture|gen|as|d)\.ts$/.test(path))) {
  const file = resolve(root, source);
  const mutants = mutantsOf(readFileSync(file, 'utf8')).filter((_, i) => i % every === 0);
  if (isStopped || mutants.length === 0) continue;
  const { killed, tried } = await scoreOf(file, mutants);
  const name = relative(root, file);
  if (tried > 0) info(`${name}: ${killed} of ${tried} killed`);
  const total = totals.get(dirname(name)) ?? { killed: 0, tried: 0 };
  totals.set(dirname(name), { killed: total.killed + killed, tried: total.tried + tried });
}
for (const [folder, { killed, tried }] of totals)
  info(`${folder}: ${killed} of ${tried} killed, ${((100 * killed) / tried).toFixed(0)} %`);
(runner as ChildProcess | null)?.disconnect();
