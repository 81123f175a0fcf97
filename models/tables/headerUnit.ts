/** Value in the base unit of its kind = scale × value + offset. */
interface KnownUnit {
  kind: string;
  scale: number;
  offset: number;
}

/** By kind: the conversion of each unit to the base unit, and its spellings in lower case. */
const KINDS: Record<string, readonly (readonly [written: string, scale: number, offset?: number])[]> = {
  temperature: [
    ['degc|°c|c|celsius|deg c', 1],
    ['degf|°f|f|fahrenheit|deg f', 5 / 9, -160 / 9],
    ['k|kelvin', 1, -273.15],
    ['degr|°r|rankine', 5 / 9, -273.15],
  ],
  pressure: [
    ['bar', 1],
    ['mbar|hpa', 1e-3],
    ['pa', 1e-5],
    ['kpa', 0.01],
    ['mpa', 10],
    ['psi|psia', 0.0689475729],
    ['atm', 1.01325],
  ],
  length: [
    ['m', 1],
    ['cm', 0.01],
    ['mm', 1e-3],
    ['um|µm|μm', 1e-6],
    ['in|inch', 0.0254],
    ['mil|mils', 2.54e-5],
    ['ft', 0.3048],
  ],
  velocity: [
    ['mm/s', 1],
    ['cm/s', 10],
    ['m/s', 1000],
    ['in/s|ips', 25.4],
    ['ft/s', 304.8],
    ['km/h', 1000 / 3.6],
  ],
  acceleration: [
    ['g', 9.80665],
    ['m/s2|m/s²|m/s^2', 1],
    ['mg', 9.80665e-3],
  ],
  'rate of turns': [
    ['rpm|r/min|1/min|min-1', 1],
    ['hz|rps|1/s', 60],
    ['rad/s', 30 / Math.PI],
  ],
  flow: [
    ['m3/h|m³/h|m^3/h', 1],
    ['l/min|lpm', 0.06],
    ['l/s', 3.6],
    ['l/h', 1e-3],
    ['gpm|gal/min', 0.2271247],
  ],
  'mass flow': [
    ['kg/s', 3600],
    ['kg/h', 1],
    ['lb/h|pph', 0.45359237],
    ['lb/s|pps|lbm/s', 1632.932532],
  ],
  power: [
    ['kw', 1],
    ['w', 1e-3],
    ['mw', 1000],
    ['hp', 0.745699872],
  ],
  current: [
    ['a|amp|amps', 1],
    ['ma', 1e-3],
  ],
  voltage: [
    ['v', 1],
    ['mv', 1e-3],
    ['kv', 1000],
  ],
  mass: [
    ['kg', 1],
    ['lb|lbs', 0.45359237],
    ['t', 1000],
  ],
  torque: [
    ['nm|n·m|n m', 1],
    ['lbf·ft|ft-lb|lb-ft', 1.355817948],
  ],
  share: [
    ['%|percent|pct', 0.01],
    ['1', 1],
  ],
};

const KNOWN: ReadonlyMap<string, KnownUnit> = new Map(
  Object.entries(KINDS).flatMap(([kind, units]) =>
    units.flatMap(([written, scale, offset = 0]) =>
      written.split('|').map((name) => [name, { kind, scale, offset }] as const),
    ),
  ),
);

/** Longer headers have no unit: the search for brackets is quadratic in the length. */
const MAX_HEADER = 1000;

/** The name and unit in a header such as `temp [degF]` or `temp (°F)`; null: no unit. */
export function headerUnit(header: string): { name: string; unit: string | null } {
  const found = header.length > MAX_HEADER ? null : /^(.*\S)\s*(?:\[([^\]]+)\]|\(([^)]+)\))$/.exec(header.trim());
  const unit = found?.[2] ?? found?.[3];
  // Words in round brackets are often part of the name.
  if (!found || unit === undefined || (found[2] === undefined && !KNOWN.has(unit.trim().toLowerCase())))
    return { name: header.trim(), unit: null };
  return { name: found[1].trim(), unit: unit.trim() };
}

/** `to` = scale × `from` + offset; null if either is unknown, or they measure different quantities. */
export function unitConversion(from: string, to: string): { scale: number; offset: number } | null {
  if (from === to) return { scale: 1, offset: 0 };
  const [a, b] = [KNOWN.get(from.toLowerCase()), KNOWN.get(to.toLowerCase())];
  if (!a || !b || a.kind !== b.kind) return null;
  return { scale: a.scale / b.scale, offset: (a.offset - b.offset) / b.scale };
}
