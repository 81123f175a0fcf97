import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Logger } from 'pino';
import type { HostJob, HostResult, ModelHost } from './modelHost.ts';
import type { HostAnswer, HostRequest } from './modelProcess.ts';

/** A process that has just begun loads libraries. */
const START_MS = 15_000;
const LEAST_MS = 2000;
const ROW_MS = 100;

/**
 * Runs models in a process of their own, which is begun with the first of them: one that crashes, or never answers, takes
 * nothing else with it. What fails as a batch is asked for one by one, so that only the culprit is left without an answer.
 */
export class ProcessHost implements ModelHost {
  readonly #file: string;
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  #known = new Set<string>();
  #turn = 0;
  #warm = false;
  #stopped = false;
  restarts = 0;

  /** @param file the built `modelProcess.js`. */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  async run(jobs: readonly HostJob[]): Promise<HostResult[]> {
    const together = await this.#ask(jobs);
    if (typeof together !== 'string') return together;
    if (jobs.length === 1) return [{ ok: false, why: together, detail: DETAILS[together] }];
    const results: HostResult[] = [];
    for (const job of jobs) results.push(...(await this.run([job])));
    return results;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#kill();
  }

  /** The answers, or why there are none. */
  #ask(jobs: readonly HostJob[]): Promise<HostResult[] | 'too_slow' | 'crashed'> {
    const child = this.#child ?? this.#start();
    const turn = ++this.#turn;
    const rows = jobs.reduce((sum, job) => sum + job.rows.length, 0);
    const request: HostRequest = {
      turn,
      jobs: jobs.map((job) => ({ ...job, model: this.#known.has(job.id) ? null : job.model })),
    };
    return new Promise((resolve) => {
      const end = (result: HostResult[] | 'too_slow' | 'crashed') => {
        clearTimeout(deadline);
        child.off('message', hear);
        child.off('exit', crash);
        if (typeof result === 'string') this.#kill();
        else {
          this.#warm = true;
          for (const { id } of jobs) this.#known.add(id);
        }
        resolve(result);
      };
      const hear = (message: unknown) => {
        const answer = message as HostAnswer;
        if (answer.turn === turn) end(answer.results);
      };
      const crash = () => end('crashed');
      const deadline = setTimeout(() => end('too_slow'), (this.#warm ? LEAST_MS : START_MS) + ROW_MS * rows);
      child.on('message', hear);
      child.once('exit', crash);
      child.send(request, (error) => {
        if (error) end('crashed');
      });
    });
  }

  #start(): ChildProcess {
    const child = fork(this.#file, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('error', (error) => this.#log.error({ error: error.message }, 'the models’ process failed'));
    // The network is read first.
    if (child.pid) setPriority(child.pid, 5);
    this.#child = child;
    this.#known = new Set();
    this.#warm = false;
    return child;
  }

  #kill(): void {
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    if (!this.#stopped) {
      this.restarts++;
      this.#log.warn('the models’ process was ended; the next rows begin another');
    }
    child.kill('SIGKILL');
  }
}

const DETAILS = {
  too_slow: 'it did not answer in time',
  crashed: 'it ended the process that it ran in',
} as const;
