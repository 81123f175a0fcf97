/** Seconds in units of time that can be converted; cycles and the like cannot. */
const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400, weeks: 604_800 } as const;
type ClockUnit = keyof typeof SECONDS;

const WRITTEN: Record<ClockUnit | 'cycles', readonly string[]> = {
  seconds: ['s', 'sec', 'secs', 'second', 'seconds'],
  minutes: ['min', 'mins', 'minute', 'minutes'],
  hours: ['h', 'hr', 'hrs', 'hour', 'hours'],
  days: ['d', 'day', 'days'],
  weeks: ['week', 'weeks', 'wk'],
  cycles: ['cycle', 'cycles', 'flights', 'starts'],
};
/** Single letters are units only in brackets: a column `s` is not in seconds. */
const SHORTEST_WORD = 3;

/** The unit of a word such as `hrs`; null if it is not a unit of time. */
export function timeUnitOf(word: string): string | null {
  const normalised = word.trim().toLowerCase();
  return Object.entries(WRITTEN).find(([, written]) => written.includes(normalised))?.[0] ?? null;
}

/** The unit stated in a time column's header, in brackets (`time [h]`) or as a word (`operating_hours`); or null. */
export function statedTimeUnit(header: string): string | null {
  const bracket = /[[(]([^\])]+)[\])]\s*$/.exec(header)?.[1];
  if (bracket !== undefined) return timeUnitOf(bracket);
  const words = header.split(/[^a-z]+/i).filter((word) => word.length >= SHORTEST_WORD);
  return words.map(timeUnitOf).find((unit) => unit !== null) ?? null;
}

/** Factor from one unit to another; null if they cannot be converted. */
export function conversion(from: string, to: string): number | null {
  if (from === to) return 1;
  if (!isClockUnit(from) || !isClockUnit(to)) return null;
  return SECONDS[from] / SECONDS[to];
}

/** Whether a unit has a length in seconds; cycles and flights have none. */
export function isClockUnit(unit: string): unit is ClockUnit {
  return unit in SECONDS;
}

/** Milliseconds in one unit. */
export function unitMs(unit: ClockUnit): number {
  return 1000 * SECONDS[unit];
}
