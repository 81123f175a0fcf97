import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { EnvelopeAnalyzer } from './envelopeEvidence.ts';
import { modulationDepth } from './modulationDepth.ts';

test('for modulated noise in one band the depth is found at its rate only, at any level', () => {
  const [rate, seconds, hz] = [12_000, 10, 97];
  const random = randomOf(6);
  for (const [depth, level] of [
    [0.5, 1],
    [0.8, 1e-3],
  ]) {
    const samples = Float32Array.from({ length: rate * seconds }, (_, i) => {
      const envelope = 1 + depth * Math.cos((2 * Math.PI * hz * i) / rate);
      return level * envelope * gaussian(random);
    });
    const plan = { sampleRateHz: rate, longest: samples.length, highestHz: 1000, floorHz: 45 };
    const evidence = new EnvelopeAnalyzer(plan).evidence([samples]);
    expect(modulationDepth(evidence, hz)).toBeGreaterThan(0.9 * depth);
    expect(modulationDepth(evidence, hz)).toBeLessThan(1.2 * depth);
    expect(modulationDepth(evidence, 71)).toBeLessThan(0.15);
  }
});
