import { QUIET, stepTrigger } from '#models/alerting/trigger.ts';
import { createRowDetector, type JudgedBy, LEAST_TRAINING_ROWS } from '#models/health/process/createRowDetector.ts';
import type { RowMethodName } from '#models/health/process/methodNames.ts';
import { PanelDetector, type PanelScore } from '#models/health/process/panel/panelDetector.ts';
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
  /** Of a panel: the members whose limit it exceeds, and the channels that have no value in it. */
  by?: string[];
  missing?: string[];
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
    scores.forEach(({ score, anomaly, channels, by, missing }, row) => {
      write(
        JSON.stringify({ row, score: Number(score.toPrecision(6)), anomaly: anomaly ? 1 : 0, channels, by, missing }),
      );
    });
    return;
  }
  const stretches = stretchesOf(scores.map((s) => s.anomaly));
  const gaps = scores.filter(({ missing = [] }) => missing.length > 0);
  if (stretches.length === 0)
    write(
      gaps.length === 0
        ? `${scores.length} rows, all like the training`
        : `${scores.length} rows, what there is like the training; ${gaps.length} of them lack ${[...new Set(gaps.flatMap((s) => s.missing ?? []))].join(', ')}`,
    );
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
  const { names, rows, carried, empty } = readNamed(file, options.separator, say, (table) =>
    readChannels(table, ignored),
  );
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
  if (options.method === 'auto') {
    for (const place of empty) {
      const at = moved.indexOf(place % names.length);
      if (at >= 0) judged[Math.floor(place / names.length)][at] = Number.NaN;
    }
    return panelVerdicts(judgedNames, judged, trainRows, say);
  }
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

/** The verdicts of a panel; what it watches is said. */
function panelVerdicts(
  names: readonly string[],
  rows: readonly Float64Array[],
  trainRows: number,
  say: (line: string) => void,
): RowScore[] {
  const panel = new PanelDetector(names, rows.slice(0, trainRows), (training) =>
    createRowDetector('auto', names, training),
  );
  for (const line of watchLines(panel)) say(line);
  say(`method: ${panel.method}, ${names.length} channels, ${trainRows} rows of training`);
  return rows.slice(trainRows).map((row) => {
    const { index, contributions, by, missing }: PanelScore = panel.score(row);
    panel.learn(row);
    return { score: index, anomaly: index >= 1, channels: contributions.map((c) => c.feature), by, missing };
  });
}

const SHOWN = 4;

/** What each member watches, and the size of the change that it could have seen, of the first few channels. */
function watchLines(panel: PanelDetector): string[] {
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
