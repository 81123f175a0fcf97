/** A heading with an optional paragraph, figure and table. */
export interface ReportSection {
  heading: string;
  text?: string;
  /** SVG. */
  figure?: string;
  table?: { head: readonly string[]; rows: readonly (readonly string[])[] };
}

/** A self-contained page of sections; texts are escaped, as they may be untrusted. */
export function htmlReport(title: string, sections: readonly ReportSection[]): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:70rem}table{border-collapse:collapse}th,td{border-bottom:1px solid #ddd;padding:.25rem .75rem;text-align:left}svg{max-width:100%}</style>
<h1>${escaped(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</html>`;
}

function sectionHtml({ heading, text, figure, table }: ReportSection): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const rows =
    table && `<table>${row(table.head, 'th')}${table.rows.map((cells) => row(cells, 'td')).join('')}</table>`;
  return [`<h2>${escaped(heading)}</h2>`, text && `<p>${escaped(text)}</p>`, figure, rows].filter(Boolean).join('\n');
}

/** A self-contained page of lines of text, and figures. */
export function htmlPage(
  title: string,
  lines: readonly string[],
  figures: readonly { svg: string; caption: string }[],
): string {
  const shown = figures.map(
    ({ svg, caption }) => `<figure>${svg}<figcaption>${escaped(caption)}</figcaption></figure>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:70rem}svg{background:#fafafa;border:1px solid #ddd;max-width:100%}circle{fill:#2563eb;fill-opacity:.25}pre{background:#f4f4f4;padding:1rem;overflow-x:auto}figure{display:inline-block;margin:0 1rem 1rem 0}</style>
<h1>${escaped(title)}</h1>
<pre>${lines.map(escaped).join('\n')}</pre>
${shown.join('\n')}
</html>`;
}

export interface Square {
  size: number;
  x: (v: number) => number;
  y: (v: number) => number;
}

const SIZE = 460;
const MARGIN = 44;

/** A square from 0 to `most` on both axes. */
export function squareOf(most: number): Square {
  const x = (v: number) => MARGIN + (v / most) * (SIZE - 2 * MARGIN);
  return { size: SIZE, x, y: (v) => SIZE - x(v) };
}

/** The square with its diagonal, where prediction equals outcome. */
export function squareSvg({ size, x, y }: Square, ticks: readonly number[], content: string): string {
  const most = ticks[ticks.length - 1];
  const labels = ticks.map(
    (t) =>
      `<text x="${x(t)}" y="${size - MARGIN + 18}" text-anchor="middle">${t}</text><text x="${MARGIN - 8}" y="${y(t) + 4}" text-anchor="end">${t}</text>`,
  );
  const diagonal = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(most)}" stroke="#555" stroke-dasharray="4"/>`;
  return `<svg viewBox="0 0 ${size} ${size}" width="${size}" font-size="12" role="img">${diagonal}${content}${labels.join('')}</svg>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
