import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';

/** A machine's own model is of so many channels, that nearly every row has. */
const { stretches, stretchRows } = PROCESS_ANOMALY.settings;
const SELF_LEAST_CHANNELS = 3;
const SELF_MOST_CHANNELS = 40;
const SELF_PART = 0.95;

/** Intervals from the beginning of one stretch to that of the next, so that all of them are spread over so many days; 0: none. */
export function ownModelPeriod(days: number, intervalS: number): number {
  return days === 0 ? 0 : Math.max(stretchRows, Math.round((days * 86_400) / intervalS / stretches));
}

/** Rows of a machine that has no model yet, in stretches that are spread over its first days; not kept across a restart. */
export class OwnRows {
  readonly #period: number;
  #rows: ReadonlyMap<string, number>[] = [];

  /** @param period as `ownModelPeriod` gives it. */
  constructor(period: number) {
    this.#period = period;
  }

  add(interval: number, values: ReadonlyMap<string, number>): void {
    if (this.#period > 0 && interval % this.#period < stretchRows) this.#rows.push(values);
  }

  /** What came until now was not the machine's normal. */
  startOver(): void {
    this.#rows = [];
  }

  /** Once there are enough: the values that nearly every row has and that move, and the rows that have all of them. */
  take(): { channels: string[]; rows: number[][] } | null {
    if (this.#rows.length < stretches * stretchRows) return null;
    const all = this.#rows;
    this.#rows = [];
    const names = new Set(all.flatMap((row) => [...row.keys()]));
    const channels = [...names]
      .filter((name) => all.filter((row) => row.has(name)).length > SELF_PART * all.length)
      .filter((name) => new Set(all.map((row) => row.get(name))).size > 2)
      .sort();
    if (channels.length < SELF_LEAST_CHANNELS || channels.length > SELF_MOST_CHANNELS) return null;
    const whole = all.filter((row) => channels.every((channel) => row.has(channel)));
    return { channels, rows: whole.map((row) => channels.map((channel) => row.get(channel) as number)) };
  }
}
