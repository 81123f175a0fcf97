/** A line of InfluxDB's line protocol. */
export interface ProtocolLine {
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
  /** Absent if the line has none. */
  timeMs: number | undefined;
}

/** A timestamp's unit by its size: seconds have ten digits until 2286, nanoseconds nineteen. */
const DIGITS: [most: number, factor: number][] = [
  [11, 1000],
  [14, 1],
  [17, 1e-3],
  [20, 1e-6],
];

/** Null if it is not a valid line. Source: InfluxDB 1.8, "Line protocol reference". */
export function parseLine(line: string): ProtocolLine | null {
  const [head, body, stamp, ...rest] = partsOf(line.trim(), ' ');
  if (body === undefined || rest.length > 0) return null;
  const [measurement, ...tags] = partsOf(head, ',');
  const fields: ProtocolLine['fields'] = {};
  for (const pair of partsOf(body, ',')) {
    const [name, value, ...more] = partsOf(pair, '=');
    if (value === undefined || more.length > 0) return null;
    fields[plain(name)] = fieldOf(value);
  }
  const timeMs = stamp === undefined ? undefined : timeOf(stamp);
  if (timeMs === null) return null;
  const named = tags.map((tag) => partsOf(tag, '=').map(plain));
  return { measurement: plain(measurement), tags: Object.fromEntries(named), fields, timeMs };
}

function fieldOf(value: string): number | string {
  if (/^(t|true)$/i.test(value)) return 1;
  if (/^(f|false)$/i.test(value)) return 0;
  const digits = value.replace(/[iu]$/, '');
  return digits !== '' && Number.isFinite(Number(digits)) ? Number(digits) : value;
}

function timeOf(stamp: string): number | null {
  if (!/^-?\d{1,20}$/.test(stamp)) return null;
  const factor = DIGITS.find(([most]) => stamp.replace('-', '').length <= most)?.[1] as number;
  return Number(stamp) * factor;
}

const plain = (text: string) => text.replace(/\\([,= ])/g, '$1');

/** Splits at a separator that is neither escaped nor quoted. */
function partsOf(text: string, separator: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && i + 1 < text.length) {
      parts[parts.length - 1] += c + text[++i];
      continue;
    }
    if (c === '"') isQuoted = !isQuoted;
    if (c === separator && !isQuoted) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}
