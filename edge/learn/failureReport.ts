import type { FailureEstimate, FailureEvaluation } from '#models/health/failure/evaluateFailure.ts';
import type { Costs, FailureModel } from '#models/health/failure/trainFailure.ts';
import { htmlPage, squareOf, squareSvg } from '#models/reports/page.ts';

const shown = ({ value, low, high }: FailureEstimate) =>
  `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;

const percent = (v: number) => `${(100 * v).toFixed(1)} %`;

/** The metrics of a card, for a terminal; each with its 90 % interval over units. */
export function failureLines(e: FailureEvaluation): string[] {
  return [
    `${e.units} units, ${e.rows} rows, ${(100 * e.rate).toFixed(2)} % of them before a failure; folds by unit`,
    `AUC                ${shown(e.auc)}`,
    `Brier score        ${shown(e.brier)}, skill against the rate alone ${shown(e.brierSkill)}`,
    `alarmed from ${(100 * e.threshold).toFixed(1)} %  recall ${shown(e.recall)}, precision ${shown(e.precision)}`,
    `cost               ${shown(e.relativeCost)} of that of alarming always or never`,
    'said    came    rows',
    ...e.reliability.map((b) => `${percent(b.said).padEnd(8)}${percent(b.came).padEnd(8)}${b.rows}`),
  ];
}

/** One page: the metrics, and the reliability diagram. */
export function failureHtml(file: string, lines: readonly string[], { reliability }: FailureEvaluation): string {
  const square = squareOf(1);
  const points = reliability.map((b) => `${square.x(b.said).toFixed(1)},${square.y(b.came).toFixed(1)}`);
  const dots = reliability.map(
    (b) => `<circle cx="${square.x(b.said)}" cy="${square.y(b.came)}" r="${2 + Math.log10(b.rows)}"/>`,
  );
  const curve = `<polyline fill="none" stroke="#b91c1c" stroke-width="2" points="${points.join(' ')}"/>`;
  return htmlPage(`Failure within a horizon: ${file}`, lines, [
    {
      svg: squareSvg(square, [0, 0.25, 0.5, 0.75, 1], curve + dots.join('')),
      caption:
        'What came (up) of what was said (across), each unit by a model that had not seen it; larger dots are of more rows.',
    },
  ]);
}

/** What to know of the model before trusting it. */
export function failureCard(
  data: string,
  { shape, dated }: Pick<FailureModel, 'shape' | 'dated'>,
  evaluation: FailureEvaluation,
  importance: readonly { feature: string; part: number }[],
  costs: Costs,
  version: string,
) {
  const short = (v: number) => Number(v.toPrecision(3));
  const brief = ({ value, low, high }: FailureEstimate) => [value, low, high].map(short);
  return {
    purpose: `chance that a unit fails within ${shape.horizon}${dated ? ' hours' : ''}, of units like those that it was trained on`,
    data,
    units: evaluation.units,
    rows: evaluation.rows,
    split: 'five folds by unit; chances calibrated on units of yet other folds',
    metrics: {
      level: 'value, and its 90 % interval over units',
      auc: brief(evaluation.auc),
      brier: brief(evaluation.brier),
      brierSkill: brief(evaluation.brierSkill),
      recall: brief(evaluation.recall),
      precision: brief(evaluation.precision),
      relativeCost: brief(evaluation.relativeCost),
    },
    costs,
    reliability: evaluation.reliability.map((b) => ({ said: short(b.said), came: short(b.came), rows: b.rows })),
    mostUsed: importance.slice(0, 10).map((one) => `${one.feature}: ${(100 * one.part).toFixed(0)} %`),
    limits: 'chances are those of a fleet that is run and maintained as the one it was trained on',
    version,
  };
}
