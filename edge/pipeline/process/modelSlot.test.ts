import { expect, test } from 'vitest';
import { type ProcessModel, trainProcess } from '#models/health/process/processModel.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { edgeConfigSchema } from '../../config.ts';
import { JobRunner } from '../../models/runJobs.ts';
import { Pipeline } from '../pipeline.ts';
import type { Installed } from './slotModels.ts';
import { evaluateTrial, trialJobs } from './trial.ts';

const config = unconnectedEdge({
  slowIntervalS: 1,
  assets: {
    pump: { kind: 'pump', points: { load: { role: 'load' }, flow: { role: 'load' }, heat: { role: 'load' } } },
  },
});
const random = randomOf(3);
/** Flow and heat follow the load; `clog` reduces the flow. */
function values(clog = 0) {
  const load = 0.7 + 0.1 * gaussian(random);
  return { load, flow: 80 * load * (1 - clog) + 0.5 * gaussian(random), heat: 20 + 40 * load + 0.5 * gaussian(random) };
}
const model = trainProcess(
  'principal_components',
  ['load', 'flow', 'heat'],
  Array.from({ length: 400 }, () => Float64Array.from(Object.values(values()))),
  { data: 'made up', version: '0', seed: 1 },
);

const runner = new JobRunner();
/** States as stored in the outbox. */
const states = new Map<string, Buffer>();

function accept(pipeline: Pipeline, point: string, t: number, value: number) {
  const timesUs = Float64Array.of(1.7e15 + t * 1e6);
  const values = Float64Array.of(value);
  const block = { kind: 'scalars', asset: 'pump', point, timeQuality: 'source', timesUs, values } as const;
  pipeline.accept({ ok: true, block }, 1.7e12 + t * 1000);
}

async function runModels(pipeline: Pipeline) {
  for (let work = pipeline.takeModelWork(); work.length > 0; work = pipeline.takeModelWork())
    for (const one of work) pipeline.applyModelResults(one, await runner.run(one.work.jobs.map((job) => job.job)), 0);
}

async function run(pipeline: Pipeline, from: number, to: number, clog = 0) {
  const reported: {
    change: string;
    text: string;
    index: number;
    evidence: { diagnosis: { fault: string; reasons: string[] } };
  }[] = [];
  for (let t = from; t < to; t++) {
    for (const [point, value] of Object.entries(values(clog))) accept(pipeline, point, t, value);
    await runModels(pipeline);
    const drained = pipeline.drain({ ledger: null });
    for (const { key, value } of drained.states) states.set(key, value);
    for (const { kind, body } of drained.outgoing) if (kind === 'alerts') reported.push(body as never);
  }
  return reported;
}

const installed = (id: string, of: ProcessModel): Installed => ({ id, name: 'pump', release: id, model: of });

async function bring(pipeline: Pipeline, id: string, of: ProcessModel, stage: 'shadow' | 'live') {
  const rows = pipeline.updateModels('pump', (slot) => slot.recentRows(of));
  const trial = evaluateTrial(of, await runner.run(trialJobs(id, of, rows)), rows.length);
  if (!trial.ok) throw new Error(trial.why);
  pipeline.updateModels('pump', (slot) => slot.install(installed(id, of), stage));
}

const undo = (pipeline: Pipeline, id: string | null = null) =>
  pipeline.updateModels('pump', (slot) => slot.rollBack(id, 'by command', 0));
const modelsOf = (pipeline: Pipeline) => pipeline.models()[0];

test('a model is tried, judges, survives a restart, and can be rolled back', async () => {
  const pipeline = new Pipeline(config);
  await expect(bring(pipeline, 'a', model, 'live')).rejects.toThrow('not yet: there is no machine');
  await run(pipeline, 0, 5);
  await expect(bring(pipeline, 'a', model, 'live')).rejects.toThrow('not yet: 4 rows');
  await run(pipeline, 5, 40);
  await bring(pipeline, 'a', model, 'live');
  expect(await run(pipeline, 40, 80)).toEqual([]);

  await run(pipeline, 80, 82);
  const after = new Pipeline(config, states);
  const [alert] = await run(after, 82, 140, 0.3);
  expect(alert).toMatchObject({ change: 'raise', evidence: { diagnosis: { fault: 'process_drift' } } });
  expect(alert.text).toContain('flow');
  expect(undo(after)).toBe('no model judges any more');
  // The model's alert ends with the model.
  const [returned] = await run(after, 140, 141);
  expect(returned).toMatchObject({ change: 'return' });
  expect(() => undo(after)).toThrow('has no model');
});

