import { QUIET, stepTrigger } from '#models/alerting/trigger.ts';
import { createRowDetector, type JudgedBy, LEAST_TRAINING_ROWS } from '#models/health/process/createRowDetector.ts';
import type { RowMethodName } from '#models/health/process/methodNames.ts';
import { type NamedFile, readNamed, TableError } from '#models/tables/parseTable.ts';
import { stretchesOf } from '#models/tables/stretches.ts';
import { readChannels } from './readChannels.ts';

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
  /** 1 is the limit at which a row counts as unlike the training. */
  score: number;
  anomaly: boolean;
  /** The channels that moved the score, the one that moved it most first. */
  channels: string[];
}

/**
 * Learns what is normal from the first rows of a table and writes a verdict on each of the others, which are counted
 * from 0; without `jsonl` the stretches that were unlike the training.
 * @param say what was repaired, and which method was taken.
 * @throws TableError where the file is no table of numbers, or too short.
 */
export function detectFile(
  file: NamedFile,
  options: DetectOptions,
  write: (line: string) => void,
  say: (line: string) => void,
): void {
  const scores = scoreFile(file, options, say);
  if (options.jsonl) {
    scores.forEach(({ score, anomaly, channels }, row) => {
      write(JSON.stringify({ row, score: Number(score.toPrecision(6)), anomaly: anomaly ? 1 : 0, channels }));
    });
    return;
  }
  const stretches = stretchesOf(scores.map((s) => s.anomaly));
  if (stretches.length === 0) write(`${scores.length} rows, all like the training`);
  for (const [from, to] of stretches) {
    const worst = scores.slice(from, to).reduce((a, b) => (b.score > a.score ? b : a));
    write(
      `rows ${from} to ${to - 1}: up to ${worst.score.toFixed(1)} times the limit, by ${worst.channels.join(', ')}`,
    );
  }
}

/**
 * The verdict on each row after training.
 * @param say what was repaired, and which method was taken.
 * @throws TableError where the file is no table of numbers, or too short.
 */
export function scoreFile(
  file: NamedFile,
  options: Omit<DetectOptions, 'jsonl'>,
  say: (line: string) => void,
): RowScore[] {
  const ignored = [...options.ignore, ...(options.timeColumn === undefined ? [] : [options.timeColumn])];
  const { names, rows, carried } = readNamed(file, options.separator, say, (table) => readChannels(table, ignored));
  if (carried > 0) say(`${carried} empty cells took the value above them`);
  const { trainRows } = options;
  if (trainRows < LEAST_TRAINING_ROWS)
    throw new TableError(
      `--train-rows: found ${trainRows}; ${LEAST_TRAINING_ROWS} or more are needed to know a normal`,
    );
  if (trainRows >= rows.length)
    throw new TableError(`--train-rows: found ${trainRows}; the file has ${rows.length} rows, and some must be left`);
  // A channel that stood still says nothing of how far it may move.
  const moved = names.map((_, c) => c).filter((c) => rows.slice(1, trainRows).some((row) => row[c] !== rows[0][c]));
  if (moved.length === 0) throw new TableError('no channel moved in the training rows: there is nothing to judge by');
  const still = names.filter((_, c) => !moved.includes(c));
  if (still.length > 0) say(`left out, for they never moved in the training rows: ${still.join(', ')}`);
  const judged = rows.map((row) => Float64Array.from(moved, (c) => row[c]));
  const judgedNames = moved.map((c) => names[c]);
  const detector = detectorOf(options.method, judgedNames, judged.slice(0, trainRows));
  say(`method: ${detector.method}, ${moved.length} channels, ${trainRows} rows of training`);
  return verdicts(detector, judged.slice(trainRows));
}

/** Rows, judged one after the other. */
export function verdicts({ detector, trigger }: JudgedBy, rows: readonly Float64Array[]): RowScore[] {
  let state = QUIET;
  return rows.map((row) => {
    const score = detector.score(row);
    detector.learn(row);
    if (!score.assessable) throw new Error(`${score.reason}: ${score.remedy}`);
    state = stepTrigger(state, score.index, trigger);
    return { score: score.index, anomaly: state.on, channels: score.contributions.map((c) => c.feature) };
  });
}

function detectorOf(...args: Parameters<typeof createRowDetector>): JudgedBy {
  try {
    return createRowDetector(...args);
  } catch (error) {
    if (error instanceof RangeError) throw new TableError(`--method: ${error.message}`);
    throw error;
  }
}
