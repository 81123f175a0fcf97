import { htmlPage } from '#models/reports/page.ts';
import { stretchesOf } from '#models/tables/stretches.ts';
import type { JudgedFile } from '../detect/evaluateAnomaly.ts';

const WIDTH = 900;
const HEIGHT = 150;
/** Scores beyond this multiple of the limit are clipped to it. */
const MOST = 5;

/** One page: the metrics, and each file's score over its rows. */
export function anomalyHtml(lines: readonly string[], files: readonly JudgedFile[]): string {
  return htmlPage(
    'Anomalies',
    lines,
    files.map((one) => ({
      svg: scoresSvg(one),
      caption: `${one.file}: the score over the rows after training (the dashed line is the limit); labelled rows are red, flagged ones blue below.`,
    })),
  );
}

function scoresSvg({ scores, flagged, anomalous }: JudgedFile): string {
  const x = (i: number) => (i / Math.max(1, scores.length)) * WIDTH;
  const y = (v: number) => HEIGHT - 12 - (Math.min(MOST, v) / MOST) * (HEIGHT - 20);
  const line = scores.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' ');
  const labelled = stretchesOf(anomalous).map(
    ([from, to]) => `<rect x="${x(from)}" y="0" width="${x(to) - x(from)}" height="${HEIGHT}" fill="#fecaca"/>`,
  );
  const stretchLines = stretchesOf(flagged).map(
    ([from, to]) => `<rect x="${x(from)}" y="${HEIGHT - 8}" width="${x(to) - x(from)}" height="8" fill="#2563eb"/>`,
  );
  const limit = `<line x1="0" y1="${y(1)}" x2="${WIDTH}" y2="${y(1)}" stroke="#555" stroke-dasharray="4"/>`;
  const curve = `<polyline fill="none" stroke="#111" points="${line}"/>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img">${labelled.join('')}${stretchLines.join('')}${limit}${curve}</svg>`;
}
