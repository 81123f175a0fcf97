import type { MachineModels, ModelRun } from '#models/contracts/models.ts';
import { freshState, type ProcessModel, type ProcessScore } from '#models/health/process/processModel.ts';
import type { HostJob, HostResult } from '../models/modelHost.ts';
import { FitMonitor } from './fitMonitor.ts';
import { countExceedances, createRun, findRegression, isStale, type ModelRunState, recordTimes } from './modelRun.ts';
import { OwnModelRows } from './ownModelRows.ts';
import { NotReadyError } from './trial.ts';

/** Rows that a new model is tried on, and that drift is looked for in. */
const RECENT_ROWS = 500;
const TRIAL_ROWS = 60;
/** Intervals that a point may be behind the others. */
const OPEN_ROWS = 3;
/** Rows that wait for the models; beyond it the oldest is given up, and counted. */
const MAX_PENDING = 200;
const BATCH_ROWS = 32;
/** Rows for which the previous model runs beside a new one. */
const PROBATION_ROWS = 360;
export interface Installed {
  id: string;
  name: string;
  release: string;
  model: ProcessModel;
}

export type Role = 'active' | 'candidate' | 'previous';
const ROLES: readonly Role[] = ['active', 'candidate', 'previous'];

/** The models of a machine; large, and kept by themselves. */
export type SlotModels = Record<Role, Installed | null>;

interface PendingRow {
  timeMs: number;
  values: Record<string, number>;
}

/** What is kept with the machine; rows that wait are judged after a restart as they would have been before it. */
export interface SlotState {
  runs: Partial<Record<Role, ModelRunState>>;
  pending: PendingRow[];
  /** Rows given up, by reason. */
  skipped: { incomplete: number; too_many: number };
  undone: MachineModels['undone'];
}

export function emptySlotState(): SlotState {
  return { runs: {}, pending: [], skipped: { incomplete: 0, too_many: 0 }, undone: null };
}

interface OpenRow {
  interval: number;
  timeMs: number;
  values: Map<string, number>;
}

/** Rows on their way to the models, by role. */
export interface SlotWork {
  rows: number;
  /** Rows that lack a channel of a model are not its own to judge. */
  jobs: { role: Role; job: HostJob; timesMs: number[] }[];
}

/** The active model's verdict on a row; or why there is none. */
export type RowVerdict = { timeMs: number } & (ProcessScore | { failed: string });

/**
 * The process models of one machine: the active one, a candidate in its shadow, and the previous one, which keeps
 * running for a while so that a regression is detected. Rows go to the models as work and return as verdicts.
 */
export class ModelSlot {
  #models: SlotModels;
  /** Channels that any of the models uses; looked up for each value. */
  #channels: string[];
  #changed = false;
  readonly #state: SlotState;
  #working = false;
  /** By interval, the oldest first; those that points may still add to. */
  #open: OpenRow[] = [];
  #recent: { values: ReadonlyMap<string, number>; timeMs: number }[] = [];
  #fit = new FitMonitor();
  readonly #trainingRows: OwnModelRows;

  /** @param state the machine's, and changed here. @param ownModelPeriod as `ownModelPeriod` gives it. */
  constructor(state: SlotState, ownModelPeriod: number, models?: SlotModels) {
    this.#state = state;
    this.#trainingRows = new OwnModelRows(ownModelPeriod);
    // A state from before model packages holds none.
    const kept = models && 'active' in models ? models : null;
    this.#models = kept ?? { active: null, candidate: null, previous: null };
    this.#channels = channelsOf(this.#models);
  }

