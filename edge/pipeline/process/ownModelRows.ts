import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';
import { OWN_MAX_CHANNELS, OWN_MIN_CHANNELS, OWN_ROW_FRACTION } from '../judgement.ts';

/** Limits on the channels of a machine's own model, and the fraction of rows that must have them. */
const { stretches, stretchRows } = PROCESS_ANOMALY.settings;

/**
 * Intervals between the starts of two stretches, so that all stretches spread over the given days; 0 for no own model.
 */
export function ownModelPeriod(days: number, intervalS: number): number {
  return days === 0 ? 0 : Math.max(stretchRows, Math.round((days * 86_400) / intervalS / stretches));
}

/** Rows of a machine that has no model yet, in stretches that are spread over its first days; not kept across a restart. */
export class OwnModelRows {
  readonly #period: number;
  #rows: ReadonlyMap<string, number>[] = [];

  /** @param period as `ownModelPeriod` gives it. */
  constructor(period: number) {
    this.#period = period;
  }

  add(interval: number, values: ReadonlyMap<string, number>): void {
    if (this.#period > 0 && interval % this.#period < stretchRows) this.#rows.push(values);
  }

  /** Discards the rows: they were not the machine's normal. */
  clear(): void {
    this.#rows = [];
  }

  /** Once there are enough: the values that nearly every row has and that move, and the rows that have all of them. */
  take(): { channels: string[]; rows: number[][] } | null {
    if (this.#rows.length < stretches * stretchRows) return null;
    const all = this.#rows;
    this.#rows = [];
    const names = new Set(all.flatMap((row) => [...row.keys()]));
    const channels = [...names]
      .filter((name) => all.filter((row) => row.has(name)).length > OWN_ROW_FRACTION * all.length)
      .filter((name) => new Set(all.map((row) => row.get(name))).size > 2)
      .sort();
    if (channels.length < OWN_MIN_CHANNELS || channels.length > OWN_MAX_CHANNELS) return null;
    const completeRows = all.filter((row) => channels.every((channel) => row.has(channel)));
    return { channels, rows: completeRows.map((row) => channels.map((channel) => row.get(channel) as number)) };
  }
}
