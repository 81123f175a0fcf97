import { type RowMetrics, rowMetrics } from '#models/health/process/rowMetrics.ts';
import { type NamedFile, numberOf, readNamed, type Table, TableError } from '#models/tables/parseTable.ts';
import { type DetectOptions, scoreFiles } from './detectFile.ts';

export interface EvaluateAnomalyOptions extends Omit<DetectOptions, 'jsonl'> {
  label: string;
}

/** The verdicts on a file's rows, and the labels. */
export interface JudgedFile {
  file: string;
  scores: number[];
  flagged: boolean[];
  anomalous: boolean[];
}

/**
 * Judges each file's rows after its training and compares them with its labels.
 * @throws TableError if a file is not a table of numbers, is too short, or lacks the column of labels.
 */
export function evaluateAnomaly(
  files: readonly NamedFile[],
  options: EvaluateAnomalyOptions,
  info: (line: string) => void,
): { all: RowMetrics; byFile: (RowMetrics & { file: string })[]; judged: JudgedFile[] } {
  const judged = files.map((file) => {
    const ignore = [...options.ignore, options.label];
    const rows = scoreFiles([file], { ...options, ignore }, info);
    const flagged = rows.map((score) => score.anomaly);
    const scores = rows.map((row) => row.score);
    const labels = readNamed(
      file,
      options.separator,
      () => undefined,
      (table) => labelsOf(table, options.label),
    );
    return { file: file.name, scores, flagged, anomalous: labels.slice(options.trainRows) };
  });
  return {
    all: rowMetrics(
      judged.flatMap((j) => j.flagged),
      judged.flatMap((j) => j.anomalous),
    ),
    judged,
    byFile: judged.map(({ file, flagged, anomalous }) => ({ file, ...rowMetrics(flagged, anomalous) })),
  };
}

function labelsOf({ rows, lines, separator }: Table, label: string): boolean[] {
  const column = rows[0].findIndex((cell) => cell.trim() === label);
  if (column < 0) throw new TableError(`no column ${label}; found ${rows[0].join(', ')}`);
  return rows.slice(1).map((cells, i) => {
    const value = numberOf(cells[column], separator);
    if (value === 0 || value === 1) return value === 1;
    throw new TableError(
      `line ${lines[i + 1]}, column ${column + 1}: found ${JSON.stringify(cells[column])}; 0 or 1 is needed`,
    );
  });
}

export function metricsLine(file: string, m: RowMetrics): string {
  const percent = (v: number) => `${(100 * v).toFixed(1)} %`;
  return `${file}: F1 ${m.f1.toFixed(3)} (flagging all: ${m.f1OfFlaggingAll.toFixed(3)}), false ${percent(m.falseAlarmRate)}, missed ${percent(m.missedRate)}, ${m.anomalous} of ${m.rows} rows anomalous`;
}
