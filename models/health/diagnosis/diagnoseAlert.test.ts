import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { analyzePieces } from './analyzeRecording.ts';
import { type DiagnosisSignal, diagnoseAlert } from './diagnoseAlert.ts';

const factors = { bpfo: 3.5848, bpfi: 5.4152, bsf: 2.357, ftf: 0.398 };

/** Four seconds of an unbalance: 10 mm/s at 1×, and noise. */
function unbalanced(sampleRateHz: number, rpm: number): DiagnosisSignal {
  const random = randomOf(3);
  const shaftHz = rpm / 60;
  const g = (0.01 * 2 * Math.PI * shaftHz) / 9.81;
  const samples = Float32Array.from(
    { length: 4 * sampleRateHz },
    (_, i) => g * Math.sin(2 * Math.PI * shaftHz * (i / sampleRateHz)) + 0.02 * gaussian(random),
  );
  return {
    pieces: [samples],
    context: { sampleRateHz, unit: 'g', rpm, factors, iso: { group: 2, foundation: 'rigid' } },
  };
}
const grown = (velocity: number, cage: number, outer = 1.5) =>
  Object.entries({
    velocityRmsMmPerS: velocity,
    envelopeRms: 1.7,
    envelopeBpfo: outer,
    envelopeBpfi: 1.5,
    envelopeBsf2: 1.5,
    envelopeFtf: cage,
  }).map(([feature, times]) => ({ feature, value: times, normal: 1 }));

test('a bearing line overrules the machine pattern only if it has grown more than the velocity', () => {
  expect(diagnoseAlert(grown(9, 3.5), unbalanced(12_800, 2970)).diagnosis.fault).toBe('unbalance');
  expect(diagnoseAlert(grown(2, 1.5, 20), unbalanced(12_800, 2970)).diagnosis.fault).toBe('outer_race');
});

test('a line at the cage’s rate names no part if the rolling element’s own lines are out of range', () => {
  const { fault, reasons } = diagnoseAlert(grown(4, 100), unbalanced(2048, 6000)).diagnosis;
  expect(fault).toBe('bearing');
  expect(reasons.join()).toContain('to decide');
});

/** Noise weakly modulated by four harmonics of the outer race's rate: early lines. */
function earlyOuterRace(): DiagnosisSignal {
  const [sampleRateHz, rpm] = [12_800, 1480];
  const random = randomOf(7);
  const turns = (2 * Math.PI * factors.bpfo * rpm) / 60 / sampleRateHz;
  const samples = Float32Array.from({ length: 6 * sampleRateHz }, (_, i) => {
    const lines = [1, 2, 3, 4].reduce((sum, k) => sum + Math.cos(k * turns * i), 0);
    return 0.05 * (1 + 0.1 * lines) * gaussian(random);
  });
  const iso = { group: 2, foundation: 'rigid' } as const;
  return { pieces: [samples], context: { sampleRateHz, unit: 'g', rpm, factors, iso } };
}

test('early lines name the part if they have grown, not if only the velocity has', () => {
  const signal = earlyOuterRace();
  expect(analyzePieces(signal.pieces, signal.context)).toMatchObject({ verdict: 'watch', fault: 'outer_race' });
  expect(diagnoseAlert(grown(1.4, 1.5, 2.4), signal).diagnosis.fault).toBe('outer_race');
  const { diagnosis, beside } = diagnoseAlert(grown(3.6, 1.1, 1.1), signal);
  expect(diagnosis.fault).toBe('undetermined');
  expect(diagnosis.reasons.join()).toContain('has grown more than these lines');
  expect(beside).toBeNull();
});
