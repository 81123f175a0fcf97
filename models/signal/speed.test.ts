import { describe, expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { LineSpectrum } from './lineSpectrum.ts';
import { resampledOverAngle } from './orderTracking.ts';
import { envelopeSpectrum, waterfall, zoom } from './pictures.ts';
import { estimateShaftHz } from './shaftSpeed.ts';
import { pulseTimes, shaftOf, turnsOf } from './tachometer.ts';

const RATE = 8000;
const SECONDS = 8;

/** A shaft that runs up from 20 to 30 Hz: its third order, a tachometer with two pulses per turn, and noise. */
function runUp() {
  const random = randomOf(4);
  const turnsAt = (t: number) => 20 * t + ((30 - 20) / (2 * SECONDS)) * t * t;
  const at = (i: number) => turnsAt(i / RATE);
  const length = RATE * SECONDS;
  return {
    vibration: Float32Array.from({ length }, (_, i) => Math.sin(2 * Math.PI * 3 * at(i)) + 0.1 * gaussian(random)),
    tacho: Float32Array.from({ length }, (_, i) => ((2 * at(i)) % 1 < 0.3 ? 5 : 0.1)),
  };
}

describe('a shaft that runs up', () => {
  const { vibration, tacho } = runUp();
  const profile = turnsOf(pulseTimes(tacho, RATE), 2)!;

  test('its tachometer gives mean and variation', () => {
    const { meanHz, variation } = shaftOf(profile)!;
    expect(meanHz).toBeCloseTo(25, 1);
    expect(variation).toBeGreaterThan(0.18);
    expect(variation).toBeLessThan(0.22);
  });

  test('its third order is a line over angle, but not over time', () => {
    const perTurn = 512;
    const tracked = resampledOverAngle(vibration, RATE, profile, perTurn);
    const overAngle = new LineSpectrum([tracked], perTurn).line(3);
    const overTime = new LineSpectrum([vibration], RATE).line(75);
    expect(overAngle.hz).toBeCloseTo(3, 2);
    expect(overAngle.rms).toBeCloseTo(Math.SQRT1_2, 1);
    expect(overTime.rms).toBeLessThan(0.2);
  });

  test('too few pulses give no speed', () => {
    expect(turnsOf(pulseTimes(new Float32Array(100), RATE), 1)).toBeNull();
  });
});

const harmonics = (hz: number, amplitudes: number[], seed = 1) => {
  const random = randomOf(seed);
  return Float32Array.from({ length: RATE * SECONDS }, (_, i) => {
    const t = i / RATE;
    const lines = amplitudes.reduce((sum, a, k) => sum + a * Math.sin(2 * Math.PI * (k + 1) * hz * t + k), 0);
    return lines + 0.3 * Math.sin(2 * Math.PI * 100 * t) + 0.3 * gaussian(random);
  });
};

test.each([17.3, 24.37, 49.1])('a rate of %d Hz is estimated from the signal', (hz) => {
  for (const amplitudes of [
    [1, 0.4, 0.2],
    [0.3, 1, 0.3],
    [0.5, 0.2, 0.2, 0.2],
  ]) {
    const found = estimateShaftHz(new LineSpectrum([harmonics(hz, amplitudes)], RATE), 10, 60);
    expect(found! / hz).toBeCloseTo(1, 3);
  }
});

test('noise has no rate', () => {
  const random = randomOf(9);
  for (let i = 0; i < 5; i++) {
    const noise = Float32Array.from({ length: RATE * SECONDS }, () => gaussian(random));
    const found = estimateShaftHz(new LineSpectrum([noise], RATE), 10, 60);
    expect(found).toBeNull();
  }
});

describe('pictures', () => {
  test('a zoom resolves two lines a quarter of a hertz apart, with their amplitudes', () => {
    const n = RATE * 16;
    const samples = Float32Array.from({ length: n }, (_, i) => {
      const t = (2 * Math.PI * i) / RATE;
      return 2 * Math.sin(50 * t) + Math.sin(50.25 * t);
    });
    const { fromHz, stepHz, amplitude } = zoom(samples, RATE, 50, 2, 401);
    const at = (hz: number) => amplitude[Math.round((hz - fromHz) / stepHz)];
    expect(at(50)).toBeCloseTo(2, 1);
    expect(at(50.25)).toBeCloseTo(1, 1);
    expect(at(50.125)).toBeLessThan(1.6);
    expect(at(49.3)).toBeLessThan(0.02);
  });

  test('a waterfall shows a line that begins halfway through', () => {
    const samples = Float32Array.from({ length: RATE * 4 }, (_, i) =>
      i < RATE * 2 ? 0 : Math.sin((2 * Math.PI * 1000 * i) / RATE),
    );
    const { stepHz, timesS, rows } = waterfall(samples, RATE, 1024, 12, 64);
    expect(rows).toHaveLength(12);
    expect(rows.every((row) => row.length <= 64)).toBe(true);
    const line = Math.floor(1000 / stepHz);
    expect(rows[0][line]).toBe(0);
    expect(rows[11][line]).toBeGreaterThan(0.7);
    expect(timesS[11]).toBeCloseTo((RATE * 4 - 1024) / RATE, 6);
  });

  test('an envelope spectrum shows the modulation', () => {
    const samples = Float32Array.from({ length: RATE * 4 }, (_, i) => {
      const t = (2 * Math.PI * i) / RATE;
      return (1 + 0.5 * Math.cos(90 * t)) * Math.sin(1500 * t);
    });
    const { stepHz, amplitude } = envelopeSpectrum(samples, RATE, 400);
    const largest = amplitude.indexOf(Math.max(...amplitude.slice(4))) * stepHz;
    expect(largest).toBeCloseTo(90, 0);
    expect(Math.max(...amplitude.slice(4))).toBeCloseTo(0.5, 1);
    expect((amplitude.length - 1) * stepHz).toBeGreaterThanOrEqual(400);
  });
});
