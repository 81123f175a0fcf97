import type { Estimate, LifeEvaluation } from '#models/health/life/evaluateLife.ts';
import { LIFE_CAP } from '#models/health/life/lifeFeatures.ts';
import type { JudgedUnit } from '#models/health/life/trainLife.ts';
import { htmlPage, squareOf, squareSvg } from '#models/reports/page.ts';

const MAX_DOTS = 4000;
const SPEAKERS: Record<string, string> = { withoutAge: 'without the age', trees: 'by boosted trees' };

const amount = (v: number) => Number(v.toPrecision(4));
const shown = ({ value, low, high }: Estimate, digits = 2) =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** The metrics of a card, for a terminal; each with its 90 % interval over units. */
export function evaluationLines(e: LifeEvaluation, others: Record<string, LifeEvaluation> = {}): string[] {
  return [
    `${e.units} units, ${e.rows} rows; lives beyond ${amount(e.cap)} ${e.timeUnit} count as ${amount(e.cap)}; folds by unit`,
    `capped RMSE        ${shown(e.cappedRmse)} ${e.timeUnit}, every row`,
    `                   ${shown(e.cutRmse)} ${e.timeUnit}, each unit cut at random`,
    `mean error         ${shown(e.mae)} absolute, ${shown(e.bias)} predicted minus true`,
    `interval           ${shown(e.coverage, 3)} of the truths lie in the ${(100 * e.coverage.level).toFixed(0)} % interval, ${e.meanIntervalWidth.toFixed(1)} ${e.timeUnit} wide`,
    ...Object.entries(others).map(
      ([name, other]) => `${SPEAKERS[name].padEnd(19)}${shown(other.cappedRmse)} ${e.timeUnit}, every row`,
    ),
    `worst units        ${e.worstUnits.map((u) => `${u.unit}: ${u.rmse.toFixed(1)}`).join(', ')}`,
  ];
}

/** One page: the metrics, predicted against true life, and the mean truth for each prediction. */
export function evaluationHtml(
  file: string,
  lines: readonly string[],
  evaluation: LifeEvaluation,
  units: readonly JudgedUnit[],
): string {
  const { cap, timeUnit } = evaluation;
  const step = cap / LIFE_CAP;
  const square = squareOf(cap);
  const { x, y } = square;
  const pairs = units.flatMap((u) => u.said.map((s, i) => [u.truth[i] * step, s * step] as const));
  const every = Math.ceil(pairs.length / MAX_DOTS);
  const dots = pairs
    .filter((_, i) => i % every === 0)
    .map(([t, s]) => `<circle cx="${x(t).toFixed(1)}" cy="${y(s).toFixed(1)}" r="1.3"/>`);
  const curve = evaluation.calibration.map(
    (b) => `${x(Math.min(cap, b.said)).toFixed(1)},${y(b.meanTruth).toFixed(1)}`,
  );
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => amount(part * cap));
  return htmlPage(`Remaining life: ${file}`, lines, [
    {
      svg: squareSvg(square, ticks, `<g>${dots.join('')}</g>`),
      caption: `Predicted (up) against true (across), ${timeUnit}; every unit by a model that had not seen it.`,
    },
    {
      svg: squareSvg(
        square,
        ticks,
        `<polyline fill="none" stroke="#b91c1c" stroke-width="2" points="${curve.join(' ')}"/>`,
      ),
      caption: 'Mean truth (up) of what was predicted (across). On the line it is calibrated.',
    },
  ]);
}
