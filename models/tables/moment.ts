const ISO = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](.+))?$/;
const DOTTED = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T ](.+))?$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Milliseconds since 1970 of a date with or without a time of day: `2026-01-31 06:00`, `2026-01-31T06:00:00.5+02:00`,
 * `31.01.2026 06:00`. Without an offset it is taken as UTC: durations need no more. NaN for anything else.
 */
export function momentOf(cell: string): number {
  const text = cell.trim();
  const iso = ISO.exec(text);
  const dotted = iso ? null : DOTTED.exec(text);
  const [year, month, day, clock] = iso
    ? iso.slice(1)
    : dotted
      ? [dotted[3], dotted[2], dotted[1], dotted[4]]
      : ['', '', '', ''];
  if (year === '') return Number.NaN;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // 31 February does not exist.
  if (new Date(midnight).getUTCMonth() !== Number(month) - 1) return Number.NaN;
  if (clock === undefined) return midnight;
  const parts = CLOCK.exec(clock);
  if (!parts || Number(parts[1]) > 24 || Number(parts[2]) > 59 || Number(parts[3] ?? 0) > 60) return Number.NaN;
  const [, hour, minute, second = '0', fraction = '0', zone] = parts;
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second) + Number(`0.${fraction}`);
  return midnight + ofDay * 1000 - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === '-' ? -1 : 1) * minutes * 60_000;
}
