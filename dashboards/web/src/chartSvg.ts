import { type Band, type Fan, isDashed, type Level, type Mark, TONES, type Tone } from './chartDrawing.ts';
import { verticalRange } from './chartRange.ts';
import type { ExportedChart } from './exportedChart.ts';
import { number } from './format.ts';
import { locale } from './i18n/i18n.ts';

const [WIDTH, HEIGHT] = [960, 360];
const PLOT = { left: 70, top: 34, right: WIDTH - 16, bottom: HEIGHT - 40 };
const [TICKS_X, TICKS_Y] = [8, 5];
/** The light theme: a drawing is for paper. */
const COLOURS: Record<Tone, string> = {
  bad: '#b3261e',
  warn: '#8a5300',
  quiet: '#56606d',
  accent: '#0b5cad',
  good: '#17693a',
};

interface Scales {
  x: (value: number) => number;
  y: (value: number) => number;
  rangeX: readonly [number, number];
  rangeY: readonly [number, number];
}

/** A chart as a stand-alone SVG drawing, with its curves, limits, marks and bands. Pure. */
export function chartSvg(chart: ExportedChart): string {
  const scales = scalesOf(chart);
  const { title, unit, x, y, note, compared, levels = [], marks = [], bands = [], fan } = chart;
  const heading = [title, unit, note].filter(Boolean).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="11">`,
    `<title>${escaped(heading)}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<clipPath id="plot"><rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}"/></clipPath>`,
    `<text x="${PLOT.left}" y="20" font-size="14">${escaped(heading)}</text>`,
    axesOf(chart, scales),
    '<g clip-path="url(#plot)">',
    ...bands.map((band) => bandSvg(band, scales)),
    fan === undefined ? '' : fanSvg(fan, scales),
    curveSvg(x, y, COLOURS.accent, scales),
    compared === undefined ? '' : curveSvg(x, compared, COLOURS.warn, scales),
    ...levels.map((level) => levelSvg(level, scales)),
    ...marks.map((mark) => markSvg(mark, scales)),
    '</g></svg>',
  ].join('\n');
}

function scalesOf({ x, y, compared = [], levels, fan, range, isLogarithmic }: ExportedChart): Scales {
  const values = [...y, ...compared].filter((v) => v !== null);
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const rangeY = isLogarithmic ? ([least, most] as const) : verticalRange(least, most, levels, fan);
  const rangeX = range ?? ([x[0], x[x.length - 1]] as const);
  const height = isLogarithmic ? Math.log : (v: number) => v;
  const part = (v: number, [from, to]: readonly [number, number]) => (to > from ? (v - from) / (to - from) : 0.5);
  return {
    x: (v) => PLOT.left + part(v, rangeX) * (PLOT.right - PLOT.left),
    y: (v) => PLOT.bottom - part(height(v), [height(rangeY[0]), height(rangeY[1])]) * (PLOT.bottom - PLOT.top),
    rangeX,
    rangeY,
  };
}

function axesOf({ xIsTime, xUnit = '', isLogarithmic }: ExportedChart, { x, y, rangeX, rangeY }: Scales): string {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const columns = xIsTime ? evenly(rangeX, 5) : ticksOf(rangeX, TICKS_X);
  const rows = isLogarithmic ? decadesIn(rangeY) : ticksOf(rangeY, TICKS_Y);
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<path d="M${fixed(x1)} ${fixed(y1)}L${fixed(x2)} ${fixed(y2)}" stroke="#dde1e7"/>`;
  const label = (value: number) => (xIsTime ? time.format(1000 * value) : number(value));
  return [
    ...columns.map(
      (at) =>
        `${line(x(at), PLOT.top, x(at), PLOT.bottom)}<text x="${fixed(x(at))}" y="${PLOT.bottom + 16}" text-anchor="middle" fill="${COLOURS.quiet}">${escaped(label(at))}</text>`,
    ),
    ...rows.map(
      (at) =>
        `${line(PLOT.left, y(at), PLOT.right, y(at))}<text x="${PLOT.left - 6}" y="${fixed(y(at) + 4)}" text-anchor="end" fill="${COLOURS.quiet}">${escaped(number(at))}</text>`,
    ),
    `<text x="${PLOT.right}" y="${HEIGHT - 8}" text-anchor="end" fill="${COLOURS.quiet}">${escaped(xUnit)}</text>`,
  ].join('\n');
}

/** A curve; gaps are bridged, as on the page. */
function curveSvg(xs: readonly number[], ys: readonly (number | null)[], colour: string, { x, y }: Scales): string {
  const points = ys.flatMap((v, i) => (v === null ? [] : [`${fixed(x(xs[i]))},${fixed(y(v))}`]));
  return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>`;
}

const levelSvg = (level: Level, { y }: Scales): string =>
  `<path d="M${PLOT.left} ${fixed(y(level.y))}H${PLOT.right}" stroke="${COLOURS[level.tone]}" stroke-dasharray="6 4"/><text x="${PLOT.right - 3}" y="${fixed(y(level.y) - 3)}" text-anchor="end" fill="${COLOURS[level.tone]}">${escaped(level.name)}</text>`;

function markSvg({ x: at, name, kind }: Mark, { x }: Scales): string {
  const colour = COLOURS[TONES[kind]];
  return `<path d="M${fixed(x(at))} ${PLOT.top}V${PLOT.bottom}" stroke="${colour}"${isDashed(kind) ? ' stroke-dasharray="3 3"' : ''}/><text transform="translate(${fixed(x(at) + 3)} ${PLOT.top + 4}) rotate(90)" fill="${colour}">${escaped(name)}</text>`;
}

const bandSvg = ({ from, to, name, tone }: Band, { x }: Scales): string =>
  `<rect x="${fixed(x(from))}" y="${PLOT.top}" width="${fixed(Math.max(0, x(to) - x(from)))}" height="${PLOT.bottom - PLOT.top}" fill="${COLOURS[tone]}" opacity="0.12"/><text x="${fixed(x(from) + 3)}" y="${PLOT.bottom - 4}" fill="${COLOURS[tone]}">${escaped(name)}</text>`;

function fanSvg({ x: xs, median, low, high }: Fan, scales: Scales): string {
  const at = (values: readonly number[]) => xs.map((v, i) => `${fixed(scales.x(v))},${fixed(scales.y(values[i]))}`);
  return `<polygon points="${[...at(high), ...at(low).reverse()].join(' ')}" fill="${COLOURS.warn}" opacity="0.2"/><polyline points="${at(median).join(' ')}" fill="none" stroke="${COLOURS.warn}" stroke-dasharray="6 4"/>`;
}

const fixed = (value: number): string => (Math.round(10 * value) / 10).toString();

/** Round numbers within a range: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf([from, to]: readonly [number, number], count: number): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

const evenly = ([from, to]: readonly [number, number], count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((i + 0.5) * (to - from)) / count);

function decadesIn([from, to]: readonly [number, number]): number[] {
  const [first, last] = [Math.ceil(Math.log10(from)), Math.floor(Math.log10(to))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text for XML, which allows no control characters. */
const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names may contain them, XML may not
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (c) => ENTITIES[c]);
