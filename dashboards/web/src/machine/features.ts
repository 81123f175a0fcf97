import type { Unit } from '#models/contracts/units.ts';
import { unitText } from '../format.ts';

/** A vibration feature, labelled as analysts name it. `unit` null for the sensor's unit. */
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
  { field: 'velocityRmsMmPerS', label: 'Velocity RMS, 10–1000 Hz', unit: 'mm/s' },
  { field: 'rms', label: 'RMS', unit: null },
  { field: 'peak', label: 'Peak', unit: null },
  { field: 'crestFactor', label: 'Crest factor', unit: '' },
  { field: 'kurtosis', label: 'Kurtosis', unit: '' },
  { field: 'envelopeRms', label: 'Envelope RMS', unit: null },
  { field: 'envelopeBpfo', label: 'Envelope line at BPFO', unit: null },
  { field: 'envelopeBpfi', label: 'Envelope line at BPFI', unit: null },
  { field: 'envelopeBsf2', label: 'Envelope line at 2×BSF', unit: null },
  { field: 'envelopeFtf', label: 'Envelope line at FTF', unit: null },
  { field: 'order1', label: '1× shaft', unit: null },
  { field: 'order2', label: '2× shaft', unit: null },
  { field: 'order3', label: '3× shaft', unit: null },
  { field: 'orderHalf', label: '½× shaft', unit: null },
  { field: 'gearMesh', label: 'Gear mesh', unit: null },
  { field: 'gearSidebands', label: 'Gear-mesh sidebands', unit: null },
  { field: 'bladePass', label: 'Blade pass', unit: null },
  { field: 'line2', label: 'Twice the mains', unit: null },
  { field: 'spectralCentroidHz', label: 'Spectral centroid', unit: 'Hz' },
  { field: 'noiseFloor', label: 'Noise floor per √Hz', unit: null },
];

/** The default feature: the ISO 20816 velocity where it can be computed, otherwise the RMS. */
export const FIRST_FIELDS = ['velocityRmsMmPerS', 'rms'] as const;

/** Features that appear only in evidence. */
const OTHERS: readonly Feature[] = [
  { field: 'mean', label: 'Mean', unit: null },
  { field: 'peakToPeak', label: 'Peak to peak', unit: null },
  { field: 'skewness', label: 'Skewness', unit: '' },
  { field: 'spectralSpreadHz', label: 'Spectral spread', unit: 'Hz' },
  { field: 'spectralEntropy', label: 'Spectral entropy', unit: '' },
  { field: 'spectralFlatness', label: 'Spectral flatness', unit: '' },
];

export function featureOf(field: string): Feature {
  const band = /^band(\d+)To(\d+)Hz$/.exec(field);
  if (band) return { field, label: `RMS, ${band[1]}–${band[2]} Hz`, unit: null };
  return [...FEATURES, ...OTHERS].find((f) => f.field === field) ?? { field, label: field, unit: null };
}

/** The unit of a feature's values. @param unit of its point; absent if unknown. */
export function unitOfFeature(field: string, unit: Unit | undefined): string {
  return featureOf(field).unit ?? (unit === undefined ? 'in the sensor’s unit' : unitText(unit));
}
