import { expect, test } from 'vitest';
import { type DeviceMessage, messagesAt } from './deviceMessage.ts';
import { SimulatedMachine } from './machine.ts';
import { type DeviceTrouble, scenarioSchema } from './scenario.ts';
import { Troubles } from './troubles.ts';

const scenario = scenarioSchema.parse({
  waveform: { sampleRateHz: 2000, samples: 256 },
  machines: [
    {
      name: 'm',
      kind: 'motor',
      ratedRpm: 1500,
      bearing: { bpfo: 3.6, bpfi: 5.4, bsf: 2.4, ftf: 0.4 },
      sensors: ['2H'],
    },
  ],
});
const machine = new SimulatedMachine(scenario.machines[0], 1);

/** Two hundred seconds of one plant with these troubles; only `point`. */
function run(troubles: object[], point = 'temperature', seed = 1) {
  const parsed = scenarioSchema.parse({ ...scenario, troubles }).troubles as DeviceTrouble[];
  const all = new Troubles(parsed, seed);
  const sent: DeviceMessage[] = [];
  for (let t = 0; t < 200; t++)
    for (const m of messagesAt(machine, scenario, t, 1, 1.7e12)) if (m.point === point) sent.push(...all.apply(m));
  sent.push(...all.flush());
  return { sent, truth: all.truth[0] };
}
const valueIn = ({ content }: DeviceMessage) => (content.kind === 'value' ? content.value : Number.NaN);

test('without troubles everything is sent once, in order', () => {
  const { sent, truth } = run([]);
  expect(sent).toHaveLength(200);
  expect(truth).toMatchObject({ made: 200, lost: 0, twice: 0, backward: 0, unusable: 0, garbage: 0 });
});

test('loss, duplicates, reordering and garbage match the account, and are the same for the same seed', () => {
  const troubles = ['loss', 'duplicates', 'reordering', 'garbage'].map((type) => ({ type, share: 0.2 }));
  const { sent, truth } = run(troubles);
  for (const n of [truth.lost, truth.twice, truth.backward, truth.garbage]) {
    expect(n).toBeGreaterThan(10);
    expect(n).toBeLessThan(70);
  }
  expect(sent).toHaveLength(truth.made - truth.lost + truth.twice + truth.garbage);
  expect(run(troubles).sent.map((m) => m.stampMs)).toEqual(sent.map((m) => m.stampMs));
  expect(run(troubles, 'temperature', 2).sent.map((m) => m.stampMs)).not.toEqual(sent.map((m) => m.stampMs));
});

test('a clock that is set back repeats time stamps; one that is far ahead makes them unusable', () => {
  expect(run([{ type: 'clock', atS: 100, forS: 50, aheadS: -60 }]).truth.backward).toBe(50);
  expect(run([{ type: 'clock', atS: 100, forS: 50, aheadS: 400 }]).truth).toMatchObject({ unusable: 50, backward: 0 });
});

test('sensors that are stuck, clipped, spiky or send no number', () => {
  const stuck = run([{ type: 'stuck', atS: 50, forS: 100 }]).sent.map(valueIn);
  expect(new Set(stuck.slice(50, 150)).size).toBe(1);
  expect(new Set(stuck.slice(0, 50)).size).toBeGreaterThan(40);
  const [clipped] = run([{ type: 'clipped', atG: 0.01 }], '2H').sent;
  expect(clipped.content.kind === 'waveform' && Math.max(...clipped.content.samples)).toBeCloseTo(0.01, 6);
  const odd = run([{ type: 'not_a_number', share: 0.5 }]);
  expect(odd.sent.filter((m) => Number.isNaN(valueIn(m)))).toHaveLength(odd.truth.unusable);
  expect(odd.truth.unusable).toBeGreaterThan(50);
  expect(Math.max(...run([{ type: 'spikes', share: 0.1 }]).sent.map(valueIn))).toBe(1000);
});

test('troubles affect only their target', () => {
  expect(run([{ type: 'loss', share: 1, point: 'speed' }]).truth.lost).toBe(0);
  expect(run([{ type: 'loss', share: 1, machine: 'm', point: 'temperature' }]).sent).toHaveLength(0);
});

test('a scenario with a nonexistent target is refused', () => {
  const issues = (more: object) => {
    const result = scenarioSchema.safeParse({ ...scenario, ...more });
    return result.success ? [] : result.error.issues.map((i) => i.path.join('.'));
  };
  const fault = { type: 'outer_race', point: '9Z', onsetS: 1, doublingS: 1 };
  expect(issues({})).toEqual([]);
  expect(issues({ troubles: [{ type: 'loss', share: 1, machine: 'other' }] })).toEqual(['troubles.0.machine']);
  expect(issues({ troubles: [{ type: 'loss', share: 1, atS: 9999 }] })).toEqual(['troubles.0.atS']);
  expect(issues({ systemTroubles: [{ type: 'expired_certificate', forS: 9 }] })).toEqual(['systemTroubles.0.type']);
  expect(issues({ machines: [scenario.machines[0], scenario.machines[0]] })).toEqual(['machines.1.name']);
  expect(issues({ machines: [{ ...scenario.machines[0], faults: [fault] }] })).toEqual(['machines.0.faults.0.point']);
});