  /** The models, if they changed since the last call. */
  takeChanged(): SlotModels | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return this.#models;
  }

  /** When the newest row ended. */
  get newestMs(): number | null {
    return (this.#open.at(-1) ?? this.#recent.at(-1))?.timeMs ?? null;
  }

  /** Name and release of the model that judges. */
  get activeName(): string {
    const { active } = this.#models;
    return active ? `${active.name} ${active.release}` : '';
  }

  get skipped(): SlotState['skipped'] {
    return this.#state.skipped;
  }

  /** Undefined where the machine has, and had, no model. */
  view(asset: string): MachineModels | undefined {
    const [active, candidate, previous] = ROLES.map((role) => this.#runView(role));
    const { undone } = this.#state;
    if (!active && !candidate && !undone) return undefined;
    return { asset, active, candidate, previous, undone, ...(this.#fit.fit ? { fit: this.#fit.fit } : {}) };
  }

  /** Adds a point's mean. A row that is complete, or too old to wait, is queued for the models. */
  add(point: string, interval: number, timeMs: number, mean: number): void {
    let row = this.#open.find((r) => r.interval === interval);
    if (!row) {
      const oldest = this.#open[0];
      // The interval is over for every point.
      if (oldest && this.#open.length >= OPEN_ROWS && interval < oldest.interval) return;
      row = { interval, timeMs, values: new Map() };
      this.#open = [...this.#open, row].sort((a, b) => a.interval - b.interval);
    }
    row.values.set(point, mean);
    const channels = this.#channels;
    const complete = channels.length > 0 && channels.every((channel) => row.values.has(channel));
    if (complete) this.#close(row);
    else if (this.#open.length > OPEN_ROWS) this.#close(this.#open[0]);
  }

  /** Rows for the models, if any wait and none are on their way. */
  takeWork(): SlotWork | null {
    const rows = this.#rowsUntilGap(this.#state.pending.slice(0, BATCH_ROWS));
    if (this.#working || rows.length === 0) return null;
    const jobs = ROLES.flatMap((role) => {
      const installed = this.#models[role];
      if (!installed || (role === 'previous' && !this.#isOnProbation())) return [];
      const { id, model } = installed;
      const own = rows.filter((row) => model.channels.every((channel) => Object.hasOwn(row.values, channel)));
      const values = own.map((row) => model.channels.map((channel) => row.values[channel]));
      if (own.length === 0) return [];
      const run = this.#runFor(role, model);
      const job = { id, model, rows: values, state: isStale(run, own[0].timeMs) ? freshState(model) : run.state };
      return [{ role, job, timesMs: own.map((row) => row.timeMs) }];
    });
    this.#working = true;
    return { rows: rows.length, jobs };
  }

  /**
   * Applies the results of `takeWork`, in the order of its jobs. Returns the active model's verdicts, and the reason if
   * it was rolled back.
   */
  applyResults(
    work: SlotWork,
    results: readonly HostResult[],
    nowMs: number,
  ): { verdicts: RowVerdict[]; undone: string | null } {
    this.#working = false;
    this.#state.pending.splice(0, work.rows);
    let verdicts: RowVerdict[] = [];
    work.jobs.forEach(({ role, job, timesMs }, i) => {
      // It may have been changed meanwhile.
      if (this.#models[role]?.id !== job.id) return;
      const result = results[i];
      this.#recordRun(role, job, timesMs, result);
      if (role === 'active') verdicts = this.#verdictsFrom(timesMs, result);
    });
    this.#compareRuns(work, results);
    return { verdicts, undone: this.#rollBackIfWorse(nowMs) };
  }

  /** Rows for training the machine's own model, once there are enough; each row is returned once. */
  takeTrainingRows(): ReturnType<OwnModelRows['take']> {
    return this.#collectsTrainingRows ? this.#trainingRows.take() : null;
  }

  /** Discards the training rows: they were not the machine's normal. */
  discardTrainingRows(): void {
    this.#trainingRows.clear();
  }

  get #collectsTrainingRows(): boolean {
    return !this.#models.active && !this.#state.undone;
  }

  /**
   * The machine's latest rows of a model's channels, for a trial.
   * @throws NotReadyError if a channel has no recent value.
   */
  recentRows({ channels }: ProcessModel): number[][] {
    const recent = [...this.#recent.slice(-TRIAL_ROWS), ...this.#open].map((row) => row.values);
    const unknown = channels.filter((channel) => !recent.some((values) => values.has(channel)));
    if (unknown.length > 0) throw new NotReadyError(`the machine has not said ${unknown.join(', ')} lately`);
    return recent
      .filter((values) => channels.every((channel) => values.has(channel)))
      .map((values) => channels.map((channel) => values.get(channel) as number));
  }

  /** The model of this id, where the machine has it. */
  find(id: string): Installed | null {
    return ROLES.map((role) => this.#models[role]).find((one) => one?.id === id) ?? null;
  }

  /** Installs a model that passed its trial. */
  install(installed: Installed, stage: 'shadow' | 'live'): void {
    const { active } = this.#models;
    // A repeated command must not replace the previous model.
    if (active?.id === installed.id) return;
    if (stage === 'shadow') this.#setModels({ ...this.#models, candidate: installed });
    else {
      this.#setModels({ active: installed, previous: active, candidate: null });
      // Both are compared over the same rows.
      this.#state.runs = {
        active: createRun(installed.model),
        ...(active && this.#state.runs.active
          ? { previous: { ...createRun(active.model), state: this.#state.runs.active.state } }
          : {}),
      };
      this.#fit = new FitMonitor();
    }
    if (stage === 'shadow') this.#state.runs.candidate = createRun(installed.model);
  }

  /**
   * Rolls back the model of this id, or the active one: a candidate is dropped, an active model is replaced by the
   * previous one.
   * @throws Error if there is nothing to roll back.
   */
  rollBack(id: string | null, why: string, timeMs: number): string {
    const { active, candidate, previous } = this.#models;
    if (candidate && (candidate.id === id || (id === null && !active))) {
      this.#setModels({ ...this.#models, candidate: null });
      delete this.#state.runs.candidate;
      this.#state.undone = { id: candidate.id, why, timeMs };
      return 'the candidate was dropped';
    }
    if (!active) throw new Error('the machine has no model');
    if (id !== null && active.id !== id) throw new Error(`the machine has no model ${id.slice(0, 12)}`);
    this.#setModels({ active: previous, candidate, previous: null });
    const { runs } = this.#state;
    this.#state.runs = {
      ...(previous ? { active: runs.previous ?? createRun(previous.model) } : {}),
      ...(runs.candidate ? { candidate: runs.candidate } : {}),
    };
    this.#state.undone = { id: active.id, why, timeMs };
    this.#fit = new FitMonitor();
    return previous ? 'the model before judges again' : 'no model judges any more';
  }

  /** Rows up to the first gap, where smoothing starts again. */
  #rowsUntilGap(rows: readonly PendingRow[]): PendingRow[] {
    const { active } = this.#state.runs;
    const at = rows.findIndex(
      ({ timeMs }, i) => i > 0 && isStale({ lastMs: rows[i - 1].timeMs, stepMs: active?.stepMs ?? 0 }, timeMs),
    );
    return at < 0 ? [...rows] : rows.slice(0, at);
  }

  #setModels(models: SlotModels): void {
    this.#models = models;
    this.#channels = channelsOf(models);
    this.#changed = true;
  }

  #runFor(role: Role, model: ProcessModel): ModelRunState {
    const run = this.#state.runs[role] ?? createRun(model);
    this.#state.runs[role] = run;
    return run;
  }

  #runView(role: Role): ModelRun | null {
    const installed = this.#models[role];
    if (!installed) return null;
    const { id, name, release, model } = installed;
    const { rows, over, failures, ms, runtime } = this.#runFor(role, model);
    const msPerRow = Number((rows > 0 ? ms / rows : 0).toPrecision(3));
    return { id, name, release, rows, over, failures, msPerRow, ...(runtime ? { runtime } : {}) };
  }

  #isOnProbation(): boolean {
    return (this.#state.runs.active?.rows ?? 0) < PROBATION_ROWS;
  }

  /** Two models are compared over the rows that both judged. */
  #compareRuns({ jobs }: SlotWork, results: readonly HostResult[]): void {
    const jobIndexOf = (role: Role) =>
      jobs.findIndex((one) => one.role === role && one.job.id === this.#models[role]?.id);
    for (const [role, other] of [
      ['candidate', 'active'],
      ['active', 'previous'],
    ] as const) {
      const [own, its] = [jobIndexOf(role), jobIndexOf(other)];
      const run = this.#state.runs[role];
      const result = results[its];
      if (own < 0 || its < 0 || !run || !result.ok) continue;
      run.beside.rows += jobs[its].job.rows.length;
      run.beside.over += countExceedances(result.scores);
    }
  }

  #recordRun(role: Role, { model, rows }: HostJob, timesMs: readonly number[], result: HostResult): void {
    const run = this.#runFor(role, model);
    run.rows += rows.length;
    recordTimes(run, timesMs);
    if (!result.ok) {
      run.failures += rows.length;
      run.failing++;
      return;
    }
    run.failing = 0;
    run.state = result.state;
    run.ms += result.ms;
    run.runtime = result.runtime;
    run.over += countExceedances(result.scores);
    if (role === 'active') this.#fit.update(model, result.scores, this.#recent);
  }

  #verdictsFrom(timesMs: readonly number[], result: HostResult): RowVerdict[] {
    if (!result.ok) return [{ timeMs: timesMs[timesMs.length - 1], failed: `${result.why}: ${result.detail}` }];
    return result.scores.flatMap((score, i) => (score ? [{ timeMs: timesMs[i], ...score }] : []));
  }

  /** Rolls back a model that fails, is too slow, or flags more rows than the model it is compared with. */
  #rollBackIfWorse(timeMs: number): string | null {
    const { active, candidate } = this.#models;
    const { runs } = this.#state;
    if (candidate && runs.candidate) {
      const why = findRegression(runs.candidate);
      if (why) this.rollBack(candidate.id, why, timeMs);
    }
    if (!active || !runs.active) return null;
    // Without a model to compare with, nothing shows whether the model or the machine has changed.
    const why = findRegression(runs.active);
    if (!why) return null;
    this.rollBack(active.id, why, timeMs);
    return why;
  }

  /** Has a row that is complete wait for the models, and lets go of it and of those before it. */
  #close(row: OpenRow): void {
    const closed = this.#open.filter((r) => r.interval <= row.interval);
    this.#open = this.#open.filter((r) => r.interval > row.interval);
    this.#recent.push(...closed);
    if (this.#collectsTrainingRows) for (const { interval, values } of closed) this.#trainingRows.add(interval, values);
    if (this.#recent.length > RECENT_ROWS) this.#recent.splice(0, this.#recent.length - RECENT_ROWS);
    const channels = this.#channels;
    if (channels.length === 0) return;
    const { pending, skipped } = this.#state;
    const models = ROLES.flatMap((role) => this.#models[role] ?? []);
    for (const { timeMs, values } of closed) {
      // Another model may need more channels; that must not withhold rows from the active one.
      if (models.some(({ model }) => model.channels.every((channel) => values.has(channel)))) {
        const known = channels.filter((channel) => values.has(channel));
        pending.push({ timeMs, values: Object.fromEntries(known.map((c) => [c, values.get(c) as number])) });
      } else skipped.incomplete++;
    }
    // Those that are on their way stay.
    if (pending.length > MAX_PENDING) {
      const from = this.#working ? BATCH_ROWS : 0;
      skipped.too_many += pending.splice(from, pending.length - MAX_PENDING).length;
    }
  }
}

function channelsOf(models: SlotModels): string[] {
  return [...new Set(ROLES.flatMap((role) => models[role]?.model.channels ?? []))];
}