test('the same rows get the same verdicts, bit for bit, regardless of restarts', async () => {
  const rows = Array.from({ length: 120 }, (_, t) => values(t > 80 ? 0.2 : 0));
  const verdicts = async (restartAt: number | null) => {
    const kept = new Map<string, Buffer>();
    let pipeline = new Pipeline(config);
    const reported: unknown[] = [];
    for (let t = 0; t < rows.length; t++) {
      if (t === 40) await bring(pipeline, 'a', model, 'live');
      for (const [point, value] of Object.entries(rows[t])) accept(pipeline, point, t, value);
      // At the restart, rows are in inference and lost with the process.
      if (t === restartAt) pipeline.takeModelWork();
      else await runModels(pipeline);
      const drained = pipeline.drain({ ledger: null });
      for (const { key, value } of drained.states) kept.set(key, value);
      for (const { kind, body } of drained.outgoing) if (kind !== 'features') reported.push(body);
      if (t === restartAt) pipeline = new Pipeline(config, kept);
    }
    const { rows: judged, over } = modelsOf(pipeline).active ?? { rows: 0, over: 0 };
    return { judged, over, alerts: reported.filter((b) => (b as { change?: string }).change !== undefined) };
  };
  const whole = await verdicts(null);
  expect(whole.alerts).toHaveLength(1);
  expect(whole.judged).toBeGreaterThan(75);
  expect(await verdicts(null)).toEqual(whole);
  expect(await verdicts(60)).toEqual(whole);
  expect(await verdicts(90)).toEqual(whole);
});

test('a model that does not fit the machine, detects nothing, fails, or is too slow, is refused', {
  tags: 'slow',
}, async () => {
  const pipeline = new Pipeline(config);
  await run(pipeline, 0, 40);
  const other = trainProcess(
    'principal_components',
    ['load', 'flow', 'heat'],
    Array.from({ length: 400 }, () => Float64Array.from(Object.values(values(0.5)))),
    { data: 'a clogged one', version: '0', seed: 1 },
  );
  await expect(bring(pipeline, 'b', other, 'shadow')).rejects.toThrow('unlike its training');
  const missing = { ...model, channels: ['load', 'flow', 'speed'] };
  await expect(bring(pipeline, 'c', missing, 'shadow')).rejects.toThrow('not yet: the machine has not said speed');
  const blind = { ...model, limits: model.limits.map((l) => l * 1e6) };
  await expect(bring(pipeline, 'd', blind, 'shadow')).rejects.toThrow('does not see it when load, flow, heat leave');
  const garbage = { format: 'onnx', bytes: btoa('garbage') } as const;
  const network = { mean: [0, 0, 0], sd: [1, 1, 1], answer: 'score', file: garbage } as const;
  const broken: ProcessModel = {
    ...model,
    learned: { method: 'network', data: { ...network, mean: [0, 0, 0], sd: [1, 1, 1] } },
  };
  await expect(bring(pipeline, 'e', broken, 'shadow')).rejects.toThrow('it failed');
  const rows = pipeline.updateModels('pump', (slot) => slot.recentRows(model));
  const slow = (await runner.run(trialJobs('f', model, rows))).map((r) => (r.ok ? { ...r, ms: 1e4 } : r));
  expect(evaluateTrial(model, slow, rows.length)).toMatchObject({
    ok: false,
    why: expect.stringContaining('ms a row'),
  });
});

test('a candidate that flags more rows is dropped automatically, one that agrees stays', async () => {
  const pipeline = new Pipeline(config);
  await run(pipeline, 0, 40);
  await bring(pipeline, 'a', model, 'live');
  await bring(pipeline, 'same', { ...model, limits: model.limits.map((l) => l * 1.05) }, 'shadow');
  await run(pipeline, 40, 100);
  expect(modelsOf(pipeline)).toMatchObject({ active: { id: 'a' }, candidate: { id: 'same', over: 0 }, undone: null });
  const nervous = { ...model, limits: model.limits.map((l) => l / 4) };
  pipeline.updateModels('pump', (slot) => slot.install(installed('nervous', nervous), 'shadow'));
  expect(await run(pipeline, 100, 160)).toEqual([]);
  expect(modelsOf(pipeline)).toMatchObject({ active: { id: 'a' }, candidate: null, undone: { id: 'nervous' } });
});

