import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Logger } from 'pino';
import type { HostJob, HostResult, LearnRequest, LearnResult, ModelHost } from './modelHost.ts';
import type { HostAnswer, HostRequest } from './modelProcess.ts';

/** A process that has just begun loads libraries. */
const START_MS = 15_000;
const LEAST_MS = 2000;
const ROW_MS = 100;
const LEARN_MS = 60_000;

type Silence = 'too_slow' | 'crashed';
type Question = { jobs: Extract<HostRequest, { jobs: unknown }>['jobs'] } | { learn: LearnRequest };

/**
 * Runs models in a process of their own, which is begun with the first of them: one that crashes, or never answers, takes
 * nothing else with it. What fails as a batch is asked for one by one, so that only the culprit is left without an answer.
 */
export class ProcessHost implements ModelHost {
  readonly #file: string;
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  readonly #known = new Set<string>();
  #turn = 0;
  #last: Promise<unknown> = Promise.resolve();
  #warm = false;
  #stopped = false;
  restarts = 0;

  /** @param file the built `modelProcess.js`. */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  async run(jobs: readonly HostJob[]): Promise<HostResult[]> {
    const together = await this.#runTogether(jobs);
    if (typeof together !== 'string') return together;
    if (jobs.length === 1) return [{ ok: false, why: together, detail: DETAILS[together] }];
    const results: HostResult[] = [];
    for (const job of jobs) results.push(...(await this.run([job])));
    return results;
  }

  async learn(request: LearnRequest): Promise<LearnResult> {
    const answer = await this.#ask({ learn: request }, LEARN_MS);
    return typeof answer === 'string' ? { ok: false, why: DETAILS[answer] } : (answer.results as LearnResult);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#kill();
  }

  /** The results, or why there are none. */
  async #runTogether(jobs: readonly HostJob[]): Promise<HostResult[] | Silence> {
    const rows = jobs.reduce((sum, job) => sum + job.rows.length, 0);
    // A process that has ended knows none.
    if (!this.#child) this.#known.clear();
    const short = jobs.map((job) => ({ ...job, model: this.#known.has(job.id) ? null : job.model }));
    const answer = await this.#ask({ jobs: short }, (this.#warm ? LEAST_MS : START_MS) + ROW_MS * rows);
    if (typeof answer === 'string') return answer;
    for (const { id } of jobs) this.#known.add(id);
    return answer.results as HostResult[];
  }

  /** What the process answers within `ms`; one that does not is ended. One question after the other. */
  #ask(request: Question, ms: number): Promise<HostAnswer | Silence> {
    const asked = this.#last.then(() => this.#askNow(request, ms));
    this.#last = asked;
    return asked;
  }

  #askNow(request: Question, ms: number): Promise<HostAnswer | Silence> {
    const child = this.#child ?? this.#start();
    const turn = ++this.#turn;
    return new Promise((resolve) => {
      const end = (result: HostAnswer | Silence) => {
        clearTimeout(deadline);
        child.off('message', hear);
        child.off('exit', crash);
        if (typeof result === 'string') this.#kill();
        else this.#warm = true;
        resolve(result);
      };
      const hear = (message: unknown) => {
        const answer = message as HostAnswer;
        if (answer.turn === turn) end(answer);
      };
      const crash = () => end('crashed');
      const deadline = setTimeout(() => end('too_slow'), ms);
      child.on('message', hear);
      child.once('exit', crash);
      child.send({ turn, ...request }, (error) => {
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
    this.#known.clear();
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
