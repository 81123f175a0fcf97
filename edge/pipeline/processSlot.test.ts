import { expect, test } from 'vitest';
import { trainProcess } from '#models/health/process/processModel.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { edgeConfigSchema } from '../config.ts';
import { Pipeline } from './pipeline.ts';

const config = edgeConfigSchema.parse({
  site: 's',
  edge: 'e',
  dataDirectory: 'unused',
  sources: [
    { type: 'mqtt', url: 'mqtt://x', subscriptions: [{ topic: '{asset}/{point}', payload: { type: 'scalar' } }] },
  ],
  uplink: { url: 'mqtt://x' },
  slowIntervalS: 1,
  assets: {
    pump: { kind: 'pump', points: { load: { role: 'load' }, flow: { role: 'load' }, heat: { role: 'load' } } },
  },
});
const random = randomOf(3);
/** Flow and heat follow the load; `clog` takes flow away. */
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

/** What the outbox would keep. */
const states = new Map<string, Buffer>();
function run(pipeline: Pipeline, from: number, to: number, clog = 0) {
  const said: { change: string; text: string; evidence: { diagnosis: { fault: string } } }[] = [];
  for (let t = from; t < to; t++) {
    for (const [point, value] of Object.entries(values(clog))) {
      const timesUs = Float64Array.of(1.7e15 + t * 1e6);
      const block = {
        kind: 'scalars',
        asset: 'pump',
        point,
        timeQuality: 'source',
        timesUs,
        values: Float64Array.of(value),
      } as const;
      pipeline.accept({ ok: true, block }, 1.7e12 + t * 1000);
    }
    const drained = pipeline.drain({ ledger: null });
    for (const { key, value } of drained.states) states.set(key, value);
    for (const { kind, body } of drained.outgoing) if (kind === 'alerts') said.push(body as never);
  }
  return said;
}

test('a model is tried, judges, is kept over a restart, and can be taken back', () => {
  const pipeline = new Pipeline(config);
  expect(() => pipeline.changeModel('pump', model)).toThrow('there is no machine');
  run(pipeline, 0, 5);
  expect(() => pipeline.changeModel('pump', model)).toThrow('are needed');
  run(pipeline, 5, 40);
  expect(pipeline.changeModel('pump', model)).toContain('it judges from now on');
  expect(run(pipeline, 40, 80)).toEqual([]);

  run(pipeline, 80, 82);
  const after = new Pipeline(config, states);
  const [alert] = run(after, 82, 140, 0.3);
  expect(alert).toMatchObject({ change: 'raise', evidence: { diagnosis: { fault: 'process_drift' } } });
  expect(alert.text).toContain('flow');
  expect(after.changeModel('pump', null)).toBe('no model judges any more');
  // What the model said ends with it.
  const [returned] = run(after, 140, 141);
  expect(returned).toMatchObject({ change: 'return' });
  expect(() => after.changeModel('pump', null)).toThrow('has no model');
});

test('a model that does not fit the machine is refused', () => {
  const pipeline = new Pipeline(config);
  run(pipeline, 0, 40);
  const other = trainProcess(
    'principal_components',
    ['load', 'flow', 'heat'],
    Array.from({ length: 400 }, () => Float64Array.from(Object.values(values(0.5)))),
    { data: 'a clogged one', version: '0', seed: 1 },
  );
  expect(() => pipeline.changeModel('pump', other)).toThrow('unlike its training');
  expect(() => pipeline.changeModel('pump', { ...model, channels: ['load', 'flow', 'speed'] })).toThrow(
    'has not said speed',
  );
});

test('points that say their values less often, or late, still make rows', () => {
  const pipeline = new Pipeline(config);
  const rows = Array.from({ length: 40 }, () => values());
  const say = (point: 'load' | 'flow' | 'heat', t: number) => {
    const block = {
      kind: 'scalars',
      asset: 'pump',
      point,
      timeQuality: 'source',
      timesUs: Float64Array.of(1.7e15 + t * 1e6),
      values: Float64Array.of(rows[t][point]),
    } as const;
    pipeline.accept({ ok: true, block }, 1.7e12 + t * 1000);
    pipeline.drain({ ledger: null });
  };
  // Heat comes two seconds behind the others, in their order.
  for (let t = 0; t < 40; t++) {
    say('load', t);
    say('flow', t);
    if (t >= 2) say('heat', t - 2);
  }
  expect(pipeline.changeModel('pump', model)).toContain('it judges from now on');
});
