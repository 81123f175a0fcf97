import { expect, test } from 'vitest';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { assetSchema } from '#models/machine/asset.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { simulatedMachineSchema } from '#simulators/scenario.ts';
import { MachineSpeed } from './machineSpeed.ts';
import { TachometerPoint } from './tachometerPoint.ts';

const RATE = 12_800;
const block = (startS: number, samples: Float32Array<ArrayBuffer>, point = '2H'): WaveformBlock => ({
  kind: 'waveform',
  asset: 'a',
  point,
  timeQuality: 'source',
  startUs: startS * 1e6,
  sampleRateHz: RATE,
  samples,
});

const unbalanced = new SimulatedMachine(
  simulatedMachineSchema.parse({
    name: 'a',
    kind: 'motor',
    ratedRpm: 1480,
    bearing: { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 },
    sensors: ['2H'],
    faults: [{ type: 'unbalance', onsetS: 0, firstMmPerS: 3, doublingS: 1e6, limitMmPerS: 4 }],
  }),
  7,
);

function listened(settings: object, seconds: number): MachineSpeed {
  const speed = new MachineSpeed(assetSchema.parse(settings), { rpm: null });
  for (let s = 0; s < seconds; s++) speed.listen(block(s, unbalanced.waveform('2H', s, RATE, RATE)));
  return speed;
}

test('a machine without a speed value is heard turning', () => {
  const told = listened({ ratedRpm: 1500, speedRange: [1200, 1700] }, 5).shaft;
  expect(Math.abs(told.hz * 60 - unbalanced.rpm(2))).toBeLessThan(8);
  expect(told.ratedHz).toBe(25);
});

test('it is not listened to for long enough, asked for, or needed: as rated', () => {
  expect(listened({ ratedRpm: 1500, speedRange: [1200, 1700] }, 3).shaft.hz).toBe(25);
  expect(listened({ ratedRpm: 1500 }, 5).shaft.hz).toBe(25);
  const measured = { ratedRpm: 1500, speedRange: [1200, 1700], points: { speed: { role: 'speed' } } };
  expect(listened(measured, 5).shaft.hz).toBe(25);
});

test('noise tells no speed, and one that was told is withdrawn when it no longer stands out', () => {
  const speed = listened({ ratedRpm: 1500, speedRange: [1200, 1700] }, 5);
  expect(speed.shaft.hz).not.toBe(25);
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  for (let s = 70; s < 75; s++) speed.listen(block(s, Float32Array.from({ length: RATE }, noise)));
  expect(speed.shaft.hz).toBe(25);
});

test('a tachometer’s pulses tell the speed; a dead one tells that it tells nothing', () => {
  const config = assetSchema.parse({ points: { tacho: { role: 'tachometer', pulsesPerTurn: 2 } } }).points.tacho;
  const point = new TachometerPoint('a', 'tacho', config);
  const pulses = Float32Array.from({ length: RATE }, (_, i) => (((i / RATE) * 2 * 24.5) % 1 < 0.2 ? 5 : 0));
  expect(point.accept(block(0, pulses, 'tacho'))).toBeCloseTo(24.5 * 60, 0);
  expect(point.accept(block(0, pulses, 'tacho'))).toBeUndefined();
  expect(point.accept(block(1, new Float32Array(RATE), 'tacho'))).toBeNull();
  expect(point.intake.ledger).toMatchObject({ received: 3, delivered: 2, duplicate: 1 });
  expect(new TachometerPoint('a', 'tacho', config, point.state()).intake.ledger.received).toBe(3);
});
