import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Logger } from 'pino';
import type { HostJob, HostResult, LearnRequest, LearnResult, ModelHost } from './modelHost.ts';
import type { HostAnswer, HostRequest } from './modelProcess.ts';

/** A process that has just begun loads libraries. */
const START_MS = 15_000;
const LEAST_MS = 2000;
const ROW_MS = 100;
const MOST_MS = 30_000;
const LEARN_MS = 60_000;

type Silence = 'too_slow' | 'crashed';
type Question = { jobs: Extract<HostRequest, { jobs: unknown }>['jobs'] } | { learn: LearnRequest };

/**
 * Runs models in a process of their own, which is begun with the first of them: one that crashes, or never answers, takes
 * nothing else with it. What fails as a batch is asked for one by one, so that only the culprit is left without an answer; a
 * model that gave none is not asked for its other rows.
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
    if (jobs.length === 1) return [await this.#runAlone(jobs[0])];
    const together = await this.#runTogether(jobs);
    if (typeof together !== 'string') return together;
    const results: HostResult[] = [];
    const silent = new Map<string, HostResult>();
    for (const job of jobs) {
      const result = silent.get(job.id) ?? (await this.#runAlone(job));
      if (!result.ok && result.why !== 'failed') silent.set(job.id, result);
      results.push(result);
    }
    return results;
  }

  async learn(request: LearnRequest): Promise<LearnResult> {
    const answer = await this.#ask(() => ({ learn: request }), LEARN_MS);
    return typeof answer === 'string' ? { ok: false, why: DETAILS[answer] } : (answer.results as LearnResult);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#kill();
  }

  /** A process may end for reasons that are not the model's: one that does so twice in a row is. */
  async #runAlone(job: HostJob): Promise<HostResult> {
    const first = await this.#runTogether([job]);
    const answer = first === 'crashed' ? await this.#runTogether([job]) : first;
    return typeof answer === 'string' ? { ok: false, why: answer, detail: DETAILS[answer] } : answer[0];
  }

  /** The results, or why there are none. */
  async #runTogether(jobs: readonly HostJob[]): Promise<HostResult[] | Silence> {
    const rows = jobs.reduce((sum, job) => sum + job.rows.length, 0);
    // Which models it knows is asked when its turn has come: it may be another process by then.
    const question = () => ({
      jobs: jobs.map((job) => ({ ...job, model: this.#known.has(job.id) ? null : job.model })),
    });
    const answer = await this.#ask(question, Math.min(MOST_MS, LEAST_MS + ROW_MS * rows));
    if (typeof answer === 'string') return answer;
    for (const { id } of jobs) this.#known.add(id);
    return answer.results as HostResult[];
  }

  /** What the process answers in time; one that does not is ended. One question after the other. */
  #ask(question: () => Question, ms: number): Promise<HostAnswer | Silence> {
    const asked = this.#last.then(() => this.#askNow(question, ms));
    this.#last = asked;
    return asked;
  }

  #askNow(question: () => Question, ms: number): Promise<HostAnswer | Silence> {
    if (this.#stopped) return Promise.resolve('crashed');
    const turn = ++this.#turn;
    return new Promise((resolve) => {
      let child: ChildProcess;
      try {
        child = this.#child ?? this.#start();
      } catch (error) {
        this.#log.error({ error: String(error) }, 'the models’ process could not be begun');
        resolve('crashed');
        return;
      }
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
      const deadline = setTimeout(() => end('too_slow'), this.#warm ? ms : ms + START_MS);
      child.on('message', hear);
      child.once('exit', crash);
      try {
        child.send({ turn, ...question() }, (error) => {
          if (error) end('crashed');
        });
      } catch (error) {
        this.#log.error({ error: String(error) }, 'the models’ process could not be asked');
        end('crashed');
      }
    });
  }

  #start(): ChildProcess {
    const child = fork(this.#file, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('error', (error) => this.#log.error({ error: error.message }, 'the models’ process failed'));
    // One that ends while nobody asks it anything is begun anew, too.
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
      if (this.#stopped) return;
      this.restarts++;
      this.#log.warn('the models’ process ended; the next rows begin another');
    });
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
    child?.kill('SIGKILL');
  }
}

const DETAILS = {
  too_slow: 'it did not answer in time',
  crashed: 'it ended the process that it ran in',
} as const;
