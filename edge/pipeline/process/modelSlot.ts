import type { MachineModels } from '#models/contracts/models.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { ProcessScore } from '#models/health/process/processState.ts';
import type { ProcessBasis } from '#models/health/valuesDecision.ts';
import type { HostJob, HostResult } from '../../models/modelHost.ts';
import { FitMonitor } from './fitMonitor.ts';
import { afterGap, isStale } from './modelRun.ts';
import { type ModelRunStates, ModelRuns, type SlotJob } from './modelRuns.ts';
import { OwnModelRows } from './ownModelRows.ts';
import { type ProcessRow, ProcessRows } from './processRows.ts';
import { channelsOf, type Installed, NO_MODELS, ROLES, type Role, type SlotModels } from './slotModels.ts';

/** Limit on rows that await models; beyond it the oldest is dropped and counted. */
const MAX_PENDING = 200;
const BATCH_ROWS = 32;

interface PendingRow {
  timeMs: number;
  values: Record<string, number>;
}

/** Stored with the machine; pending rows get the same verdicts after a restart as they would have before. */
export interface SlotState {
  runs: ModelRunStates;
  pending: PendingRow[];
  /** Rows dropped, by reason. */
  skipped: { incomplete: number; too_many: number };
  undone: MachineModels['undone'];
}

export function emptySlotState(): SlotState {
  return { runs: {}, pending: [], skipped: { incomplete: 0, too_many: 0 }, undone: null };
}

/** Rows sent to the models, by role. */
export interface SlotWork {
  rows: number;
  /** Each model gets only rows that have all its channels. */
  jobs: SlotJob[];
}

/** The active model's verdict on a row, or why there is none. */
export type RowVerdict = { timeMs: number } & ((ProcessScore & { basis: ProcessBasis }) | { failed: string });

/**
 * The process models of one machine: the active one, a candidate in shadow, and the previous one, which keeps running
 * for a while so that a regression is detected. Rows go to the models as work and return as verdicts.
 */
export class ModelSlot {
  #models: SlotModels;
  /** Channels that any of the models uses; looked up for each value. */
  #channels: string[];
  #changed = false;
  readonly #state: SlotState;
  #working = false;
  readonly #rows = new ProcessRows();
  readonly #runs: ModelRuns;
  #fit = new FitMonitor();
  readonly #trainingRows: OwnModelRows;

  /** @param state of the machine; modified here. @param ownModelPeriod from `ownModelPeriod`. */
  constructor(state: SlotState, ownModelPeriod: number, models?: SlotModels) {
    this.#state = state;
    this.#runs = new ModelRuns(state);
    this.#trainingRows = new OwnModelRows(ownModelPeriod);
    // States stored before there were model packages contain none.
    this.#models = models && 'active' in models ? models : NO_MODELS;
    this.#channels = channelsOf(this.#models);
  }

