import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { HostJob, HostResult, LearnRequest, LearnResult } from './modelHost.ts';
import { JobRunner } from './runJobs.ts';

/** What the edge asks of the process in which models run; a model travels once. */
export type HostRequest = { turn: number } & (
  | { jobs: (Omit<HostJob, 'model'> & { model: ProcessModel | null })[] }
  | { learn: LearnRequest }
);
export interface HostAnswer {
  turn: number;
  results: HostResult[] | LearnResult;
}

/** Models whose text was sent; the edge knows which, and begins anew with each process. */
const known = new Map<string, ProcessModel>();
const runner = new JobRunner();

process.on('message', async (request: HostRequest) => {
  const answer: HostAnswer = {
    turn: request.turn,
    results: 'learn' in request ? await runner.learn(request.learn) : await run(request.jobs),
  };
  process.send?.(answer);
});

function run(jobs: (Omit<HostJob, 'model'> & { model: ProcessModel | null })[]): Promise<HostResult[]> {
  for (const { id, model } of jobs) if (model) known.set(id, model);
  return runner.run(jobs.map((job) => ({ ...job, model: known.get(job.id) as ProcessModel })));
}

// Without its edge it has nothing to do; signals are the edge's to answer.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
