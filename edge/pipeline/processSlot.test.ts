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
  ['load', 'flow', 'heat'],
  Array.from({ length: 400 }, () => Float64Array.from(Object.values(values()))),
  'made up',
  '0',
);

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
    for (const { kind, body } of pipeline.drain({ ledger: null }).outgoing)
      if (kind === 'alerts') said.push(body as never);
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

  const states = new Map<string, Buffer>();
  const original = pipeline.drain.bind(pipeline);
  run(pipeline, 80, 81);
  pipeline.accept(
    {
      ok: true,
      block: {
        kind: 'scalars',
        asset: 'pump',
        point: 'load',
        timeQuality: 'source',
        timesUs: Float64Array.of(1.7e15 + 81e6),
        values: Float64Array.of(0.7),
      },
    },
    0,
  );
  for (const { key, value } of original({ ledger: null }).states) states.set(key, value);
  const after = new Pipeline(config, states);
  const [alert] = run(after, 82, 140, 0.3);
  expect(alert).toMatchObject({ change: 'raise', evidence: { diagnosis: { fault: 'process_drift' } } });
  expect(alert.text).toContain('flow');
  expect(after.changeModel('pump', null)).toBe('no model judges any more');
  expect(() => after.changeModel('pump', null)).toThrow('has no model');
});

test('a model that does not fit the machine is refused', () => {
  const pipeline = new Pipeline(config);
  run(pipeline, 0, 40);
  const other = trainProcess(
    ['load', 'flow', 'heat'],
    Array.from({ length: 400 }, () => Float64Array.from(Object.values(values(0.5)))),
    'a clogged one',
    '0',
  );
  expect(() => pipeline.changeModel('pump', other)).toThrow('unlike its training');
  expect(() => pipeline.changeModel('pump', { ...model, channels: ['load', 'flow', 'speed'] })).toThrow(
    'has not said speed',
  );
});
