import type { Estimate, LifeEvaluation } from '#models/health/life/evaluateLife.ts';
import type { JudgedUnit } from '#models/health/life/trainLife.ts';

const SIZE = 460;
const MARGIN = 44;
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
export function evaluationHtml(file: string, evaluation: LifeEvaluation, units: readonly JudgedUnit[]): string {
  const { cap } = evaluation;
  const x = (v: number) => MARGIN + (v / cap) * (SIZE - 2 * MARGIN);
  const y = (v: number) => SIZE - x(v);
  const pairs = units.flatMap((u) => u.said.map((s, i) => [u.truth[i], s] as const));
  const step = Math.ceil(pairs.length / MOST_DOTS);
  const dots = pairs
    .filter((_, i) => i % step === 0)
    .map(([t, s]) => `<circle cx="${x(t).toFixed(1)}" cy="${y(s).toFixed(1)}" r="1.3"/>`);
  const curve = evaluation.calibration.map(
    (b) => `${x(Math.min(cap, b.said)).toFixed(1)},${y(b.meanTruth).toFixed(1)}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Remaining life: ${escaped(file)}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:70rem}svg{background:#fafafa;border:1px solid #ddd}circle{fill:#2563eb;fill-opacity:.25}pre{background:#f4f4f4;padding:1rem}figure{display:inline-block;margin:0 1rem 0 0}</style>
<h1>Remaining life: ${escaped(file)}</h1>
<pre>${evaluationLines(evaluation).map(escaped).join('\n')}</pre>
<figure>${plot(x, y, cap, `<g>${dots.join('')}</g>`)}<figcaption>Said (up) against true (across), cycles; every unit by a model that had not seen it.</figcaption></figure>
<figure>${plot(x, y, cap, `<polyline fill="none" stroke="#b91c1c" stroke-width="2" points="${curve.join(' ')}"/>`)}<figcaption>Mean truth (up) of what was said (across). On the line it is calibrated.</figcaption></figure>
</html>`;
}

function plot(x: (v: number) => number, y: (v: number) => number, cap: number, content: string): string {
  const ticks = [0, 25, 50, 75, 100, 125].filter((t) => t <= cap);
  const labels = ticks.map(
    (t) =>
      `<text x="${x(t)}" y="${SIZE - MARGIN + 18}" text-anchor="middle">${t}</text><text x="${MARGIN - 8}" y="${y(t) + 4}" text-anchor="end">${t}</text>`,
  );
  const diagonal = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(cap)}" y2="${y(cap)}" stroke="#555" stroke-dasharray="4"/>`;
  return `<svg viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" font-size="12" role="img">${diagonal}${content}${labels.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
