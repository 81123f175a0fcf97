import { expect, test } from 'vitest';
import type { HealthMessage } from '#models/contracts/health.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { unconnectedEdge } from '#simulators/endToEnd/unconnectedEdge.ts';
import { Pipeline } from '../pipeline.ts';

const config = unconnectedEdge({
  slowIntervalS: 1,
  healthIntervalMs: 0,
  detection: { states: { learnRows: 100, newRows: 10 } },
  assets: { pump: { points: { speed: { role: 'speed', unit: 'rpm' }, temperature: { unit: 'degC' } } } },
});

/** Runs slow and cool, or fast and hot; `excess` is added to the temperature. */
function plant() {
  const random = randomOf(2);
  const states = new Map<string, Buffer>();
  let pipeline = new Pipeline(config);
  let t = 0;
  return {
    restart: () => {
      pipeline = new Pipeline(config, states);
    },
    run: (seconds: number, fast: boolean | null, excess = 0) => {
      const alerts: string[] = [];
      let health: HealthMessage | undefined;
      for (const end = t + seconds; t < end; t++) {
        const rpm = fast === null ? 1230 : fast ? 1480 : 980;
        const degC = (fast ? 75 : 45) + excess + 0.3 * gaussian(random);
        for (const [point, value] of [
          ['speed', rpm + gaussian(random)],
          ['temperature', degC],
        ] as const) {
          const timesUs = Float64Array.of(1.7e15 + t * 1e6);
          const values = Float64Array.of(value);
          const block = { kind: 'scalars', asset: 'pump', point, timeQuality: 'source', timesUs, values } as const;
          pipeline.accept({ ok: true, block }, 1.7e12 + t * 1000);
        }
        const drained = pipeline.drain({ ledger: null });
        for (const { key, value } of drained.states) states.set(key, value);
        for (const { kind, body } of drained.outgoing) {
          if (kind === 'alerts') alerts.push(`${(body as { change: string }).change}`);
          if (kind === 'health') health = body as HealthMessage;
        }
      }
      const temperature = health?.points.find((p) => p.point === 'temperature');
      return { alerts, temperature, state: health?.operatingState };
    },
  };
}

test('each state has its own baseline: a temperature normal at full speed is a fault at low speed', () => {
  const { run, restart } = plant();
  for (let i = 0; i < 6; i++) run(20, i % 2 === 0);
  const fast = run(60, true);
  const slow = run(60, false);
  expect([fast.state, slow.state]).toMatchObject([
    { kind: 'known', state: 1, of: 2 },
    { kind: 'known', state: 0, of: 2 },
  ]);
  restart();
  expect(run(40, true).temperature).toMatchObject({ assessment: 'assessed', limit: { times: 1, by: 'floor' } });
  expect(run(40, false).alerts).toEqual([]);
  // As hot as at full speed.
  expect(run(60, false, 30).alerts).toContain('raise');
});

test('between states nothing is judged; lasting operation elsewhere becomes a state of its own', () => {
  const { run } = plant();
  for (let i = 0; i < 6; i++) run(20, i % 2 === 0);
  run(60, true);
  const between = run(5, null);
  expect(between.state).toMatchObject({ kind: 'between' });
  expect(between.temperature).toMatchObject({ reason: expect.stringContaining('between its operating states') });
  const learned = run(60, null);
  expect(learned.state).toMatchObject({ kind: 'known', of: 3 });
  expect(learned.temperature).toMatchObject({ assessment: 'assessed' });
  expect(learned.alerts).toEqual([]);
});
