import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { VibrationFeatures } from './vibrationFeatures.ts';

const RATE = 12_800;
const N = 4096;
/** Whole periods in a window, so that closed forms hold. */
const HZ = (RATE / N) * 16;

const sine = (amplitude: number, hz: number, offset = 0) =>
  Float32Array.from({ length: N }, (_, i) => offset + amplitude * Math.sin((2 * Math.PI * hz * i) / RATE));

function extract(
  samples: Float32Array,
  shaftHz = 0,
  bearing?: { bpfo: number; bpfi: number; bsf: number; ftf: number },
) {
  const features = new VibrationFeatures({ length: N, sampleRateHz: RATE, unit: 'g', bearing });
  const row = features.extract(samples, shaftHz);
  expect(row).toHaveLength(features.names.length);
  return { ...Object.fromEntries(features.names.map((name, i) => [name, row[i]])), features } as Record<
    string,
    number
  > & {
    features: VibrationFeatures;
  };
}

test('a line between bins keeps its frequency and its amplitude', () => {
  const step = RATE / N;
  for (const part of [0, 0.2, 0.5, 0.9]) {
    const f = extract(sine(2, (300 + part) * step));
    expect(f.peak1Hz / step).toBeCloseTo(300 + part, 3);
    expect(f.peak1Amplitude).toBeCloseTo(2, 3);
  }
});

test('noise has an entropy near 1, and its density as noise floor', () => {
  const random = randomOf(2);
  const f = extract(Float32Array.from({ length: N }, () => 0.1 * gaussian(random)));
  expect(f.spectralEntropy).toBeGreaterThan(0.9);
  expect(extract(sine(1, HZ)).spectralEntropy).toBeLessThan(0.2);
  expect(f.noiseFloor / (0.1 * Math.sqrt(2 / RATE))).toBeCloseTo(1, 1);
  expect(f.spectralSpreadHz / (RATE / 2 / Math.sqrt(12))).toBeCloseTo(1, 1);
});

describe('a sine of 2 g on an offset', () => {
  const f = extract(sine(2, HZ, 0.5), HZ);
  test('moments have their closed forms', () => {
    expect(f.mean).toBeCloseTo(0.5, 5);
    expect(f.rms).toBeCloseTo(Math.SQRT2, 5);
    expect(f.peak).toBeCloseTo(2, 4);
    expect(f.peakToPeak).toBeCloseTo(4, 4);
    expect(f.crestFactor).toBeCloseTo(Math.SQRT2, 4);
    expect(f.kurtosis).toBeCloseTo(1.5, 5);
    expect(f.skewness).toBeCloseTo(0, 5);
    expect(f.shapeFactor).toBeCloseTo(Math.PI / Math.sqrt(8), 3);
    expect(f.impulseFactor).toBeCloseTo(Math.PI / 2, 3);
    // The mean root of |sin| is Γ(3/4) / (√π·Γ(5/4)) = 0.762760.
    expect(f.clearanceFactor).toBeCloseTo(1 / 0.76276 ** 2, 2);
  });
  test('all its power is in its band, and its centroid at its frequency', () => {
    expect(f.band0To800Hz).toBeCloseTo(Math.SQRT2, 4);
    expect(f.band800To1600Hz).toBeLessThan(1e-3);
    expect(f.spectralCentroidHz).toBeCloseTo(HZ, 1);
  });
  test('velocity is acceleration over 2πf', () => {
    expect(f.velocityRmsMmPerS / ((Math.SQRT2 * 9806.65) / (2 * Math.PI * HZ))).toBeCloseTo(1, 2);
  });
  test('its first order has its peak amplitude, others none', () => {
    expect(f.order1).toBeCloseTo(2, 3);
    expect(f.order2).toBeLessThan(1e-3);
  });
  test('the display spectrum keeps a peak of any width', () => {
    for (const bins of [16, 256, 2048]) {
      const s = f.features.spectrum(0, bins);
      expect(s.amplitude.length).toBeLessThanOrEqual(bins);
      expect(Math.max(...s.amplitude)).toBeCloseTo(2, 2);
      expect(s.amplitude.indexOf(Math.max(...s.amplitude))).toBe(Math.floor((HZ - 1e-6) / s.stepHz));
    }
  });
});

test('an amplitude-modulated carrier shows its modulation in the envelope, at the line of the bearing', () => {
  const shaftHz = (RATE / N) * 4;
  const bearing = { bpfo: 4, bpfi: 6, bsf: 2.5, ftf: 0.5 };
  const faultHz = bearing.bpfo * shaftHz;
  const carrier = (RATE / N) * 700;
  const depth = 0.5;
  const samples = Float32Array.from({ length: N }, (_, i) => {
    const t = i / RATE;
    return 2 * (1 + depth * Math.cos(2 * Math.PI * faultHz * t)) * Math.sin(2 * Math.PI * carrier * t);
  });
  const f = extract(samples, shaftHz, bearing);
  expect(f.envelopeRms).toBeCloseTo((2 * depth) / Math.SQRT2, 3);
  expect(f.envelopeBpfo).toBeCloseTo(2 * depth, 3);
  expect(f.envelopeBpfi).toBeLessThan(0.01);
});

test('features scale with the signal, silence is all zeros', () => {
  const noise = (scale: number) =>
    Float32Array.from({ length: N }, (_, i) => scale * Math.sin(12.9898 * (i + 1) * (i + 3)));
  const one = extract(noise(1));
  const three = extract(noise(3));
  for (const name of ['rms', 'peak', 'envelopeRms', 'velocityRmsMmPerS'])
    expect(three[name] / one[name]).toBeCloseTo(3, 4);
  expect(three.kurtosis).toBeCloseTo(one.kurtosis, 6);
  const { features: _, ...silent } = extract(new Float32Array(N));
  expect(Object.values(silent).every((v) => v === 0)).toBe(true);
});

test('a slow machine’s velocity includes lines below 10 Hz, such as its 1×', () => {
  const velocity = (ratedRpm?: number) => {
    const slow = new VibrationFeatures({ length: N, sampleRateHz: 2560, unit: 'g', ratedRpm });
    const at5Hz = Float32Array.from({ length: N }, (_, i) => 0.1 * Math.sin((2 * Math.PI * 5 * i) / 2560));
    return slow.extract(at5Hz, 0)[slow.names.indexOf('velocityRmsMmPerS')];
  };
  const exact = (0.1 * Math.SQRT1_2 * 9806.65) / (2 * Math.PI * 5);
  expect(velocity(300) / exact).toBeCloseTo(1, 1);
  expect(velocity(600)).toBe(velocity(300));
  expect(velocity(601)).toBeLessThan(0.01 * exact);
  expect(velocity()).toBe(velocity(601));
});

test('velocity is omitted if bins are too coarse for it, or the unit is not an acceleration', () => {
  const names = (plan: object) => new VibrationFeatures({ length: N, sampleRateHz: RATE, unit: 'g', ...plan }).names;
  expect(names({})).toContain('velocityRmsMmPerS');
  expect(names({ sampleRateHz: 25_600 })).not.toContain('velocityRmsMmPerS');
  expect(names({ sampleRateHz: 1500 })).not.toContain('velocityRmsMmPerS');
  expect(names({ unit: 'mm/s' })).not.toContain('velocityRmsMmPerS');
});
