import type { DiagnosisEvaluation, DiagnosisScore } from '#models/health/diagnosis/evaluateDiagnosis.ts';
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

/** A block a group, a share a line, for a terminal. */
export function diagnosisLines(folder: string, { all, byFault, bySpeed }: DiagnosisEvaluation): string[] {
  const block = (score: DiagnosisScore) => [
    `  ${score.name}, ${score.recordings} recordings`,
    ...COLUMNS.filter(([, of]) => of(score).of > 0).map(
      ([name, of]) => `    ${name.padEnd(23)} ${shareText(of(score))}`,
    ),
  ];
  const speeds = bySpeed.length > 1 ? bySpeed : [];
  return [folder, ...[all, ...byFault, ...speeds].flatMap(block)];
}

function shareText({ count, of, share = 0, low = 0, high = 1 }: Share): string {
  const percent = (part: number) => (100 * part).toFixed(0);
  return `${count}/${of} = ${percent(share)} % (${percent(low)} to ${percent(high)})`;
}
