import { expect, test } from 'vitest';
import { RealFft } from '#models/signal/fft.ts';
import { localMedian } from '#models/signal/localMedian.ts';
import { SimulatedMachine } from './machine.ts';
import { type MachineKind, type SimulatedFault, simulatedMachineSchema } from './scenario.ts';

/**
 * Least and largest of 61 recordings of the Case Western Reserve University Bearing Data Center (drive end, 12 kHz, 10 s;
 * recording 097 of the sound bearing decimated to 12 kHz): floor in dB between the 5 % and 95 % quantiles of the
 * spectrum's running median, its flatness, skewness; and kurtosis, of those whose RMS is less than 2.3 times that of the
 * sound bearing and of the others.
 */
const REAL = {
  floorDb: [22.6, 43.7],
  flatness: [0.023, 0.421],
  skewness: [-0.44, 0.303],
  kurtosis: { below: [2.8, 17.8], above: [3.2, 35] },
} as const;
const RATIO = 2.3;
/** A machine without a recording may lie this far outside. */
const ROOM_DB = 3;
const ROOM_FLATNESS = 1.25;

const RATE_HZ = 12_000;
const SAMPLES = 65_536;
const LENGTH = 4096;
const bearing = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };

function recording(kind: MachineKind, faults: SimulatedFault[] = []): Float32Array {
  const config = { name: kind, kind, ratedRpm: 1780, bearing, sensors: ['2H'], faults };
  return new SimulatedMachine(simulatedMachineSchema.parse(config), 5).waveform('2H', 10, RATE_HZ, SAMPLES);
}

/** Moments of a signal about its mean. */
function shapeOf(x: Float32Array) {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const moment = (power: number) => x.reduce((sum, v) => sum + (v - mean) ** power, 0) / x.length;
  const rms = Math.sqrt(moment(2));
  return { rms, skewness: moment(3) / rms ** 3, kurtosis: moment(4) / rms ** 4 };
}

/** Range in dB and flatness of the running median of the averaged spectrum, 20 Hz to 95 % of Nyquist. */
function floorOf(x: Float32Array) {
  const fft = new RealFft(LENGTH);
  const [re, im] = [new Float64Array(LENGTH / 2 + 1), new Float64Array(LENGTH / 2 + 1)];
  const power = new Float64Array(LENGTH / 2 + 1);
  for (let from = 0; from + LENGTH <= x.length; from += LENGTH / 2) {
    const piece = x.slice(from, from + LENGTH);
    fft.forward(
      piece.map((v, i) => v * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / LENGTH))),
      re,
      im,
    );
    for (let k = 0; k < power.length; k++) power[k] += re[k] ** 2 + im[k] ** 2;
  }
  const from = Math.ceil((20 * LENGTH) / RATE_HZ);
  const floor = localMedian(power, 50).slice(from, Math.floor((0.95 * LENGTH) / 2));
  const sorted = floor.toSorted();
  const quantile = (q: number) => sorted[Math.floor(q * (sorted.length - 1))];
  const logMean = floor.reduce((sum, p) => sum + Math.log(p), 0) / floor.length;
  const mean = floor.reduce((a, b) => a + b, 0) / floor.length;
  return { db: 10 * Math.log10(quantile(0.95) / quantile(0.05)), flatness: Math.exp(logMean) / mean };
}

const KINDS = ['motor', 'pump', 'fan', 'gearbox', 'compressor'] as const;

test.each(KINDS)('the noise floor of a healthy %s is coloured like real ones', (kind) => {
  const x = recording(kind);
  const [{ db, flatness }, { skewness, kurtosis }] = [floorOf(x), shapeOf(x)];
  expect(db).toBeGreaterThan(REAL.floorDb[0] - ROOM_DB);
  expect(db).toBeLessThan(REAL.floorDb[1] + ROOM_DB);
  expect(flatness).toBeGreaterThan(REAL.flatness[0] / ROOM_FLATNESS);
  expect(flatness).toBeLessThan(REAL.flatness[1] * ROOM_FLATNESS);
  expect(Math.abs(skewness)).toBeLessThan(0.2);
  expect(kurtosis).toBeLessThan(3.2);
});

test.each(['outer_race', 'inner_race', 'ball'] as const)(
  'impacts of an %s defect have the skewness and kurtosis of real ones',
  (type) => {
    const sound = shapeOf(recording('motor')).rms;
    for (const firstG of [0.3, 1, 3]) {
      const fault = { type, point: '2H', onsetS: 0, firstG, doublingS: 1e9, limitG: firstG };
      const { rms, skewness, kurtosis } = shapeOf(recording('motor', [fault]));
      const [least, most] = rms < RATIO * sound ? REAL.kurtosis.below : REAL.kurtosis.above;
      expect(kurtosis).toBeGreaterThan(least);
      expect(kurtosis).toBeLessThan(most);
      expect(skewness).toBeGreaterThan(REAL.skewness[0]);
      expect(skewness).toBeLessThan(REAL.skewness[1]);
    }
  },
);
