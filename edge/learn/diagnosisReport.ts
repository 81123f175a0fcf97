import type { ConfidenceBin, DiagnosisEvaluation, DiagnosisScore } from '#models/health/diagnosis/evaluateDiagnosis.ts';
import { htmlReport, type ReportSection, squareOf, squareSvg } from '#models/reports/page.ts';
import type { Share } from '#models/statistics/wilson.ts';

const COLUMNS: readonly [name: string, of: (score: DiagnosisScore) => Share][] = [
  ['right first', (s) => s.firstRight],
  ['called', (s) => s.called],
  ['calls right', (s) => s.callsRight],
  ['called wrong', (s) => s.calledWrong],
  ['sound bearing blamed', (s) => s.soundBearingsBlamed],
  ['healthy called faulty', (s) => s.healthyCalledFaulty],
  ['called or watched right', (s) => s.namedRight],
  ['watch', (s) => s.watched],
  ['healthy watched', (s) => s.healthyWatched],
];

export interface FolderEvaluation {
  folder: string;
  evaluation: DiagnosisEvaluation;
}

/** One block per group, one line per share, for a terminal. */
export function diagnosisLines(folder: string, { all, byFault, bySpeed, calibration }: DiagnosisEvaluation): string[] {
  const block = (score: DiagnosisScore) => [
    `  ${score.name}, ${score.recordings} recordings`,
    ...COLUMNS.filter(([, of]) => of(score).of > 0).map(
      ([name, of]) => `    ${name.padEnd(23)} ${shareText(of(score))}`,
    ),
  ];
  const speeds = bySpeed.length > 1 ? bySpeed : [];
  return [folder, ...[all, ...byFault, ...speeds].flatMap(block), ...calibrationLines(calibration)];
}

function calibrationLines(calibration: readonly ConfidenceBin[]): string[] {
  const line = ({ verdict, from, meanConfidence, right }: ConfidenceBin) => {
    const bin = `${verdict}, confidence ${from.toFixed(2)} or more`;
    return `    ${bin.padEnd(36)} mean ${meanConfidence.toFixed(2)}  ${shareText(right)}`;
  };
  return calibration.length === 0 ? [] : ['  right, by confidence', ...calibration.map(line)];
}

/** One page: for each folder a table of shares, by fault and by speed, and the hit rate of each confidence. */
export function diagnosisHtml(folders: readonly FolderEvaluation[]): string {
  const sections = folders.flatMap(({ folder, evaluation }) => [
    sharesSection(folder, evaluation),
    calibrationSection(evaluation.calibration),
  ]);
  return htmlReport('Diagnosis of recordings whose fault is known', sections);
}

function sharesSection(folder: string, { all, byFault, bySpeed }: DiagnosisEvaluation): ReportSection {
  const row = (score: DiagnosisScore) => [
    score.name,
    String(score.recordings),
    ...COLUMNS.map(([, of]) => (of(score).of > 0 ? shareText(of(score)) : '')),
  ];
  const head = ['group', 'recordings', ...COLUMNS.map(([name]) => name)];
  const text = 'Count, share and its 95 % interval (Wilson).';
  return { heading: folder, text, table: { head, rows: [all, ...byFault, ...bySpeed].map(row) } };
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const COLOR = { fault: '#b91c1c', watch: '#2563eb' };

function calibrationSection(calibration: readonly ConfidenceBin[]): ReportSection {
  const square = squareOf(1);
  const mark = ({ verdict, meanConfidence, right: { share = 0, low = 0, high = 1 } }: ConfidenceBin) => {
    const [x, y] = [square.x(meanConfidence).toFixed(1), square.y(share).toFixed(1)];
    const bar = `<line x1="${x}" x2="${x}" y1="${square.y(low).toFixed(1)}" y2="${square.y(high).toFixed(1)}" stroke="${COLOR[verdict]}"/>`;
    return `${bar}<circle cx="${x}" cy="${y}" r="4" fill="${COLOR[verdict]}"/>`;
  };
  const rows = calibration.map(({ verdict, from, meanConfidence, right }) => [
    verdict,
    `${from.toFixed(2)} or more`,
    meanConfidence.toFixed(2),
    shareText(right),
  ]);
  return {
    heading: 'Calibration of confidence',
    text: 'Up: the part that was right, with its 95 % interval; across: the mean confidence. Red: fault; blue: watch.',
    figure: squareSvg(square, TICKS, calibration.map(mark).join('')),
    table: { head: ['verdict', 'confidence', 'mean', 'right'], rows },
  };
}

function shareText({ count, of, share = 0, low = 0, high = 1 }: Share): string {
  const percent = (part: number) => (100 * part).toFixed(0);
  return `${count}/${of} = ${percent(share)} % (${percent(low)} to ${percent(high)})`;
}
