import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { NOMINAL_SPEED } from '#models/signal/shaftSpeed.ts';
import { analyzeRecording } from './analyzeRecording.ts';

const FACTORS = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
const ISO = { group: 2, foundation: 'rigid' } as const;
const FIXTURES = new URL('./fixtures/', import.meta.url);
const { recordings } = JSON.parse(readFileSync(new URL('manifest.json', FIXTURES), 'utf8'));
interface Recording {
  file: string;
  fault: string;
  rpm: number;
  sampleRateHz: number;
}
const races = (recordings as Recording[]).filter(({ fault }) => fault.endsWith('race'));

test.each(races)(
  'two seconds of $file: $fault is named at a speed that is wrong by 2 % or, from a nameplate, by 6 %',
  (r) => {
    const raw = readFileSync(new URL(r.file, FIXTURES));
    const bytes = r.file.endsWith('.gz') ? gunzipSync(raw) : raw;
    const whole = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const samples = whole.subarray(0, 2 * r.sampleRateHz);
    for (const [wrong, speedTolerance] of [
      [0.98, undefined],
      [1.02, undefined],
      [0.94, NOMINAL_SPEED],
      [1.06, NOMINAL_SPEED],
    ]) {
      const context = { sampleRateHz: r.sampleRateHz, unit: 'g', factors: FACTORS, iso: ISO } as const;
      const analysis = analyzeRecording(samples, { ...context, rpm: r.rpm * wrong!, speedTolerance });
      expect(analysis.candidates[0].fault).toBe(r.fault);
    }
  },
);

const RATE = 12_000;
const [SECONDS, HZ] = [2, 40];

/** Random impacts, each ringing at one resonance, over noise. */
function impactsAtRandom(seed: number): Float32Array {
  const random = randomOf(seed);
  const samples = Float32Array.from({ length: SECONDS * RATE }, () => 0.02 * gaussian(random));
  for (let n = 0; n < 25; n++) {
    const from = Math.floor(random() * samples.length);
    const height = Math.exp(gaussian(random));
    for (let i = 0; i < 300 && from + i < samples.length; i++)
      samples[from + i] += height * Math.exp(-i / 40) * Math.sin(1.5 * i);
  }
  return samples;
}

test('aperiodic impacts are not called a cage', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const context = { sampleRateHz: RATE, unit: 'g', rpm: 60 * HZ, factors: FACTORS, iso: ISO } as const;
    expect(analyzeRecording(impactsAtRandom(seed), context).verdict).not.toBe('fault');
  }
});

test('with an unrefined nominal speed, no bearing is called healthy', () => {
  const random = randomOf(3);
  const noise = Float32Array.from({ length: SECONDS * RATE }, () => 0.02 * gaussian(random));
  const context = { sampleRateHz: RATE, unit: 'g', rpm: 60 * HZ, factors: FACTORS, iso: ISO } as const;
  expect(analyzeRecording(noise, { ...context, speedTolerance: NOMINAL_SPEED })).toMatchObject({
    verdict: 'undetermined',
    reason: expect.stringContaining('speed is known to 8 % only'),
  });
  expect(analyzeRecording(noise, context).verdict).toBe('healthy');
});