test('an active model that is worse than the previous one, or fails, is rolled back automatically', async () => {
  const pipeline = new Pipeline(config);
  await run(pipeline, 0, 40);
  await bring(pipeline, 'a', model, 'live');
  await run(pipeline, 40, 60);
  const nervous = { ...model, limits: model.limits.map((l) => l / 4) };
  pipeline.updateModels('pump', (slot) => slot.install(installed('nervous', nervous), 'live'));
  const reported = await run(pipeline, 60, 100);
  expect(modelsOf(pipeline)).toMatchObject({
    active: { id: 'a' },
    previous: null,
    undone: { id: 'nervous', why: expect.stringContaining('rows unlike its training, the other model') },
  });
  expect(reported.filter((s) => s.change === 'raise').length).toBe(
    reported.filter((s) => s.change === 'return').length,
  );
  pipeline.updateModels('pump', (slot) => slot.install(installed('failing', model), 'live'));
  for (let t = 100; t < 110; t++) {
    for (const [point, value] of Object.entries(values())) accept(pipeline, point, t, value);
    for (const one of pipeline.takeModelWork())
      pipeline.applyModelResults(
        one,
        one.work.jobs.map(({ job }) =>
          job.id === 'failing'
            ? { ok: false, why: 'crashed', detail: 'again' }
            : { ok: true, scores: job.rows.map(() => null), state: job.state, ms: 1, runtime: '' },
        ),
        0,
      );
  }
  expect(modelsOf(pipeline)).toMatchObject({ active: { id: 'a' }, undone: { id: 'failing' } });
  const healths = pipeline.drain({ ledger: null }).outgoing.filter((o) => o.kind === 'health');
  expect(healths.map((o) => (o.body as { process?: { reason?: string } }).process?.reason)).toContain('crashed: again');
});

test('a machine that has drifted from its training is reported, with the channels', { tags: 'slow' }, async () => {
  const pipeline = new Pipeline(config);
  await run(pipeline, 0, 40);
  await bring(pipeline, 'a', model, 'live');
  await run(pipeline, 40, 340);
  expect(modelsOf(pipeline).fit).toMatchObject({ advice: null });
  for (let t = 340; t < 900; t++) {
    const { load, flow, heat } = values();
    for (const [point, value] of Object.entries({ load: load + 0.15, flow: flow + 12, heat: heat + 6 }))
      accept(pipeline, point, t, value);
    await runModels(pipeline);
  }
  const { fit } = modelsOf(pipeline);
  expect(fit?.advice).toContain('no longer fits this machine');
  expect(fit?.drifted.map((d) => d.channel).sort()).toEqual(['flow', 'heat', 'load']);
});

test('points that report less often, or late, still make rows; rows that lack a channel are counted', async () => {
  const pipeline = new Pipeline(config);
  const rows = Array.from({ length: 60 }, () => values());
  // Heat arrives two seconds behind the others, in order; later not at all.
  for (let t = 0; t < 40; t++) {
    accept(pipeline, 'load', t, rows[t].load);
    accept(pipeline, 'flow', t, rows[t].flow);
    if (t >= 2) accept(pipeline, 'heat', t - 2, rows[t - 2].heat);
  }
  await bring(pipeline, 'a', model, 'live');
  for (let t = 40; t < 60; t++) {
    accept(pipeline, 'load', t, rows[t].load);
    accept(pipeline, 'flow', t, rows[t].flow);
  }
  expect(pipeline.skippedRows.incomplete).toBeGreaterThan(10);
});

test('rows that await models which never answer are bounded, and the oldest dropped', async () => {
  const pipeline = new Pipeline(config);
  await run(pipeline, 0, 40);
  await bring(pipeline, 'a', model, 'live');
  for (let t = 40; t < 400; t++) {
    for (const [point, value] of Object.entries(values())) accept(pipeline, point, t, value);
    pipeline.takeModelWork();
  }
  expect(pipeline.skippedRows.too_many).toBeGreaterThan(100);
});

test('a machine without a model trains its own on its first days, and that detects a clog', {
  tags: 'slow',
}, async () => {
  const own = edgeConfigSchema.parse({ ...config, detection: { ...config.detection, ownModelDays: 0.01 } });
  const pipeline = new Pipeline(own);
  await run(pipeline, 0, 1500);
  expect(pipeline.takeTrainingRows()).toEqual([]);
  await run(pipeline, 1500, 2010);
  const [request] = pipeline.takeTrainingRows();
  expect(request).toMatchObject({ asset: 'pump', channels: ['flow', 'heat', 'load'] });
  expect(pipeline.takeTrainingRows()).toEqual([]);
  // All points have the role load, which no member of the panel judges.
  expect(request.context).toEqual(['flow', 'heat', 'load']);
  const learned = await runner.learn({ ...request, context: ['load'] });
  if (!learned.ok) throw new Error(learned.why);
  const { model: ownModel, members } = learned;
  expect(ownModel.card.falseRate).toBeLessThan(0.02);
  pipeline.updateModels('pump', (slot) => slot.install({ ...installed('own', ownModel), members }, 'live'));
  expect(await run(pipeline, 2010, 2400)).toEqual([]);
  expect(modelsOf(pipeline).active?.members).toContainEqual({ member: 'relation', channels: 2 });
  const after = new Pipeline(own, states);
  const reported = await run(after, 2400, 2460, 0.3);
  expect(reported[0]).toMatchObject({ change: 'raise' });
  expect(reported[0].text).toContain('flow');
  const because = reported[0].evidence.diagnosis.reasons.join('; ');
  expect(because).toMatch(/flow: not what the other values let expect \(\d+\.\d times the limit\)/);
});
