import { z } from 'zod';

/** Units of measured values, as they are written in configuration and on the wire. */
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

/** Other ways in which devices write the same units: OPC UA's display names (UNECE Rec. 20), Sparkplug's and plain habits. */
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
  const said = text.trim().toLowerCase();
  return said === unit.toLowerCase() || WRITTEN[unit].includes(said);
}

/** Standard acceleration of gravity (ISO 80000-3): 1 g in m/s². */
export const STANDARD_GRAVITY_M_PER_S2 = 9.80665;
