import { expect, test } from 'vitest';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { machinesOf, SimulatedMachine } from './machine.ts';
import { type SimulatedFault, scenarioSchema, simulatedMachineSchema } from './scenario.ts';

const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const machine = (faults: SimulatedFault[], kind = 'motor', seed = 1) =>
  new SimulatedMachine(
    simulatedMachineSchema.parse({ name: 'm', kind, ratedRpm: 1480, bearing, sensors: ['2H'], faults }),
    seed,
  );

test('the same seed and time give the same samples, whatever was requested before', () => {
  const one = machine([]);
  one.waveform('2H', 5, 12_800, 1000);
  expect(one.waveform('2H', 9, 12_800, 1000)).toEqual(machine([]).waveform('2H', 9, 12_800, 1000));
  expect(one.waveform('2H', 9, 12_800, 1000)).not.toEqual(machine([], 'motor', 2).waveform('2H', 9, 12_800, 1000));
  expect(one.processValues(9)).toEqual(machine([]).processValues(9));
});

test.each([
  ['outer_race', 'envelopeBpfo'],
  ['inner_race', 'envelopeBpfi'],
  ['ball', 'envelopeBsf2'],
] as const)('%s rings at its line', (type, line) => {
  const features = new VibrationFeatures({ length: 16_384, sampleRateHz: 12_800, unit: 'g', bearing });
  const broken = machine([{ type, point: '2H', onsetS: 0, firstG: 2, doublingS: 1000, limitG: 2 }]);
  const row = features.extract(broken.waveform('2H', 10, 12_800, 16_384), broken.rpm(10) / 60);
  const lines = ['envelopeBpfo', 'envelopeBpfi', 'envelopeBsf2'].map((name) => ({
    name,
    g: row[features.names.indexOf(name)],
  }));
  expect(lines.sort((a, b) => b.g - a.g)[0].name).toBe(line);
});

test('a temperature drifts from its onset, up to its limit', () => {
  const hot = machine([{ type: 'temperature_drift', onsetS: 100, degCPerMinute: 6, limitDegC: 20 }]);
  const cool = machine([]);
  const above = (t: number) => hot.processValues(t)[1].value - cool.processValues(t)[1].value;
  expect(above(90)).toBe(0);
  expect(above(160)).toBeCloseTo(6, 9);
  expect(above(9999)).toBeCloseTo(20, 9);
});

test('process values follow the load', () => {
  const pump = machine([], 'pump');
  const times = Array.from({ length: 200 }, (_, i) => i);
  const correlation = (name: string) => {
    const loads = times.map((t) => pump.load(t));
    const values = times.map((t) => pump.processValues(t).find((v) => v.point === name)?.value as number);
    const mean = (a: number[]) => a.reduce((x, y) => x + y, 0) / a.length;
    const [ml, mv] = [mean(loads), mean(values)];
    const cov = loads.reduce((s, l, i) => s + (l - ml) * (values[i] - mv), 0);
    return (
      cov / Math.sqrt(loads.reduce((s, l) => s + (l - ml) ** 2, 0) * values.reduce((s, v) => s + (v - mv) ** 2, 0))
    );
  };
  expect(correlation('current')).toBeGreaterThan(0.98);
  expect(correlation('flow')).toBeGreaterThan(0.98);
  expect(correlation('speed')).toBeLessThan(-0.98);
});

test('a machine on a drive ramps from each of its speeds to the next, and repeats', () => {
  const drive = [
    { atS: 0, part: 0.5 },
    { atS: 60, part: 0.5 },
    { atS: 80, part: 1 },
    { atS: 100, part: 0.5 },
  ];
  const config = {
    name: 'm',
    kind: 'pump',
    ratedRpm: 1480,
    bearing,
    sensors: ['2H'],
    calendar: { nightLoad: 1, drive },
  };
  const one = new SimulatedMachine(simulatedMachineSchema.parse(config), 1);
  const part = (timeS: number) => one.rpm(timeS) / (1480 * (1.01 - 0.03 * one.load(timeS)));
  expect([30, 70, 80, 95, 130, 170].map((t) => Number(part(t).toFixed(6)))).toEqual([0.5, 0.75, 1, 0.625, 0.5, 0.75]);
  expect(simulatedMachineSchema.safeParse({ ...config, calendar: { drive: drive.slice(1) } }).success).toBe(false);
});

test('a repaired machine is as before its fault', () => {
  const faults: SimulatedFault[] = [
    { type: 'unbalance', onsetS: 10, repairedAtS: 100, firstMmPerS: 5, doublingS: 30, limitMmPerS: 20 },
    { type: 'outer_race', point: '2H', onsetS: 10, repairedAtS: 100, firstG: 1, doublingS: 30, limitG: 20 },
    { type: 'temperature_drift', onsetS: 10, repairedAtS: 100, degCPerMinute: 10, limitDegC: 60 },
  ];
  const [ill, sound] = [machine(faults), machine([])];
  expect(ill.waveform('2H', 99, 12_800, 1000)).not.toEqual(sound.waveform('2H', 99, 12_800, 1000));
  expect(ill.waveform('2H', 100, 12_800, 1000)).toEqual(sound.waveform('2H', 100, 12_800, 1000));
  expect(ill.processValues(100)).toEqual(sound.processValues(100));
});

const coupled = (coupling?: object) =>
  scenarioSchema.safeParse({
    machines: [
      { name: 'pump', kind: 'pump', ratedRpm: 740, bearing, sensors: ['1H'], coupling },
      { name: 'motor', kind: 'motor', ratedRpm: 1480, bearing, sensors: ['2H'] },
    ],
  });

test('a driven machine turns with its driver and transmits part of its vibration', () => {
  const plant = (coupling?: object) => machinesOf(scenarioSchema.parse(coupled(coupling).data));
  const [pump, motor] = plant({ drivenBy: 'motor', part: 0.5 });
  const [alone] = plant({ drivenBy: 'motor', part: 0 });
  expect(pump.rpm(7)).toBeCloseTo(motor.rpm(7) / 2, 9);
  expect(pump.load(7)).toBe(motor.load(7));
  const [with_, without, its] = [pump, alone, motor].map((m) => m.waveform(m.config.sensors[0], 7, 12_800, 500));
  for (let i = 0; i < 500; i++) expect(with_[i] - without[i]).toBeCloseTo(0.5 * its[i], 5);
});

test('a driven machine must have a driver that is not driven itself', () => {
  expect(coupled({ drivenBy: 'motor' }).success).toBe(true);
  for (const drivenBy of ['pump', 'gone']) expect(coupled({ drivenBy }).success).toBe(false);
});
