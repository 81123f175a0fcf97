import { expect, test } from 'vitest';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { assetSchema } from '#models/machine/asset.ts';
import { SimulatedMachine } from '#simulators/machine.ts';
import { simulatedMachineSchema } from '#simulators/scenario.ts';
import { TachometerPoint } from '../points/tachometerPoint.ts';
import { MachineSpeed } from './machineSpeed.ts';

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

function estimatedFrom(settings: object, seconds: number): MachineSpeed {
  const speed = new MachineSpeed(assetSchema.parse(settings), { rpm: null });
  for (let s = 0; s < seconds; s++) speed.estimateFrom(block(s, unbalanced.waveform('2H', s, RATE, RATE)));
  return speed;
}

test('without a speed value the speed is estimated from the vibration', () => {
  const results = estimatedFrom({ ratedRpm: 1500, speedRange: [1200, 1700] }, 5).shaft;
  expect(Math.abs(results.hz * 60 - unbalanced.rpm(2))).toBeLessThan(8);
  expect(results.ratedHz).toBe(25);
});

test('with too little signal, no configuration or no need there is no estimate: the rated speed applies', () => {
  expect(estimatedFrom({ ratedRpm: 1500, speedRange: [1200, 1700] }, 3).shaft.hz).toBe(25);
  expect(estimatedFrom({ ratedRpm: 1500 }, 5).shaft.hz).toBe(25);
  const measured = { ratedRpm: 1500, speedRange: [1200, 1700], points: { speed: { role: 'speed' } } };
  expect(estimatedFrom(measured, 5).shaft.hz).toBe(25);
});

test('noise yields no speed, and an estimate is withdrawn when it no longer stands out', () => {
  const speed = estimatedFrom({ ratedRpm: 1500, speedRange: [1200, 1700] }, 5);
  expect(speed.shaft.hz).not.toBe(25);
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  for (let s = 70; s < 75; s++) speed.estimateFrom(block(s, Float32Array.from({ length: RATE }, noise)));
  expect(speed.shaft.hz).toBe(25);
});

const TACHO = assetSchema.parse({ points: { tacho: { role: 'tachometer', pulsesPerTurn: 2 } } }).points.tacho;
const pulses = (hz: number, fromS: number, length: number) =>
  Float32Array.from({ length }, (_, i) => (((fromS + i / RATE) * 2 * hz) % 1 < 0.2 ? 5 : 0));

test("a tachometer's pulses give the speed; a repeated block adds nothing", () => {
  const point = new TachometerPoint('a', 'tacho', TACHO);
  expect(point.accept(block(0, pulses(24.5, 0, RATE), 'tacho'))).toBeCloseTo(24.5 * 60, 0);
  expect(point.accept(block(0, pulses(24.5, 0, RATE), 'tacho'))).toBeUndefined();
  expect(point.intake.ledger).toMatchObject({ received: 2, delivered: 1, duplicate: 1 });
  expect(new TachometerPoint('a', 'tacho', TACHO, point.state()).intake.ledger.received).toBe(2);
});

test("a slow shaft's speed is measured over several blocks, stamped or not", () => {
  const length = RATE / 8;
  for (const timeQuality of ['source', 'received'] as const) {
    const point = new TachometerPoint('a', 'tacho', TACHO);
    const results = Array.from({ length: 16 }, (_, i) => {
      const startS = i / 8 + (timeQuality === 'received' ? 0.01 * (i % 2) : 0);
      return point.accept({ ...block(startS, pulses(2, i / 8, length), 'tacho'), timeQuality });
    });
    expect(results[0]).toBeUndefined();
    expect(results).not.toContain(0);
    expect(results.findLast((rpm) => rpm !== undefined)).toBeCloseTo(120, 0);
    expect(point.intake.ledger.delivered).toBe(16);
  }
});

test('a stopped shaft is at standstill after two seconds, also across a restart; a restarted one turns', () => {
  const noise = (seed: number) => Float32Array.from({ length: RATE }, (_, i) => 0.05 * Math.sin(seed + i * i));
  const before = new TachometerPoint('a', 'tacho', TACHO);
  before.accept(block(0, pulses(24.5, 0, RATE), 'tacho'));
  const point = new TachometerPoint('a', 'tacho', TACHO, before.state());
  expect(point.accept(block(1, noise(1), 'tacho'))).toBeUndefined();
  expect(point.accept(block(2, noise(2), 'tacho'))).toBe(0);
  const short = noise(3).slice(0, 64);
  for (let s = 3; s < 4000; s++) expect(point.accept(block(s, short, 'tacho'))).toBe(0);
  expect(point.accept(block(4000, pulses(20, 0, RATE), 'tacho'))).toBeCloseTo(1200, 0);
});

test('a fluctuating sample rate still allows an estimate, and a dead point does not keep the others from one', () => {
  const speed = new MachineSpeed(assetSchema.parse({ ratedRpm: 1500, speedRange: [1200, 1700] }), { rpm: null });
  speed.estimateFrom(block(0, unbalanced.waveform('2H', 0, RATE, RATE), 'dead'));
  const estimate = (s: number) =>
    speed.estimateFrom({ ...block(s, unbalanced.waveform('2H', s, RATE, RATE)), sampleRateHz: RATE + 0.01 * (s % 2) });
  for (let s = 1; s < 60; s++) estimate(s);
  expect(speed.shaft.hz).toBe(25);
  for (let s = 61; s < 67; s++) estimate(s);
  expect(Math.abs(speed.shaft.hz * 60 - unbalanced.rpm(63))).toBeLessThan(8);
});

test('a speed that no configured source could have measured is dropped at a restart', () => {
  const rpmAfter = (settings: object) => {
    const state = { rpm: 990 };
    new MachineSpeed(assetSchema.parse(settings), state);
    return state.rpm;
  };
  expect(rpmAfter({})).toBeNull();
  expect(rpmAfter({ speedRange: [1200, 1700] })).toBeNull();
  expect(rpmAfter({ speedRange: [900, 1700] })).toBe(990);
  expect(rpmAfter({ points: { s: { role: 'speed' } } })).toBe(990);
});
