import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { KernelEngine } from './kernelEngine.ts';
import { PlainEngine } from './plainEngine.ts';
import type { SpectralEngine } from './spectralEngine.ts';
import { VibrationFeatures } from './vibrationFeatures.ts';

const LENGTH = 4096;
const SHAFT_HZ = 29.95;
const BEARING = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };
/** As in the Python script. */
const DRIVETRAIN = { teeth: 17, blades: 6, poles: 2, lineHz: 35 };
const SCRIPT = new URL('scipyFeatures.py', import.meta.url).pathname;
/** Installed by `npm test` as root on Debian; required in CI. */
const lacking = !process.env.CI && spawnSync('/usr/bin/python3', ['-c', 'import scipy']).status !== 0;
const folder = mkdtempSync(join(tmpdir(), 'scipy-'));
const random = randomOf(17);

function recorded(name: string): Float32Array {
  const bytes = gunzipSync(readFileSync(new URL(`../health/diagnosis/fixtures/${name}.f32.gz`, import.meta.url)));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 8 * LENGTH * 4));
}

/** Two tones between bins on an offset, in noise. */
const synthetic = Float32Array.from({ length: 4 * LENGTH }, (_, i) => {
  const tones = 2 * Math.sin(0.413 * i) + 0.3 * Math.sin(1.71 * i + 1);
  return 0.4 + tones + 0.05 * gaussian(random);
});

function reference(samples: Float32Array, rateHz: number): Record<string, number>[] {
  const file = join(folder, 'windows.f32');
  writeFileSync(file, samples);
  const factors = [BEARING.bpfo, BEARING.bpfi, BEARING.bsf, BEARING.ftf];
  const args = [SCRIPT, file, rateHz, LENGTH, SHAFT_HZ, ...factors].map(String);
  const lines = execFileSync('/usr/bin/python3', args, { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Scale of a feature's tolerance: for a moment near 0 its normaliser, for an offset the RMS. */
function scaleOf(name: string, expected: Record<string, number>): number {
  if (name === 'skewness') return Math.max(1, Math.abs(expected.skewness));
  if (name === 'mean') return Math.max(expected.rms, Math.abs(expected.mean));
  return Math.abs(expected[name]);
}

const ENGINES: [SpectralEngine, number][] = [
  [new PlainEngine(LENGTH), 1e-9],
  [new KernelEngine(LENGTH), 1e-4],
];
const SIGNALS: [string, Float32Array, number][] = [
  ['an inner-race fault', recorded('105'), 12_000],
  ['a healthy machine', recorded('097'), 48_000],
  ['two tones in noise', synthetic, 12_000],
];

for (const [engine, tolerance] of ENGINES) {
  test.skipIf(lacking).each(SIGNALS)(`${engine.name}: the features of %s are SciPy's`, (name, samples, rateHz) => {
    const plan = {
      length: LENGTH,
      sampleRateHz: rateHz,
      unit: 'g',
      bearing: BEARING,
      drivetrain: DRIVETRAIN,
      bands: [[300, 1234]],
    } as const;
    const extractor = new VibrationFeatures(plan, engine);
    reference(samples, rateHz).forEach((expected, w) => {
      const row = extractor.extract(samples.subarray(w * LENGTH, (w + 1) * LENGTH), SHAFT_HZ);
      const compared = extractor.names.filter((feature) => !/^peak\d/.test(feature));
      expect(Object.keys(expected)).toEqual(expect.arrayContaining(compared));
      for (const feature of compared) {
        const apart = Math.abs(row[extractor.names.indexOf(feature)] - expected[feature]);
        expect(apart / scaleOf(feature, expected), `${feature} of window ${w}`).toBeLessThan(tolerance);
      }
      // Interpolation is exact for an isolated line; with noise and neighbours it is accurate to a part of a bin.
      const stepHz = rateHz / LENGTH;
      const bound = name.startsWith('two tones') ? 0.005 : 0.25;
      const line = row[extractor.names.indexOf('peak1Hz')];
      expect(Math.abs(line - expected.peak1Hz) / stepHz, `peak1Hz of window ${w}`).toBeLessThan(bound);
    });
  });
}
