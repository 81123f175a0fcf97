import { QUIET, stepTrigger } from '#models/alerting/trigger.ts';
import {
  createRowDetector,
  type JudgedBy,
  MIN_TRAINING_ROWS,
  trainPanel,
} from '#models/health/process/createRowDetector.ts';
import type { RowMethodName } from '#models/health/process/methodNames.ts';
import type { PanelDetector } from '#models/health/process/panel/panelDetector.ts';
import { type NamedFile, TableError } from '#models/tables/parseTable.ts';
import { fillForward, firstValues, openChannels } from './readChannels.ts';

export interface DetectOptions {
  trainRows: number;
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method: RowMethodName | 'auto';
  jsonl?: boolean;
}

/** A row's verdict. */
export interface RowScore {
  /** 1 is the limit from which a row counts as an anomaly. */
  score: number;
  anomaly: boolean;
  /** The channels that contributed to the score, largest contribution first. */
  channels: string[];
  /** Of a panel: the members whose limit is exceeded, and the channels without a value. */
  by?: string[];
  missing?: string[];
}

/**
 * A row's verdict and position: `row` counts the rows below the header over all files, from 0; `line` those of its
 * file, from 1.
 */
export interface JudgedRow extends RowScore {
  file: string;
  row: number;
  line: number;
}

/** Rows between two reports of progress. */
const PROGRESS_ROWS = 100_000;

/**
 * Learns normal behaviour from the first rows of a table and writes a verdict on each later row; without `jsonl`, the
 * anomalous stretches. Several files are one table; rows count over all of them.
 * @param say receives what was repaired, the chosen method, and progress.
 * @throws TableError if a file is not a table of numbers, or all are too short.
 */
export function detectFiles(
  files: readonly NamedFile[],
  options: DetectOptions,
  write: (line: string) => void,
  info: (line: string) => void,
): void {
  let [judged, gaps, stretches] = [0, 0, 0];
  const lacking = new Set<string>();
  let open: { from: JudgedRow; to: number; worst: RowScore } | null = null;
  const several = files.length > 1;
  const close = () => {
    if (open === null) return;
    const { from, to, worst } = open;
    const place = several ? ` (from ${from.file}, line ${from.line})` : '';
    write(
      `rows ${from.row} to ${to}${place}: up to ${worst.score.toFixed(1)} times the limit, by ${worst.channels.join(', ')}`,
    );
    stretches++;
    open = null;
  };
  for (const verdict of judgeFiles(files, options, info)) {
    const { file, row, line, score, anomaly, channels, by, missing = [] } = verdict;
    judged++;
    if (judged % PROGRESS_ROWS === 0) info(`${judged} rows judged`);
    if (missing.length > 0) gaps++;
    for (const name of missing) lacking.add(name);
    if (options.jsonl) {
      const shown = {
        ...(several ? { file } : {}),
        row,
        line,
        score: Number(score.toPrecision(6)),
        anomaly: anomaly ? 1 : 0,
        channels,
        by,
      };
      write(JSON.stringify({ ...shown, missing: verdict.missing, afterTraining: row - options.trainRows }));
    } else if (!anomaly) close();
    else if (open === null) open = { from: verdict, to: row, worst: verdict };
    else open = { from: open.from, to: row, worst: score > open.worst.score ? verdict : open.worst };
  }
  if (options.jsonl) return;
  close();
  if (stretches === 0)
    write(
      gaps === 0
        ? `${judged} rows, all like the training`
        : `${judged} rows, what there is like the training; ${gaps} of them lack ${[...lacking].join(', ')}`,
    );
}

/** The verdict on each row after training. @throws TableError as `detectFiles`. */
export function scoreFiles(
  files: readonly NamedFile[],
  options: Omit<DetectOptions, 'jsonl'>,
  info: (line: string) => void,
): JudgedRow[] {
  return [...judgeFiles(files, options, info)];
}

/** Rows are read, judged and yielded one by one: a file may not fit in memory. */
function* judgeFiles(
  files: readonly NamedFile[],
  options: Omit<DetectOptions, 'jsonl'>,
  info: (line: string) => void,
): Generator<JudgedRow> {
  const { names, rows } = openChannels(files, options, info);
  const { trainRows } = options;
  if (trainRows < MIN_TRAINING_ROWS)
    throw new TableError(`--train-rows: found ${trainRows}; ${MIN_TRAINING_ROWS} or more are needed to know a normal`);
  const panel = options.method === 'auto';
  const training: Float64Array[] = [];
  let judge: ((row: Float64Array) => RowScore) | null = null;
  let moved: number[] = [];
  let last: Float64Array = new Float64Array(names.length);
  let [seen, carried] = [0, 0];
  let still: Still | null = null;
  for (const { file, row, values, line } of rows) {
    if (row < trainRows) training.push(values);
    else {
      if (judge === null) {
        last = firstValues(files[0].name, names, training);
        ({ judge, moved, carried } = learned(names, training, last, options.method, info));
        still = new Still(names, last, moved);
        training.length = 0;
      }
      // The panel handles missing values; other methods do not.
      const given = panel ? picked(values, moved) : null;
      carried += fillForward(values, last);
      still?.see(last, row);
      yield { file, row, line, ...judge(given ?? picked(values, moved)) };
    }
    seen = row + 1;
  }
  if (judge === null) {
    firstValues(files[0].name, names, training);
    throw new TableError(
      `--train-rows: found ${trainRows}; ${files.length > 1 ? 'the files have' : 'the file has'} ${seen} rows, and some must be left`,
    );
  }
  for (const note of still?.notes() ?? []) info(note);
  if (carried > 0) info(`${carried} empty cells took the value above them`);
}

