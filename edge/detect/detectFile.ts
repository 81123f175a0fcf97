import {
  createTableDetector,
  LEAST_TRAINING_ROWS,
  type TableMethod,
} from '#models/health/process/createTableDetector.ts';
import { parseTable, TableError } from '#models/tables/parseTable.ts';
import { readChannels } from './readChannels.ts';

export interface DetectOptions {
  trainRows: number;
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method: TableMethod;
  jsonl?: boolean;
}

/**
 * Learns what is normal from the first rows of a table and writes a verdict on each of the others, which are counted
 * from 0; without `jsonl` the stretches that were unlike the training.
 * @param say what was repaired, and which method was taken.
 * @throws TableError where the file is no table of numbers, or too short.
 */
export function detectFile(
  bytes: Uint8Array,
  options: DetectOptions,
  write: (line: string) => void,
  say: (line: string) => void,
): void {
  const table = parseTable(bytes, options.separator);
  for (const note of table.notes) say(note);
  const ignored = [...options.ignore, ...(options.timeColumn === undefined ? [] : [options.timeColumn])];
  const { names, rows, carried } = readChannels(table, ignored);
  if (carried > 0) say(`${carried} empty cells took the value above them`);
  const { trainRows } = options;
  if (trainRows < LEAST_TRAINING_ROWS)
    throw new TableError(
      `--train-rows: found ${trainRows}; ${LEAST_TRAINING_ROWS} or more are needed to know a normal`,
    );
  if (trainRows >= rows.length)
    throw new TableError(`--train-rows: found ${trainRows}; the file has ${rows.length} rows, and some must be left`);
  const detector = createTableDetector(options.method, names, rows.slice(0, trainRows));
  say(`method: ${detector.name}, ${names.length} channels, ${trainRows} rows of training`);
  const scores = rows.slice(trainRows).map((row) => detector.score(row));
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

/** Ranges, first and behind the last, in which all are set. */
function stretchesOf(flags: readonly boolean[]): [number, number][] {
  const stretches: [number, number][] = [];
  flags.forEach((on, i) => {
    if (!on) return;
    if (flags[i - 1]) stretches[stretches.length - 1][1] = i + 1;
    else stretches.push([i, i + 1]);
  });
  return stretches;
}
