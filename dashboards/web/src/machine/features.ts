import type { Unit } from '#models/contracts/units.ts';
import { t } from '../i18n/i18n.ts';
import { type Shown, shownIn } from '../units.ts';

/** A vibration feature with the analysts' usual label. `unit` null for the sensor's unit. */
export interface Feature {
  field: string;
  label: string;
  unit: string | null;
}

/**
 * Features available in trends of a vibration point, most common first; `models/signal/vibrationFeatures.ts` defines
 * them.
 */
export const FEATURES: readonly Feature[] = [
  { field: 'velocityRmsMmPerS', label: t('Velocity RMS, 10–1000 Hz'), unit: 'mm/s' },
  { field: 'rms', label: t('RMS'), unit: null },
  { field: 'peak', label: t('Peak'), unit: null },
  { field: 'crestFactor', label: t('Crest factor'), unit: '' },
  { field: 'kurtosis', label: t('Kurtosis'), unit: '' },
  { field: 'envelopeRms', label: t('Envelope RMS'), unit: null },
  { field: 'envelopeBpfo', label: t('Envelope line at BPFO'), unit: null },
  { field: 'envelopeBpfi', label: t('Envelope line at BPFI'), unit: null },
  { field: 'envelopeBsf2', label: t('Envelope line at 2×BSF'), unit: null },
  { field: 'envelopeFtf', label: t('Envelope line at FTF'), unit: null },
  { field: 'order1', label: t('1× shaft'), unit: null },
  { field: 'order2', label: t('2× shaft'), unit: null },
  { field: 'order3', label: t('3× shaft'), unit: null },
  { field: 'orderHalf', label: t('½× shaft'), unit: null },
  { field: 'gearMesh', label: t('Gear mesh'), unit: null },
  { field: 'gearSidebands', label: t('Gear-mesh sidebands'), unit: null },
  { field: 'bladePass', label: t('Blade pass'), unit: null },
  { field: 'line2', label: t('Twice the mains'), unit: null },
  { field: 'spectralCentroidHz', label: t('Spectral centroid'), unit: 'Hz' },
  { field: 'noiseFloor', label: t('Noise floor per √Hz'), unit: null },
];

/** The default feature: the ISO 20816 velocity where it can be computed, otherwise the RMS. */
export const FIRST_FIELDS = ['velocityRmsMmPerS', 'rms'] as const;

/** Features that appear only in evidence. */
const OTHERS: readonly Feature[] = [
  { field: 'mean', label: t('Mean'), unit: null },
  { field: 'peakToPeak', label: t('Peak to peak'), unit: null },
  { field: 'skewness', label: t('Skewness'), unit: '' },
  { field: 'spectralSpreadHz', label: t('Spectral spread'), unit: 'Hz' },
  { field: 'spectralEntropy', label: t('Spectral entropy'), unit: '' },
  { field: 'spectralFlatness', label: t('Spectral flatness'), unit: '' },
];

export function featureOf(field: string): Feature {
  const band = /^band(\d+)To(\d+)Hz$/.exec(field);
  if (band) return { field, label: t('RMS, {{from}}–{{to}} Hz', { from: band[1], to: band[2] }), unit: null };
  return [...FEATURES, ...OTHERS].find((f) => f.field === field) ?? { field, label: field, unit: null };
}

/** How a feature's values are displayed. @param unit of its point; absent if unknown. */
export function shownOfFeature(field: string, unit: Unit | undefined): Shown {
  const own = featureOf(field).unit ?? unit;
  if (own === undefined) return { text: t('in the sensor’s unit'), scale: 1, offset: 0 };
  return shownIn(own);
}