/**
 * Trains the judge of rows after the training, on the channels that moved in it. @param last the channels' first
 * values.
 */
function learned(
  names: readonly string[],
  training: readonly Float64Array[],
  last: Float64Array,
  method: DetectOptions['method'],
  info: (line: string) => void,
): { judge: (row: Float64Array) => RowScore; moved: number[]; carried: number } {
  let carried = 0;
  const whole = training.map((row) => {
    const filled = row.slice();
    carried += fillForward(filled, last);
    return filled;
  });
  // A constant channel does not show how far it may move.
  const moved = names.map((_, c) => c).filter((c) => whole.some((row) => row[c] !== whole[0][c]));
  if (moved.length === 0) throw new TableError('no channel moved in the training rows: there is nothing to judge by');
  const still = names.filter((_, c) => !moved.includes(c));
  if (still.length > 0) info(`left out, for they never moved in the training rows: ${still.join(', ')}`);
  const judgedNames = moved.map((c) => names[c]);
  const pick = (row: Float64Array) => picked(row, moved);
  if (method === 'auto') return { judge: panelJudge(judgedNames, training.map(pick), info), moved, carried };
  const detector = detectorOf(method, judgedNames, whole.map(pick));
  info(`method: ${detector.method}, ${moved.length} channels, ${training.length} rows of training`);
  return { judge: detectorJudge(detector), moved, carried };
}

/** Channels that were constant in training: with no measure of normal movement, a change is reported but not judged. */
class Still {
  readonly #names: readonly string[];
  readonly #normal: Float64Array;
  readonly #columns: number[];
  readonly #moved = new Map<number, number>();

  /** @param normal training values of the constant channels. */
  constructor(names: readonly string[], normal: Float64Array, moved: readonly number[]) {
    this.#names = names;
    this.#normal = normal.slice();
    this.#columns = names.map((_, c) => c).filter((c) => !moved.includes(c));
  }

  see(values: Float64Array, row: number): void {
    for (const c of this.#columns) if (values[c] !== this.#normal[c] && !this.#moved.has(c)) this.#moved.set(c, row);
  }

  notes(): string[] {
    return [...this.#moved].map(
      ([c, row]) =>
        `${this.#names[c]} was ${this.#normal[c]} in all of the training and is another from row ${row} on: it is not judged; train on rows in which it moves`,
    );
  }
}

function picked(row: Float64Array, columns: readonly number[]): Float64Array {
  const out = new Float64Array(columns.length);
  for (let k = 0; k < columns.length; k++) out[k] = row[columns[k]];
  return out;
}

/** Judges rows one after the other. */
function detectorJudge({ detector, trigger }: JudgedBy): (row: Float64Array) => RowScore {
  let state = QUIET;
  return (row) => {
    const score = detector.score(row);
    detector.learn(row);
    if (!score.assessable) throw new Error(`${score.reason}: ${score.remedy}`);
    state = stepTrigger(state, score.index, trigger);
    return { score: score.index, anomaly: state.on, channels: score.contributions.map((c) => c.feature) };
  };
}

/** Verdicts of a panel, whose coverage is reported. @param training rows in which missing values are NaN. */
function panelJudge(
  names: readonly string[],
  training: readonly Float64Array[],
  info: (line: string) => void,
): (row: Float64Array) => RowScore {
  const panel = trainPanel(names, training);
  for (const line of watchLines(panel)) info(line);
  info(`method: ${panel.method}, ${names.length} channels, ${training.length} rows of training`);
  return (row) => {
    const { index, contributions, by, missing } = panel.judge(row);
    return { score: index, anomaly: index >= 1, channels: contributions.map((c) => c.feature), by, missing };
  };
}

const SHOWN = 4;

/** What each member watches, with the smallest change it would detect, for the first few channels. */
function watchLines(panel: PanelDetector<RowMethodName>): string[] {
  const seasons = Object.entries(panel.seasons()).map(([name, period]) => `${name} every ${period} rows`);
  const lines = panel.watches().map(({ member, channels, visible, sizes: unit }) => {
    const sizes = Object.entries(visible).slice(0, SHOWN);
    const shown = sizes.map(([name, size]) => `${name} ${size}`).join(', ');
    return `${member}: ${channels} channels${sizes.length > 0 ? `, changes from ${shown}${channels > sizes.length ? ' …' : ''}${unit === 'own unit' ? '' : ` ${unit}`}` : ''}`;
  });
  return [...(seasons.length > 0 ? [`seasons: ${seasons.slice(0, SHOWN).join(', ')}`] : []), ...lines];
}

function detectorOf(...args: Parameters<typeof createRowDetector>): JudgedBy {
  try {
    return createRowDetector(...args);
  } catch (error) {
    if (error instanceof RangeError) throw new TableError(`--method: ${error.message}`);
    throw error;
  }
}
