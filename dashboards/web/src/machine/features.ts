/** A feature of vibration as an analyst calls it. `unit` null: the sensor's own. */
export interface Feature {
  field: string;
  label: string;
  unit: string | null;
}

/** What a trend of a vibration point can show, the usual ones first; `models/signal/vibrationFeatures.ts` defines them. */
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

/** Shown first: the severity of ISO 20816 where it can be computed, else the RMS. */
export const FIRST_FIELDS = ['velocityRmsMmPerS', 'rms'] as const;

export const featureOf = (field: string): Feature =>
  FEATURES.find((f) => f.field === field) ?? { field, label: field, unit: null };
