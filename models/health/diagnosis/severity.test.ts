import { describe, expect, test } from 'vitest';
import type { LineSpectrum } from '#models/signal/lineSpectrum.ts';
import type { RecordingContext } from './assessability.ts';
import { severityOf, zoneOf } from './severity.ts';

const ISO = { group: 2, foundation: 'rigid' } as const;

/** A spectrum of one line in mm/s, and the bands that were queried. */
function spectrumOf(rms: number, { hz = 50, stepHz = 0.2, nyquistHz = 5000 } = {}) {
  const bands: (readonly [number, number])[] = [];
  const spectrum = {
    stepHz,
    nyquistHz,
    converted: (fromHz: number, toHz: number, factor: (hz: number) => number) => {
      bands.push([fromHz, toHz]);
      return rms * factor(hz);
    },
  };
  return { spectrum: spectrum as unknown as LineSpectrum, bands };
}
const severity = (rms: number, context: Partial<RecordingContext> = {}, line: Parameters<typeof spectrumOf>[1] = {}) =>
  severityOf(spectrumOf(rms, line).spectrum, { sampleRateHz: 10_000, unit: 'mm/s', iso: ISO, rpm: 1480, ...context });

describe('zones', () => {
  test('by velocity; a value on a limit belongs to the lower zone', () => {
    expect([0, 1.4, 1.41, 2.8, 2.81, 4.5, 4.51].map((v) => severity(v).zone)).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(zoneOf(2, [1, 2, 3])).toBe(1);
    expect(severity(2.81).iso).toMatchObject({ assessment: 'assessed', zone: 'C', velocityMmPerS: 2.81, fromHz: 10 });
  });

  test('zone C or D supports a fault, and so does exceeding the machine’s alarm limit', () => {
    expect(severity(2.8).supports).toBe(false);
    expect(severity(2.81).supports).toBe(true);
    // The alarm limit of a baseline of 1 mm/s is 1 + 2.8 / 4.
    expect(severity(1.7, { normalVelocityMmPerS: 1 }).supports).toBe(true);
    expect(severity(1.69, { normalVelocityMmPerS: 1 }).supports).toBe(false);
  });

  test('below 600 rpm also by displacement, the worse of both, unless limits are agreed', () => {
    // 1 mm/s at 5 Hz is 31.8 µm: zone B by displacement, A by velocity.
    const slow = severity(1, { rpm: 599 }, { hz: 5 });
    expect(slow.zone).toBe(1);
    expect(slow.iso).toMatchObject({ zone: 'B', fromHz: 2, displacementUm: 31.83 });
    expect(severity(1, { rpm: 600 }, { hz: 5 }).iso).toMatchObject({ fromHz: 2 });
    expect(severity(1, { rpm: 601 }, { hz: 5 })).toMatchObject({ zone: 0, iso: { fromHz: 10 } });
    expect(severity(1, { rpm: 600 }, { hz: 5 }).iso).not.toHaveProperty('displacementUm');
    expect(severity(1, { rpm: 599, iso: { ...ISO, limitsMmPerS: [1.5, 2, 3] } }, { hz: 5 }).zone).toBe(0);
    expect(severity(3, { rpm: 599 }, { hz: 500 }).zone).toBe(2);
  });

  test('limits for a line at the shaft rate shrink below 600 rpm', () => {
    expect(severity(1, { rpm: 300 }).limitsMmPerS).toEqual([0.7, 1.4, 2.25]);
    expect(severity(1, { rpm: 1200 }).limitsMmPerS).toEqual([1.4, 2.8, 4.5]);
    expect(severity(1, { rpm: undefined }).limitsMmPerS).toEqual([1.4, 2.8, 4.5]);
  });
});

describe('not assessable', () => {
  test('below 120 rpm, where displacement alone gives a zone', () => {
    const slow = severity(1, { rpm: 119 }, { hz: 1 });
    expect(slow).toMatchObject({ zone: 3, supports: true, velocityMmPerS: 1 });
    expect(slow.iso).toMatchObject({ assessment: 'not_assessable', displacementUm: 159.2 });
    // 45 µm is the limit of zone B.
    expect(severity(0.28, { rpm: 119 }, { hz: 1 })).toMatchObject({ zone: 1, supports: false });
    expect(severity(0.29, { rpm: 119 }, { hz: 1 })).toMatchObject({ zone: 2, supports: true });
    expect(severity(1, { rpm: 120 }).iso.assessment).toBe('assessed');
  });

  test('there the band begins at half the shaft rate', () => {
    const { spectrum, bands } = spectrumOf(1);
    severityOf(spectrum, { sampleRateHz: 10_000, unit: 'mm/s', iso: ISO, rpm: 60 });
    expect(bands).toEqual([
      [0.5, 1000],
      [0.5, 1000],
    ]);
    const slowest = spectrumOf(1);
    severityOf(slowest.spectrum, { sampleRateHz: 10_000, unit: 'mm/s', iso: ISO, rpm: 120 });
    expect(slowest.bands[0]).toEqual([2, 1000]);
  });

  test('if the spectrum is absent or too coarse, with the seconds needed', () => {
    expect(severity(1, {}, { stepHz: 4 }).iso.assessment).toBe('assessed');
    const coarse = severity(9, { rpm: 300 }, { stepHz: 0.81 });
    expect(coarse).toMatchObject({ zone: 0, supports: false });
    expect(coarse.iso).toEqual({
      assessment: 'not_assessable',
      reason: 'needs 1.3 s or more without a gap for a band from 2 Hz',
    });
    expect(severityOf(null, { sampleRateHz: 1, unit: 'g', iso: ISO }).iso.assessment).toBe('not_assessable');
  });

  test('if the sample rate is below the band, or the unit is not one of vibration', () => {
    expect(severity(1, {}, { nyquistHz: 1000 }).iso.assessment).toBe('assessed');
    expect(severity(1, {}, { nyquistHz: 999 }).iso).toMatchObject({ reason: 'needs 2000 samples a second or more' });
    expect(severity(9, { unit: 'degC' }).iso).toMatchObject({
      reason: 'needs an acceleration, a velocity or a displacement, not degC',
    });
  });
});
