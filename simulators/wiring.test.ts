import { expect, test } from 'vitest';
import type { Asset } from '#models/machine/asset.ts';
import { messagesAt } from './deviceMessage.ts';
import { SimulatedMachine } from './machine.ts';
import { scenarioSchema } from './scenario.ts';
import { assetsOf } from './scenarioAssets.ts';
import { Wiring } from './wiring.ts';
import { processPoints } from './wiringFaults.ts';

const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const plant = (wiring: object[]) =>
  scenarioSchema.parse({
    waveform: { samples: 1024 },
    machines: [
      { name: 'pump', kind: 'pump', ratedRpm: 1480, bearing, sensors: ['1H', '2H'], wiring },
      { name: 'fan', kind: 'fan', ratedRpm: 990, bearing, sensors: ['2H'] },
    ],
  });

/** The messages of every point in one second of the plant. */
function arriving(wiring: object[], timeS = 5) {
  const scenario = plant(wiring);
  const machines = scenario.machines.map((m) => new SimulatedMachine(m, scenario.seed));
  const wired = new Wiring(scenario, machines);
  const messages = machines.flatMap((m) => messagesAt(m, scenario, timeS, 1, 0)).map((m) => wired.deliver(m));
  return new Map(
    messages.map(({ machine, point, content }) => [
      `${machine}/${point}`,
      content.kind === 'waveform' ? content.samples : content.kind === 'value' ? Float32Array.of(content.value) : null,
    ]),
  );
}
const right = arriving([]);
const of = (name: string) => right.get(name) as Float32Array;

test('swapped sensors carry each other’s signals, on one machine or across two', () => {
  const within = arriving([{ kind: 'swapped_sensors', point: '1H', with: '2H' }]);
  expect(within.get('pump/1H')).toEqual(of('pump/2H'));
  expect(within.get('pump/2H')).toEqual(of('pump/1H'));
  const across = arriving([{ kind: 'swapped_sensors', point: '2H', with: 'fan/2H' }]);
  expect(across.get('pump/2H')).toEqual(of('fan/2H'));
  expect(across.get('fan/2H')).toEqual(of('pump/2H'));
  expect(across.get('pump/1H')).toEqual(of('pump/1H'));
});

test('sensors swapped while the plant runs carry each other’s signals only then', () => {
  const swap = { kind: 'swapped_sensors', point: '1H', with: '2H', atS: 10, forS: 10 };
  for (const timeS of [9, 20]) expect(arriving([swap], timeS)).toEqual(arriving([], timeS));
  const during = arriving([swap], 10);
  expect(during.get('pump/1H')).toEqual(arriving([], 10).get('pump/2H'));
  expect(during.get('pump/2H')).toEqual(arriving([], 10).get('pump/1H'));
  const dead = { kind: 'dead_channel', point: 'current', atS: 10 };
  expect(arriving([dead], 9)).toEqual(arriving([], 9));
  expect(Math.abs(arriving([dead], 500).get('pump/current')?.[0] ?? 9)).toBeLessThan(0.2);
});

test('scale, sign, speed, a dead channel, and two channels with the same signal', () => {
  const wrong = arriving([
    { kind: 'wrong_scale', point: 'temperature', factor: 1.8, offset: 32 },
    { kind: 'inverted_axis', point: '1H' },
    { kind: 'wrong_speed', factor: 2 },
    { kind: 'dead_channel', point: 'current' },
    { kind: 'duplicate_signal', point: '2H', of: 'fan/2H' },
  ]);
  expect(wrong.get('pump/temperature')?.[0]).toBeCloseTo(1.8 * of('pump/temperature')[0] + 32, 3);
  expect(wrong.get('pump/1H')?.[7]).toBe(-of('pump/1H')[7]);
  expect(wrong.get('pump/speed')?.[0]).toBeCloseTo(2 * of('pump/speed')[0], 1);
  expect(Math.abs(wrong.get('pump/current')?.[0] ?? 9)).toBeLessThan(0.2);
  expect(wrong.get('pump/2H')).toEqual(of('fan/2H'));
  expect(wrong.get('fan/2H')).toEqual(of('fan/2H'));
});

test('a wrong bearing or mains frequency affects the edge’s configuration, not the signals', () => {
  const configured = { bpfo: 3.05, bpfi: 4.95, bsf: 1.99, ftf: 0.38 };
  const wiring = [
    { kind: 'wrong_bearing', configured },
    { kind: 'wrong_mains_frequency', configuredHz: 60 },
  ];
  const assets = assetsOf(plant(wiring)) as Record<string, Asset>;
  expect(assets.pump.points['2H'].bearing).toEqual(configured);
  expect(assets.pump.drivetrain?.lineHz).toBe(60);
  expect(assets.fan).toEqual((assetsOf(plant([])) as Record<string, Asset>).fan);
  expect(arriving(wiring)).toEqual(right);
});

test.each([
  [{ kind: 'dead_channel', point: '9H' }, 'one of its points: 1H, 2H, speed, temperature, current, flow'],
  [{ kind: 'swapped_sensors', point: '1H', with: 'nobody/2H' }, 'a point of the scenario'],
  [{ kind: 'swapped_sensors', point: '1H', with: '1H' }, 'another point'],
  [{ kind: 'duplicate_signal', point: '1H', of: 'speed' }, 'a slow value for a slow value'],
])('%o is refused', (fault, message) => {
  expect(() => plant([fault])).toThrow(message);
});

test('wiring faults may refer to the points that a machine sends', () => {
  for (const { kind, ...config } of plant([]).machines) {
    const sent = new SimulatedMachine({ kind, ...config }, 1).processValues(0).map(({ point }) => point);
    expect(processPoints(kind)).toEqual(sent);
  }
});
