import { z } from 'zod';

/** Units of measured values, as written in configuration and on the wire. */
export const unitSchema = z.enum([
  'g',
  'm/s2',
  'mm/s',
  'in/s',
  'um',
  'mil',
  'degC',
  'bar',
  'A',
  'rpm',
  'm3/h',
  'kW',
  '%',
  '1',
]);
export type Unit = z.infer<typeof unitSchema>;

/** Other spellings of the same units: OPC UA display names (UNECE Rec. 20), Sparkplug's, and common ones. */
const WRITTEN: Record<Unit, readonly string[]> = {
  g: ['gn', 'g rms', 'g peak'],
  'm/s2': ['m/s²', 'm/s^2', 'm/s/s'],
  'mm/s': ['mm/sec', 'mm/s rms'],
  'in/s': ['ips', 'in/sec', 'inch/s'],
  um: ['µm', 'μm', 'micron', 'microns', 'micrometre', 'micrometer'],
  mil: ['mils', 'thou'],
  degC: ['°c', 'c', 'cel', 'celsius', 'deg c', 'degree celsius'],
  bar: ['barg', 'bar(g)', 'bar g'],
  A: ['amp', 'ampere', 'amperes', 'amps'],
  rpm: ['r/min', '1/min', 'min-1', 'u/min', 'rev/min'],
  'm3/h': ['m³/h', 'm^3/h', 'cbm/h', 'm3/hr'],
  kW: ['kilowatt'],
  '%': ['percent', 'pct'],
  '1': ['', 'dimensionless'],
};

/** Whether a device's name of a unit means this one. */
export function meansUnit(text: string, unit: Unit): boolean {
  const written = text.trim().toLowerCase();
  return written === unit.toLowerCase() || WRITTEN[unit].includes(written);
}

/** Standard acceleration of gravity (ISO 80000-3): 1 g in m/s². */
export const STANDARD_GRAVITY_M_PER_S2 = 9.80665;

/** A value in one unit times `scale` plus `offset` is the value in another. */
export interface UnitConversion {
  scale: number;
  offset: number;
}

const INCH_MM = 25.4;
const PSI_BAR = 0.0689475729;
/** A US liquid gallon is 231 cubic inches. */
const US_GALLON_M3 = 231 * (INCH_MM / 1000) ** 3;

/** Other units of the same quantity, in lower case, and their scale to the unit, with an offset if any. Source: ISO 80000, NIST SP 811. */
const CONVERTED: Partial<Record<Unit, Readonly<Record<string, number | readonly [scale: number, offset: number]>>>> = {
  g: { mg: 1e-3, 'm/s2': 1 / STANDARD_GRAVITY_M_PER_S2, 'mm/s2': 1e-3 / STANDARD_GRAVITY_M_PER_S2 },
  'm/s2': { g: STANDARD_GRAVITY_M_PER_S2, mg: 1e-3 * STANDARD_GRAVITY_M_PER_S2, 'mm/s2': 1e-3 },
  'mm/s': { 'in/s': INCH_MM, 'm/s': 1000, 'cm/s': 10, 'um/s': 1e-3 },
  'in/s': { 'mm/s': 1 / INCH_MM, 'm/s': 1000 / INCH_MM },
  um: { mil: INCH_MM, mm: 1000, nm: 1e-3 },
  mil: { um: 1 / INCH_MM, mm: 1000 / INCH_MM },
  degC: {
    k: [1, -273.15],
    kelvin: [1, -273.15],
    degf: [5 / 9, -160 / 9],
    f: [5 / 9, -160 / 9],
    fahrenheit: [5 / 9, -160 / 9],
  },
  bar: { mbar: 1e-3, hpa: 1e-3, pa: 1e-5, kpa: 0.01, mpa: 10, psi: PSI_BAR, psig: PSI_BAR },
  A: { ma: 1e-3 },
  rpm: { hz: 60, '1/s': 60, 'rev/s': 60, 'rad/s': 30 / Math.PI },
  'm3/h': { 'l/min': 0.06, 'l/h': 1e-3, 'l/s': 3.6, 'm3/s': 3600, 'm3/min': 60, gpm: 60 * US_GALLON_M3 },
  kW: { w: 1e-3, mw: 1e3, hp: 0.745_699_87 },
};
/** Case matters: not a megawatt. */
const MILLIWATT = 'mW';

/** The conversion from the device's unit to the point's; null if the quantities differ, or the name is unknown. */
export function conversionTo(unit: Unit, text: string): UnitConversion | null {
  if (meansUnit(text, unit)) return { scale: 1, offset: 0 };
  const own = CONVERTED[unit] ?? {};
  if (text.trim() === MILLIWATT) return unit === 'kW' ? { scale: 1e-6, offset: 0 } : null;
  const written = text
    .trim()
    .toLowerCase()
    .replace('²', '2')
    .replace('³', '3')
    .replace('^', '')
    .replace(/^[°º]\s*/, 'deg')
    .replace(/^deg\s+/, 'deg')
    .replace(/[µμ]/g, 'u');
  const direct = own[written] ?? own[unitSchema.options.find((known) => meansUnit(text, known)) ?? ''];
  if (direct === undefined) return null;
  return typeof direct === 'number' ? { scale: direct, offset: 0 } : { scale: direct[0], offset: direct[1] };
}
