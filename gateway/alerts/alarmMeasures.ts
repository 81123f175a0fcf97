import type { AlertStatistics } from '../store/alertStatistics.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Run } from '../thread/runInThread.ts';
import { type AlarmAnswers, type AlarmDay, type AlarmQuestion, answerAlarms } from './alarmQuestions.ts';

/** Up to this many alerts, every answer takes milliseconds; beyond it, a worker thread reads the database. */
const FEW = 5000;
/** Limit on queued questions: each thread uses a processor and memory. */
const MAX_WAITING = 8;
const ANSWER_MS = 120_000;
/** Metrics are scraped more often than the figures of a day change. */
const DAY_KEPT_MS = 60_000;

export interface AlarmMeasuresParts {
  place: Place;
  statistics: AlertStatistics;
  run: Run;
  now: () => number;
  /** Sites that have machines. */
  sites: () => string[];
}

/** A question that cannot be answered now. */
class AlarmMeasuresBusy extends Error {
  readonly statusCode = 503;
}

/** Measures of alerts: computed here if there are few, otherwise in a worker thread, one question at a time. */
export class AlarmMeasures {
  readonly #parts: AlarmMeasuresParts;
  readonly #abort = new AbortController();
  /** Pending answers by question: equal questions share one answer. */
  readonly #waiting = new Map<string, Promise<unknown>>();
  #tail: Promise<unknown> = Promise.resolve();
  #day: { atMs: number; sites: readonly AlarmDay[] } | null = null;

  constructor(parts: AlarmMeasuresParts) {
    this.#parts = parts;
  }

  /** Rejects if too many questions are queued. */
  async ask<Q extends AlarmQuestion>(question: Q): Promise<AlarmAnswers[Q['kind']]> {
    const { statistics } = this.#parts;
    if (statistics.roughCount() <= FEW) return answerAlarms(statistics, question);
    const key = JSON.stringify(question);
    const known = this.#waiting.get(key);
    if (known !== undefined) return known as Promise<AlarmAnswers[Q['kind']]>;
    if (this.#waiting.size >= MAX_WAITING)
      throw new AlarmMeasuresBusy('too many measures of alerts are asked for: try again');
    const answer = this.#tail.then(() => this.#queryThread(question)).finally(() => this.#waiting.delete(key));
    this.#waiting.set(key, answer);
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  /** The last day by site, at most a minute old; the previous result if it cannot be computed now. */
  async day(): Promise<readonly AlarmDay[]> {
    const { now, sites } = this.#parts;
    const nowMs = now();
    if (this.#day !== null && nowMs - this.#day.atMs < DAY_KEPT_MS) return this.#day.sites;
    const days = await this.ask({ kind: 'day', nowMs, sites: sites() }).catch(() => null);
    if (days !== null) this.#day = { atMs: nowMs, sites: days };
    return this.#day?.sites ?? [];
  }

  stop(): void {
    this.#abort.abort();
  }

  async #queryThread<Q extends AlarmQuestion>(question: Q): Promise<AlarmAnswers[Q['kind']]> {
    this.#abort.signal.throwIfAborted();
    const { place, run } = this.#parts;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_MS)]);
    return (await run({ kind: 'alarms', place, question }, signal)) as AlarmAnswers[Q['kind']];
  }
}
