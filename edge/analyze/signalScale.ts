import type { Unit } from '#models/contracts/units.ts';

/** The factor for a file's numbers, and the resulting unit. */
export interface SignalScale {
  factor: number;
  unit: Unit;
}

const VOLTS: Record<string, number> = { v: 1, mv: 1e-3, µv: 1e-6, uv: 1e-6 };
const UNITS: Record<string, Unit> = {
  g: 'g',
  'm/s2': 'm/s2',
  'm/s²': 'm/s2',
  'mm/s': 'mm/s',
  'in/s': 'in/s',
  um: 'um',
  µm: 'um',
  mil: 'mil',
};

/** A sensor's sensitivity such as `100mV/g`, for a file in volts; null for anything else. */
export function sensitivityOf(text: string): SignalScale | null {
  const found = /^\s*([\d.]+)\s*(µV|uV|mV|V)\s*\/\s*(\(?[\w/²µ]+\)?)\s*$/i.exec(text);
  if (found === null) return null;
  const volts = Number(found[1]) * VOLTS[found[2].toLowerCase()];
  const unit = UNITS[found[3].replace(/[()]/g, '').toLowerCase()];
  return volts > 0 && unit !== undefined ? { factor: 1 / volts, unit } : null;
}
