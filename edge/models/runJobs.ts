import { loadProcessModel, type ReadyModel } from '#models/health/process/judgeRows.ts';
import { learnOwnMembers, withMembers } from '#models/health/process/ownMembers.ts';
import { type ProcessModel, trainProcess } from '#models/health/process/processModel.ts';
import { loadModel } from '#models/inference/modelRuntimes.ts';
import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';
import type { HostJob, HostResult, LearnRequest, LearnResult, ModelHost } from './modelHost.ts';

/** Widens the limits, since a week does not cover all weather. */
function withMargin(model: ProcessModel): ProcessModel {
  const { margin } = PROCESS_ANOMALY.settings;
  const index = model.reference.index.map((v) => v / margin);
  return { ...model, limits: model.limits.map((l) => l * margin), reference: { ...model.reference, index } };
}

async function loaded(model: ProcessModel, members: HostJob['members']): Promise<ReadyModel> {
  const ready = await loadProcessModel(model, loadModel);
  return members ? withMembers(ready, model.channels, members) : ready;
}

/** Limit on models kept loaded. */
const MAX_READY = 256;

/** Runs jobs in this process, one after the other; an exception of a model is its result. Models stay loaded. */
export class JobRunner implements ModelHost {
  readonly restarts = 0;
  readonly #readyModels = new Map<string, ReadyModel>();

  async run(jobs: readonly HostJob[]): Promise<HostResult[]> {
    const results: HostResult[] = [];
    for (const job of jobs) results.push(await this.#runJob(job));
    return results;
  }

  async learn({ channels, rows, starts, context, normalChanges }: LearnRequest): Promise<LearnResult> {
    try {
      const columns = rows.map((row) => Float64Array.from(row));
      const notes = { data: "the machine's own first rows", version: 'edge', seed: 1 };
      const model = withMargin(trainProcess('principal_components', channels, columns, notes));
      const training = {
        ...{ channels, rows: columns, starts: new Set(starts), context: new Set(context) },
        normalChanges: new Map(Object.entries(normalChanges)),
      };
      // T² and Q are squares, the members' ratios are not.
      const members = learnOwnMembers(training, Math.sqrt(PROCESS_ANOMALY.settings.margin));
      return { ok: true, model, members };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  }

  async stop(): Promise<void> {
    this.#readyModels.clear();
  }

  async #runJob({ id, model, members, rows, state }: HostJob): Promise<HostResult> {
    try {
      const ready = this.#readyModels.get(id) ?? (await loaded(model, members));
      this.#cache(id, ready);
      const begin = performance.now();
      const judged = await ready.judge(rows, state);
      return { ok: true, ...judged, ms: performance.now() - begin, runtime: ready.runtime };
    } catch (error) {
      return { ok: false, why: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
  }

  #cache(id: string, ready: ReadyModel): void {
    this.#readyModels.delete(id);
    this.#readyModels.set(id, ready);
    const [oldest] = this.#readyModels.keys();
    if (this.#readyModels.size > MAX_READY) this.#readyModels.delete(oldest);
  }
}
