import { expect, test } from 'vitest';
import { diagnoseLines } from './lineDiagnosis.ts';

const lines = (ratios: Record<string, number>) =>
  Object.entries({
    rms: 2.5,
    envelopeRms: 3,
    envelopeBpfo: 3,
    envelopeBpfi: 3,
    envelopeBsf2: 3,
    envelopeFtf: 3,
    ...ratios,
  }).map(([feature, ratio]) => ({ feature, value: ratio * 0.1, normal: 0.1 }));

test.each([
  ['envelopeBpfo', 'outer_race'],
  ['envelopeBpfi', 'inner_race'],
  ['envelopeBsf2', 'ball'],
  ['envelopeFtf', 'cage'],
])('%s that outgrew all others is %s', (feature, fault) => {
  const diagnosis = diagnoseLines(lines({ [feature]: 20 }));
  expect(diagnosis.fault).toBe(fault);
  expect(diagnosis.confidence).toBeGreaterThan(0.5);
  expect(diagnosis.reasons.join()).toContain('20.0 times');
});

test('no fault is named if no line outgrew the envelope', () => {
  expect(diagnoseLines(lines({})).fault).toBe('undetermined');
  expect(diagnoseLines(lines({ envelopeBpfo: 20, envelopeBpfi: 18 })).fault).toBe('undetermined');
});

test('without a bearing geometry the reason says so', () => {
  const diagnosis = diagnoseLines([{ feature: 'rms', value: 3, normal: 1 }]);
  expect(diagnosis.fault).toBe('undetermined');
  expect(diagnosis.reasons.join()).toContain('geometry');
});
