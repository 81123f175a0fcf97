import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { HostJob, HostResult, LearnRequest, LearnResult } from './modelHost.ts';
import { JobRunner } from './runJobs.ts';

/** A job whose model was sent before carries none. */
type SentJob = Omit<HostJob, 'model' | 'members'> & { model: ProcessModel | null; members?: HostJob['members'] };

/** A request to the process that runs the models; each model is sent once. */
export type HostRequest = { turn: number } & ({ jobs: SentJob[] } | { learn: LearnRequest });
export interface HostAnswer {
  turn: number;
  results: HostResult[] | LearnResult;
}

/** Models received so far; the edge tracks them and starts over with each new process. */
const knownModels = new Map<string, Pick<HostJob, 'model' | 'members'>>();
const runner = new JobRunner();

process.on('message', async (request: HostRequest) => {
  const answer: HostAnswer = {
    turn: request.turn,
    results: 'learn' in request ? await runner.learn(request.learn) : await run(request.jobs),
  };
  process.send?.(answer);
});

function run(jobs: SentJob[]): Promise<HostResult[]> {
  for (const { id, model, members } of jobs) if (model) knownModels.set(id, { model, members });
  return runner.run(
    jobs.map((job) => ({ ...job, ...(knownModels.get(job.id) as Pick<HostJob, 'model' | 'members'>) })),
  );
}

// Without its edge it has nothing to do; the edge handles signals.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
