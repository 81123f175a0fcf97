import type { Estimate, LifeEvaluation } from '#models/health/life/evaluateLife.ts';
import type { JudgedUnit } from '#models/health/life/trainLife.ts';
import { htmlPage, squareOf, squareSvg } from '#models/reports/page.ts';

const MOST_DOTS = 4000;
const SPEAKERS: Record<string, string> = { withoutAge: 'without the age', trees: 'by boosted trees' };

const shown = ({ value, low, high }: Estimate, digits = 2) =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** The metrics of a card, for a terminal; each with its 90 % interval over units. */
export function evaluationLines(e: LifeEvaluation, others: Record<string, LifeEvaluation> = {}): string[] {
  return [
    `${e.units} units, ${e.rows} rows; lives beyond ${e.cap} cycles count as ${e.cap}; folds by unit`,
    `capped RMSE        ${shown(e.cappedRmse)} cycles, every row`,
    `                   ${shown(e.cutRmse)} cycles, each unit cut at random`,
    `mean error         ${shown(e.mae)} absolute, ${shown(e.bias)} said minus true`,
    `interval           ${shown(e.coverage, 3)} of the truths lie in the ${(100 * e.coverage.level).toFixed(0)} % interval, ${e.meanIntervalWidth.toFixed(1)} cycles wide`,
    ...Object.entries(others).map(
      ([name, other]) => `${SPEAKERS[name].padEnd(19)}${shown(other.cappedRmse)} cycles, every row`,
    ),
    `worst units        ${e.worstUnits.map((u) => `${u.unit}: ${u.rmse.toFixed(1)}`).join(', ')}`,
  ];
}

/** One page: the metrics, said against true, and the mean truth of what was said. */
export function evaluationHtml(
  file: string,
  lines: readonly string[],
  evaluation: LifeEvaluation,
  units: readonly JudgedUnit[],
): string {
  const { cap } = evaluation;
  const square = squareOf(cap);
  const { x, y } = square;
  const pairs = units.flatMap((u) => u.said.map((s, i) => [u.truth[i], s] as const));
  const step = Math.ceil(pairs.length / MOST_DOTS);
  const dots = pairs
    .filter((_, i) => i % step === 0)
    .map(([t, s]) => `<circle cx="${x(t).toFixed(1)}" cy="${y(s).toFixed(1)}" r="1.3"/>`);
  const curve = evaluation.calibration.map(
    (b) => `${x(Math.min(cap, b.said)).toFixed(1)},${y(b.meanTruth).toFixed(1)}`,
  );
  const ticks = [0, 25, 50, 75, 100, 125].filter((t) => t <= cap);
  return htmlPage(`Remaining life: ${file}`, lines, [
    {
      svg: squareSvg(square, ticks, `<g>${dots.join('')}</g>`),
      caption: 'Said (up) against true (across), cycles; every unit by a model that had not seen it.',
    },
    {
      svg: squareSvg(
        square,
        ticks,
        `<polyline fill="none" stroke="#b91c1c" stroke-width="2" points="${curve.join(' ')}"/>`,
      ),
      caption: 'Mean truth (up) of what was said (across). On the line it is calibrated.',
    },
  ]);
}
