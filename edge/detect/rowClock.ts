import { momentOf } from '#models/tables/moment.ts';
import { TableError } from '#models/tables/parseTable.ts';

const HOUR_MS = 3_600_000;
/** Clocks are set back by an hour once a year; a long table may contain a few changes. */
const MAX_CHANGES = 3;

/** Checks that rows are in order of time; a clock set back by an hour in autumn is reported. */
export class RowClock {
  readonly #columns: readonly number[];
  /** Time of the last row; NaN before the first. Dates in milliseconds, else as in the table. */
  last: number;
  #begun = false;
  #changes: number[] = [];
  #twice = 0;

  /**
   * @param columns of the time: none, one, or those of date and time of day.
   * @param after time of the previous file's last row; NaN: none.
   */
  constructor(columns: readonly number[], after: number) {
    this.#columns = columns;
    this.last = after;
  }

  /** @throws TableError if time goes backwards. */
  pass(cells: readonly string[], line: number): void {
    if (this.#columns.length === 0) return;
    const cell = this.#columns.map((c) => (cells[c] ?? '').trim()).join(' ');
    const moment = momentOf(cell);
    const dated = !Number.isNaN(moment);
    const time = dated ? moment : Number(cell === '' ? Number.NaN : cell);
    if (Number.isNaN(time)) return;
    if (time === this.last) this.#twice++;
    if (time < this.last) {
      this.#changes.push(line);
      if (!dated || this.last - time > HOUR_MS || this.#changes.length > MAX_CHANGES)
        throw new TableError(
          this.#begun
            ? `line ${line}: ${cell} lies before the time of the row above it: sort the table by time, oldest first`
            : `line ${line}: ${cell} lies before the end of the file before it: give the files in order of time`,
        );
    }
    this.#begun = true;
    this.last = time;
  }

  notes(): string[] {
    return [
      ...(this.#changes.length > 0
        ? [
            `the time goes back by up to an hour at line ${this.#changes.join(', ')}: taken for a clock that was set back`,
          ]
        : []),
      ...(this.#twice > 0 ? [`${this.#twice} rows have the time of the row above them`] : []),
    ];
  }
}
