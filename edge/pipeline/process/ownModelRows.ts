import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';
import { OWN_MAX_CHANNELS, OWN_MIN_CHANNELS, OWN_ROW_FRACTION } from '../judgement.ts';
import { isStale } from './modelRun.ts';
import type { ProcessRow } from './processRows.ts';

/** Stretches of training rows, spread over a machine's first days, and the rows in each. */
const { stretches, stretchRows } = PROCESS_ANOMALY.settings;

/**
 * Intervals between the starts of two stretches, so that all of them spread over the given days; 0 for no own model.
 */
export function ownModelPeriod(days: number, intervalS: number): number {
  return days === 0 ? 0 : Math.max(stretchRows, Math.round((days * 86_400) / intervalS / stretches));
}

/** Rows of a machine that has no model yet, in stretches spread over its first days; not kept across a restart. */
export class OwnModelRows {
  readonly #period: number;
  #rows: ProcessRow[] = [];

  /** @param period from `ownModelPeriod`. */
  constructor(period: number) {
    this.#period = period;
  }

  add(row: ProcessRow): void {
    if (this.#period > 0 && row.interval % this.#period < stretchRows) this.#rows.push(row);
  }

  /** Discards the rows, which were not normal. */
  clear(): void {
    this.#rows = [];
  }

  /**
   * Once there are enough: the channels that nearly every row has and that vary, the rows that have all of them, and
   * which of these follow a gap.
   */
  take(): { channels: string[]; rows: number[][]; starts: number[] } | null {
    if (this.#rows.length < stretches * stretchRows) return null;
    const all = this.#rows;
    this.#rows = [];
    const names = new Set(all.flatMap(({ values }) => [...values.keys()]));
    const channels = [...names]
      .filter((name) => all.filter(({ values }) => values.has(name)).length > OWN_ROW_FRACTION * all.length)
      .filter((name) => new Set(all.map(({ values }) => values.get(name))).size > 2)
      .sort();
    if (channels.length < OWN_MIN_CHANNELS || channels.length > OWN_MAX_CHANNELS) return null;
    const complete = all.filter(({ values }) => channels.every((channel) => values.has(channel)));
    return {
      channels,
      rows: complete.map(({ values }) => channels.map((channel) => values.get(channel) as number)),
      starts: complete.flatMap((row, i) => (i > 0 && isBroken(complete[i - 1], row) ? [i] : [])),
    };
  }
}

/** Whether a row is unrelated to the previous one, by the same rule as in inference. */
function isBroken(before: ProcessRow, row: ProcessRow): boolean {
  const stepMs = (row.timeMs - before.timeMs) / Math.max(1, row.interval - before.interval);
  return isStale({ lastMs: before.timeMs, stepMs }, row.timeMs);
}
