import { edgeConfigSchema } from '#edge/config.ts';
import { JobRunner } from '#edge/models/runJobs.ts';
import configuration from '#edge/pipeline/golden/configuration.json' with { type: 'json' };
import { arrivalsBetween, mixerModel, type Timed, trendArrivals } from '#edge/pipeline/golden/goldenInput.ts';
import input from '#edge/pipeline/golden/input.json' with { type: 'json' };
import { Pipeline } from '#edge/pipeline/pipeline.ts';

/** Evidence messages of an edge for alerts on values: a slow value, a process model, and a trend. */
export async function valuesEvidence(version: string): Promise<object[]> {
  const pipeline = new Pipeline(edgeConfigSchema.parse(configuration), new Map(), version);
  const runner = new JobRunner();
  const sent: object[] = [];
  const feed = async (arrivals: readonly Timed[]) => {
    for (const { nowMs, arrival } of arrivals) {
      pipeline.accept(arrival, nowMs);
      for (const work of pipeline.takeModelWork())
        pipeline.applyModelResults(work, await runner.run(work.work.jobs.map(({ job }) => job)), nowMs);
      for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing) if (kind === 'evidence') sent.push(body);
    }
  };
  await feed(arrivalsBetween(0, 1));
  const model = { id: 'golden', name: 'mixer', release: '1', model: mixerModel() };
  pipeline.updateModels('mixer', (slot) => slot.install(model, 'live'));
  await feed(arrivalsBetween(1, input.endS));
  await feed(trendArrivals());
  return sent.filter((body) => !('pieces' in body));
}
