import type uPlot from 'uplot';

/** A labelled vertical line. */
export interface Mark {
  x: number;
  name: string;
  /** `cursor`: set by the user. `highlight`: named by the sentence that the user selected. */
  kind: 'line' | 'cursor' | 'highlight' | 'alert' | 'finding' | 'repair';
}

/** A horizontal reference line: an alarm limit, a zone boundary, a baseline. */
export interface Level {
  y: number;
  name: string;
  tone: Tone;
}

/** A stretch of the horizontal axis, such as an operating state. */
export interface Band {
  from: number;
  to: number;
  name: string;
  tone: Tone;
}

/** A prediction: its median and 90 % prediction interval, each as points of a curve. */
export interface Fan {
  x: number[];
  median: number[];
  low: number[];
  high: number[];
}

export type Tone = 'bad' | 'warn' | 'quiet' | 'accent' | 'good';
export type ColourOf = (name: string) => string;

export const TONES: Record<Mark['kind'], Tone> = {
  line: 'quiet',
  cursor: 'bad',
  highlight: 'accent',
  alert: 'bad',
  finding: 'accent',
  repair: 'good',
};
/** Lines of the machine are dashed; marks set by a person or the edge are solid. */
export const isDashed = (kind: Mark['kind']): boolean => kind === 'line';

/** Overlapping labels are omitted; their lines are still drawn. */
const NAME_PX = 11;
const BAND_ALPHA = 0.12;
const FAN_ALPHA = 0.2;

function prepareText(ctx: CanvasRenderingContext2D): void {
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${NAME_PX * devicePixelRatio}px system-ui, sans-serif`;
}

function clipToPlot({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

export function drawLevels(self: uPlot, levels: readonly Level[], colour: ColourOf): void {
  const { ctx, bbox } = self;
  const [low, high] = [self.scales.y.min ?? 0, self.scales.y.max ?? 0];
  ctx.save();
  prepareText(ctx);
  ctx.textAlign = 'right';
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const { y, name, tone } of levels) {
    if (y < low || y > high) continue;
    const at = Math.round(self.valToPos(y, 'y', true));
    ctx.strokeStyle = ctx.fillStyle = colour(`--${tone}`);
    ctx.beginPath();
    ctx.moveTo(bbox.left, at);
    ctx.lineTo(bbox.left + bbox.width, at);
    ctx.stroke();
    ctx.fillText(name, bbox.left + bbox.width - 2, at - 2 * devicePixelRatio);
  }
  ctx.restore();
}

export function drawMarks(self: uPlot, marks: readonly Mark[], colour: ColourOf): void {
  const { ctx, bbox } = self;
  const [low, high] = [self.scales.x.min ?? 0, self.scales.x.max ?? 0];
  ctx.save();
  prepareText(ctx);
  let free = Number.NEGATIVE_INFINITY;
  for (const { x, name, kind } of marks.toSorted((a, b) => a.x - b.x)) {
    if (x < low || x > high) continue;
    const at = Math.round(self.valToPos(x, 'x', true));
    ctx.strokeStyle = ctx.fillStyle = colour(`--${TONES[kind]}`);
    ctx.lineWidth = (kind === 'highlight' ? 2.5 : 1) * devicePixelRatio;
    ctx.setLineDash(isDashed(kind) ? [3 * devicePixelRatio, 3 * devicePixelRatio] : []);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    // Labels of marks that a person set or selected always stay; labels of the machine's lines give way.
    if (at < free && isDashed(kind)) continue;
    free = at + (NAME_PX + 3) * devicePixelRatio;
    ctx.save();
    ctx.translate(at + 2 * devicePixelRatio, bbox.top + 2);
    ctx.rotate(Math.PI / 2);
    ctx.fillText(name, 0, -2 * devicePixelRatio);
    ctx.restore();
  }
  ctx.restore();
}

/** Drawn behind the curve, with names at the foot: colour is never the only cue. */
export function drawBands(self: uPlot, bands: readonly Band[], colour: ColourOf): void {
  const { ctx, bbox } = self;
  ctx.save();
  clipToPlot(self);
  prepareText(ctx);
  for (const { from, to, name, tone } of bands) {
    const [left, right] = [from, to].map((x) => self.valToPos(x, 'x', true));
    ctx.fillStyle = colour(`--${tone}`);
    ctx.globalAlpha = BAND_ALPHA;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    const at = Math.max(left, bbox.left) + 3 * devicePixelRatio;
    if (ctx.measureText(name).width < right - at) ctx.fillText(name, at, bbox.top + bbox.height - 4 * devicePixelRatio);
  }
  ctx.restore();
}

export function drawFan(self: uPlot, { x, median, low, high }: Fan, colour: ColourOf): void {
  const { ctx } = self;
  const at = (i: number, values: readonly number[]) =>
    [self.valToPos(x[i], 'x', true), self.valToPos(values[i], 'y', true)] as const;
  ctx.save();
  clipToPlot(self);
  ctx.strokeStyle = ctx.fillStyle = colour('--warn');
  ctx.beginPath();
  x.forEach((_, i) => {
    ctx.lineTo(...at(i, high));
  });
  for (let i = x.length - 1; i >= 0; i--) ctx.lineTo(...at(i, low));
  ctx.globalAlpha = FAN_ALPHA;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  x.forEach((_, i) => {
    ctx.lineTo(...at(i, median));
  });
  ctx.stroke();
  ctx.restore();
}
