import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { HostJob, HostResult } from './modelHost.ts';
import { JobRunner } from './runJobs.ts';

/** What the edge asks of the process in which models run; a model travels once. */
export interface HostRequest {
  turn: number;
  jobs: (Omit<HostJob, 'model'> & { model: ProcessModel | null })[];
}
export interface HostAnswer {
  turn: number;
  results: HostResult[];
}

/** Models whose text was sent; the edge knows which, and begins anew with each process. */
const known = new Map<string, ProcessModel>();
const runner = new JobRunner();

process.on('message', async ({ turn, jobs }: HostRequest) => {
  for (const { id, model } of jobs) if (model) known.set(id, model);
  const answer: HostAnswer = {
    turn,
    results: await runner.run(jobs.map((job) => ({ ...job, model: known.get(job.id) as ProcessModel }))),
  };
  process.send?.(answer);
});
// Without its edge it has nothing to do; signals are the edge's to answer.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