  /** The models, if they changed since the last call. */
  takeChanged(): SlotModels | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return this.#models;
  }

  /** End of the newest row. */
  get newestMs(): number | null {
    return this.#rows.newestMs;
  }

  /** Name and release of the active model. */
  get activeName(): string {
    const { active } = this.#models;
    return active ? `${active.name} ${active.release}` : '';
  }

  get skipped(): SlotState['skipped'] {
    return this.#state.skipped;
  }

  /** Undefined if the machine never had a model. */
  view(asset: string): MachineModels | undefined {
    const [active, candidate, previous] = ROLES.map((role) => this.#runs.view(role, this.#models[role]));
    const { undone } = this.#state;
    if (!active && !candidate && !undone) return undefined;
    return { asset, active, candidate, previous, undone, ...(this.#fit.fit ? { fit: this.#fit.fit } : {}) };
  }

  /** Adds a point's mean. A row that is complete, or can wait no longer, is queued for the models. */
  add(point: string, interval: number, timeMs: number, mean: number): void {
    const closed = this.#rows.add(point, interval, timeMs, mean, this.#channels);
    if (closed.length === 0) return;
    if (this.#collectsTrainingRows) for (const row of closed) this.#trainingRows.add(row);
    if (this.#channels.length > 0) this.#enqueue(closed);
  }

  /** Rows for the models, if any are pending and none are in inference. */
  takeWork(): SlotWork | null {
    const rows = this.#rowsUntilGap(this.#state.pending.slice(0, BATCH_ROWS));
    if (this.#working || rows.length === 0) return null;
    const jobs = ROLES.flatMap((role) => this.#jobFor(role, rows) ?? []);
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
    const done = new Map<Role, { rows: number; result: HostResult }>();
    work.jobs.forEach((slotJob, i) => {
      const { role, job, timesMs } = slotJob;
      // The model may have changed meanwhile.
      if (this.#models[role]?.id !== job.id) return;
      const result = results[i];
      done.set(role, { rows: job.rows.length, result });
      this.#runs.record(slotJob, result);
      if (role !== 'active') return;
      if (result.ok) this.#fit.update(job.model, result.scores, this.#rows.recent);
      verdicts = verdictsOf(job, timesMs, result);
    });
    this.#runs.compare(done);
    return { verdicts, undone: this.#rollBackIfWorse(nowMs) };
  }

  /** Rows for training the machine's own model, once there are enough; each row is returned once. */
  takeTrainingRows(): ReturnType<OwnModelRows['take']> {
    return this.#collectsTrainingRows ? this.#trainingRows.take() : null;
  }

  /** Discards the training rows, which were not normal. */
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
  recentRows(model: ProcessModel): number[][] {
    return this.#rows.forTrial(model);
  }

  /** The machine's model of this id, or null. */
  find(id: string): Installed | null {
    return ROLES.map((role) => this.#models[role]).find((one) => one?.id === id) ?? null;
  }

  /** Installs a model that passed its trial. */
  install(installed: Installed, stage: 'shadow' | 'live'): void {
    const { active } = this.#models;
    // A repeated command must not replace the previous model.
    if (active?.id === installed.id) return;
    if (stage === 'shadow') {
      this.#setModels({ ...this.#models, candidate: installed });
      this.#runs.startCandidate(installed.model);
      return;
    }
    this.#setModels({ active: installed, previous: active, candidate: null });
    this.#runs.startActive(installed.model, active?.model);
    this.#fit = new FitMonitor();
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
      this.#runs.dropCandidate();
      this.#state.undone = { id: candidate.id, why, timeMs };
      return 'the candidate was dropped';
    }
    if (!active) throw new Error('the machine has no model');
    if (id !== null && active.id !== id) throw new Error(`the machine has no model ${id.slice(0, 12)}`);
    this.#setModels({ active: previous, candidate, previous: null });
    this.#runs.restorePrevious(previous?.model);
    this.#state.undone = { id: active.id, why, timeMs };
    this.#fit = new FitMonitor();
    return previous ? 'the model before judges again' : 'no model judges any more';
  }

  #setModels(models: SlotModels): void {
    this.#models = models;
    this.#channels = channelsOf(models);
    this.#changed = true;
  }

  /** Rows up to the first gap, where smoothing restarts. */
  #rowsUntilGap(rows: readonly PendingRow[]): PendingRow[] {
    const at = rows.findIndex(({ timeMs }, i) => i > 0 && this.#runs.isGap(timeMs, rows[i - 1].timeMs));
    return at < 0 ? [...rows] : rows.slice(0, at);
  }

  /** The rows that a model can judge; null if there are none, or it does not run. */
  #jobFor(role: Role, rows: readonly PendingRow[]): SlotJob | null {
    const installed = this.#models[role];
    if (!installed || (role === 'previous' && !this.#runs.isOnProbation)) return null;
    const { id, model, members } = installed;
    const own = rows.filter((row) => model.channels.every((channel) => Object.hasOwn(row.values, channel)));
    if (own.length === 0) return null;
    const values = own.map((row) => model.channels.map((channel) => row.values[channel]));
    const run = this.#runs.of(role, model);
    const state = isStale(run, own[0].timeMs) ? afterGap(model, run.state) : run.state;
    const job = { id, model, ...(members ? { members } : {}), rows: values, state };
    return { role, job, timesMs: own.map((row) => row.timeMs) };
  }

  /** Rolls back a model that fails, is too slow, or flags more rows than the model it is compared with. */
  #rollBackIfWorse(timeMs: number): string | null {
    const { active, candidate } = this.#models;
    const worseCandidate = candidate && this.#runs.regressionOf('candidate');
    if (candidate && worseCandidate) this.rollBack(candidate.id, worseCandidate, timeMs);
    // With no model to compare with, a change of the model cannot be distinguished from one of the machine.
    const why = active && this.#runs.regressionOf('active');
    if (!active || !why) return null;
    this.rollBack(active.id, why, timeMs);
    return why;
  }

  /** Queues complete rows for the models. */
  #enqueue(rows: readonly ProcessRow[]): void {
    const { pending, skipped } = this.#state;
    const models = ROLES.flatMap((role) => this.#models[role] ?? []);
    for (const { timeMs, values } of rows) {
      // Another model may need more channels; that must not withhold rows from the active one.
      if (models.some(({ model }) => model.channels.every((channel) => values.has(channel)))) {
        const known = this.#channels.filter((channel) => values.has(channel));
        pending.push({ timeMs, values: Object.fromEntries(known.map((c) => [c, values.get(c) as number])) });
      } else skipped.incomplete++;
    }
    // Rows in inference stay.
    if (pending.length > MAX_PENDING) {
      const from = this.#working ? BATCH_ROWS : 0;
      skipped.too_many += pending.splice(from, pending.length - MAX_PENDING).length;
    }
  }
}

function verdictsOf(
  { id: modelId, model, members, rows, state }: HostJob,
  timesMs: readonly number[],
  result: HostResult,
): RowVerdict[] {
  if (!result.ok) return [{ timeMs: timesMs[timesMs.length - 1], failed: `${result.why}: ${result.detail}` }];
  return result.scores.flatMap((score, i) => {
    if (!score) return [];
    const basis: ProcessBasis = { kind: 'process', modelId, model, members, rows: rows.slice(0, i + 1), state };
    return [{ timeMs: timesMs[i], ...score, basis }];
  });
}
