import type { ModelRun } from '#models/contracts/models.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { HostJob, HostResult } from '../../models/modelHost.ts';
import { PROBATION_ROWS } from '../judgement.ts';
import { countExceedances, createRun, findRegression, isStale, type ModelRunState, recordTimes } from './modelRun.ts';
import type { Installed, Role } from './slotModels.ts';

export type ModelRunStates = Partial<Record<Role, ModelRunState>>;

/** Rows sent to a model. */
export interface SlotJob {
  role: Role;
  job: HostJob;
  timesMs: number[];
}

/** Statistics of a machine's models since each got its role; models are compared over the rows that both judged. */
export class ModelRuns {
  readonly #state: { runs: ModelRunStates };

  /** @param state of the machine; modified here. */
  constructor(state: { runs: ModelRunStates }) {
    this.#state = state;
  }

  /** The run of a model in its role, created if there is none. */
  of(role: Role, model: ProcessModel): ModelRunState {
    const run = this.#state.runs[role] ?? createRun(model);
    this.#state.runs[role] = run;
    return run;
  }

  /** Whether the previous model still runs beside the active one. */
  get isOnProbation(): boolean {
    return (this.#state.runs.active?.rows ?? 0) < PROBATION_ROWS;
  }

  /** Whether there is a gap before a row, after which smoothing restarts. */
  isGap(timeMs: number, previousMs: number): boolean {
    return isStale({ lastMs: previousMs, stepMs: this.#state.runs.active?.stepMs ?? 0 }, timeMs);
  }

  view(role: Role, installed: Installed | null): ModelRun | null {
    if (!installed) return null;
    const { id, name, release, model, members } = installed;
    const { rows, over, failures, ms, runtime } = this.of(role, model);
    const msPerRow = Number((rows > 0 ? ms / rows : 0).toPrecision(3));
    const watches = members?.watches.map(({ member, channels }) => ({ member, channels }));
    return {
      ...{ id, name, release, rows, over, failures, msPerRow },
      ...(runtime ? { runtime } : {}),
      ...(watches ? { members: watches } : {}),
    };
  }

  /** Begins the runs of a new active model and the one it replaces: both are compared over the same rows. */
  startActive(model: ProcessModel, replaced: ProcessModel | undefined): void {
    const { active } = this.#state.runs;
    this.#state.runs = {
      active: createRun(model),
      ...(replaced && active ? { previous: { ...createRun(replaced), state: active.state } } : {}),
    };
  }

  startCandidate(model: ProcessModel): void {
    this.#state.runs.candidate = createRun(model);
  }

  dropCandidate(): void {
    delete this.#state.runs.candidate;
  }

  /** Ends the run of the active model; the previous model's continues. */
  restorePrevious(previous: ProcessModel | undefined): void {
    const { runs } = this.#state;
    this.#state.runs = {
      ...(previous ? { active: runs.previous ?? createRun(previous) } : {}),
      ...(runs.candidate ? { candidate: runs.candidate } : {}),
    };
  }

  record({ role, job: { model, rows }, timesMs }: SlotJob, result: HostResult): void {
    const run = this.of(role, model);
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
  }

  /** Adds each model's counts to the comparison over the same rows. */
  compare(done: ReadonlyMap<Role, { rows: number; result: HostResult }>): void {
    for (const [role, other] of [
      ['candidate', 'active'],
      ['active', 'previous'],
    ] as const) {
      const run = this.#state.runs[role];
      const beside = done.get(other);
      if (!run || !done.has(role) || !beside?.result.ok) continue;
      run.beside.rows += beside.rows;
      run.beside.over += countExceedances(beside.result.scores);
    }
  }

  /** Why a model is worse than the one it is compared with; null if it is not, or does not run. */
  regressionOf(role: Role): string | null {
    const run = this.#state.runs[role];
    return run ? findRegression(run) : null;
  }
}
