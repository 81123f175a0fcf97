import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Logger } from 'pino';
import type { HostJob, HostResult, LearnRequest, LearnResult, ModelHost } from './modelHost.ts';
import type { HostAnswer, HostRequest } from './modelProcess.ts';

/** A new process needs time to load libraries. */
const START_TIMEOUT_MS = 15_000;
const MIN_TIMEOUT_MS = 2000;
const ROW_TIMEOUT_MS = 100;
const MAX_TIMEOUT_MS = 30_000;
const LEARN_TIMEOUT_MS = 60_000;

type HostFailure = 'too_slow' | 'crashed';
type HostWork = { jobs: Extract<HostRequest, { jobs: unknown }>['jobs'] } | { learn: LearnRequest };

/**
 * Runs models in a process of their own, which starts with the first request: a crash or a hang affects nothing else.
 * The jobs of a batch that fails are run one by one, so that only the culprit fails; its remaining jobs are skipped.
 */
export class ProcessHost implements ModelHost {
  readonly #file: string;
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  readonly #known = new Set<string>();
  #turn = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #isWarm = false;
  #stopped = false;
  restarts = 0;

  /** @param file the built `modelProcess.js`. */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  async run(jobs: readonly HostJob[]): Promise<HostResult[]> {
    if (jobs.length === 1) return [await this.#runAlone(jobs[0])];
    const batchResults = await this.#runTogether(jobs);
    if (typeof batchResults !== 'string') return batchResults;
    const results: HostResult[] = [];
    const failedModels = new Map<string, HostResult>();
    for (const job of jobs) {
      const result = failedModels.get(job.id) ?? (await this.#runAlone(job));
      if (!result.ok && result.why !== 'failed') failedModels.set(job.id, result);
      results.push(result);
    }
    return results;
  }

  async learn(request: LearnRequest): Promise<LearnResult> {
    const answer = await this.#request(() => ({ learn: request }), LEARN_TIMEOUT_MS);
    return typeof answer === 'string' ? { ok: false, why: FAILURE_DETAILS[answer] } : (answer.results as LearnResult);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#kill();
  }

  /** A process may end for reasons unrelated to the model: two crashes in a row are attributed to it. */
  async #runAlone(job: HostJob): Promise<HostResult> {
    const first = await this.#runTogether([job]);
    const answer = first === 'crashed' ? await this.#runTogether([job]) : first;
    return typeof answer === 'string' ? { ok: false, why: answer, detail: FAILURE_DETAILS[answer] } : answer[0];
  }

  /** The results, or why there are none. */
  async #runTogether(jobs: readonly HostJob[]): Promise<HostResult[] | HostFailure> {
    const rows = jobs.reduce((sum, job) => sum + job.rows.length, 0);
    // Evaluated when its turn comes: the process may have been replaced by then.
    const createWork = () => ({
      jobs: jobs.map((job) => (this.#known.has(job.id) ? { ...job, model: null, members: undefined } : job)),
    });
    const answer = await this.#request(createWork, Math.min(MAX_TIMEOUT_MS, MIN_TIMEOUT_MS + ROW_TIMEOUT_MS * rows));
    if (typeof answer === 'string') return answer;
    for (const { id } of jobs) this.#known.add(id);
    return answer.results as HostResult[];
  }

  /** The process's answer; a process that exceeds the time is ended. One request at a time. */
  #request(createWork: () => HostWork, ms: number): Promise<HostAnswer | HostFailure> {
    const response = this.#queue.then(() => this.#sendRequest(createWork, ms));
    this.#queue = response;
    return response;
  }

  #sendRequest(createWork: () => HostWork, ms: number): Promise<HostAnswer | HostFailure> {
    if (this.#stopped) return Promise.resolve('crashed');
    const turn = ++this.#turn;
    return new Promise((resolve) => {
      let child: ChildProcess;
      try {
        child = this.#child ?? this.#start();
      } catch (error) {
        this.#log.error({ error: String(error) }, 'the models’ process could not be started');
        resolve('crashed');
        return;
      }
      const settle = (result: HostAnswer | HostFailure) => {
        clearTimeout(deadline);
        child.off('message', onMessage);
        child.off('exit', onExit);
        if (typeof result === 'string') this.#kill();
        else this.#isWarm = true;
        resolve(result);
      };
      const onMessage = (message: unknown) => {
        const answer = message as HostAnswer;
        if (answer.turn === turn) settle(answer);
      };
      const onExit = () => settle('crashed');
      const deadline = setTimeout(() => settle('too_slow'), this.#isWarm ? ms : ms + START_TIMEOUT_MS);
      child.on('message', onMessage);
      child.once('exit', onExit);
      try {
        child.send({ turn, ...createWork() }, (error) => {
          if (error) settle('crashed');
        });
      } catch (error) {
        this.#log.error({ error: String(error) }, 'a request to the models’ process failed');
        settle('crashed');
      }
    });
  }

  #start(): ChildProcess {
    const child = fork(this.#file, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('error', (error) => this.#log.error({ error: error.message }, 'the models’ process failed'));
    // A process that exits while idle is restarted as well.
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
      if (this.#stopped) return;
      this.restarts++;
      this.#log.warn('the models’ process ended; the next rows start a new one');
    });
    // Reading the network has priority.
    if (child.pid) setPriority(child.pid, 5);
    this.#child = child;
    this.#known.clear();
    this.#isWarm = false;
    return child;
  }

  #kill(): void {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
  }
}

const FAILURE_DETAILS = {
  too_slow: 'it did not answer in time',
  crashed: 'it crashed its process',
} as const;
