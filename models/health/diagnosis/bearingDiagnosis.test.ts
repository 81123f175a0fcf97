import { expect, test } from 'vitest';
import { SimulatedMachine } from '#simulators/machine.ts';
import { simulatedMachineSchema } from '#simulators/scenario.ts';
import { bearingAnalyzer, diagnoseBearing } from './bearingDiagnosis.ts';

const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const RATE_HZ = 6400;
const SAMPLES = 2048;

/** Fifteen pieces of eight turns each, in whose coarse bins the cage's line is three from 0. */
function shortPieces(type: 'inner_race' | 'cage', seed: number) {
  const fault = { type, point: '2H', onsetS: 0, firstG: 2, doublingS: 1e6 };
  const config = { name: 'm', kind: 'compressor', ratedRpm: 1480, bearing, sensors: ['2H'], faults: [fault] };
  const machine = new SimulatedMachine(simulatedMachineSchema.parse(config), seed);
  const pieces = Array.from({ length: 15 }, (_, i) => machine.waveform('2H', 10 + i / 2, RATE_HZ, SAMPLES));
  const shaftHz = machine.rpm(13) / 60;
  return diagnoseBearing(pieces, bearingAnalyzer(RATE_HZ, SAMPLES, shaftHz, bearing), shaftHz, bearing);
}

test.each([1, 2, 3, 4, 5, 6])('an inner race in short pieces is not mistaken for a striking cage, seed %i', (seed) => {
  expect(shortPieces('inner_race', seed).scores[0].fault).not.toBe('cage');
});

test.each([1, 2, 3, 4, 5, 6])('a striking cage is still identified there, seed %i', (seed) => {
  expect(shortPieces('cage', seed)).toMatchObject({ scores: [{ fault: 'cage' }, {}, {}, {}], finding: 'fault' });
});

test('if a cage strikes and the rolling element’s own lines stand out, the part is uncertain', () => {
  const fault = (type: string, firstG: number) => ({ type, point: '2H', onsetS: 0, firstG, doublingS: 1e6 });
  const config = { name: 'm', kind: 'compressor', ratedRpm: 1480, bearing, sensors: ['2H'] };
  const found = (faults: ReturnType<typeof fault>[]) => {
    const machine = new SimulatedMachine(simulatedMachineSchema.parse({ ...config, faults }), 1);
    const pieces = [machine.waveform('2H', 10, RATE_HZ, 16 * SAMPLES)];
    const shaftHz = machine.rpm(10) / 60;
    return diagnoseBearing(pieces, bearingAnalyzer(RATE_HZ, 16 * SAMPLES, shaftHz, bearing), shaftHz, bearing);
  };
  const cage = [{ fault: 'cage' }, {}, {}, {}];
  expect(found([fault('cage', 2)])).toMatchObject({ scores: cage, finding: 'fault' });
  expect(found([fault('cage', 2), fault('ball', 1.2)])).toMatchObject({ scores: cage, finding: 'part_unsure' });
});
