import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from './i18n/i18n.ts';
import 'uplot/dist/uPlot.min.css';
import { ChartExport, type ExportedChart } from './chartExport.tsx';
import { number } from './format.ts';
import { onThemeSwitch } from './theme.ts';
import { timeTicks } from './timeTicks.ts';

/** A labelled vertical line. */
export interface Mark {
  x: number;
  name: string;
  /** `cursor`: set by the user. */
  kind: 'line' | 'cursor';
}

/** A horizontal reference line: an alarm limit, a zone boundary, a baseline. */
export interface Level {
  y: number;
  name: string;
  tone: 'bad' | 'warn' | 'quiet';
}

interface ChartProps extends ExportedChart {
  /** Text alternative for screen readers. */
  summary: string;
  /** Shown instead of the chart if there is nothing to draw. */
  whyEmpty?: string;
  levels?: readonly Level[];
  marks?: readonly Mark[];
  height?: number;
  /** Logarithmic vertical axis. */
  isLogarithmic?: boolean;
  /** Called with the position that the user clicked. */
  onPick?: (x: number) => void;
  /** Called with the range that the user dragged across. */
  onZoom?: (range: [number, number]) => void;
}

const HEIGHT = 180;
const LABEL_PX = 18;
const CLICK_PX = 4;
/** Overlapping labels are omitted; their lines are still drawn. */
const NAME_PX = 11;

/** One line over time or frequency, or the reason for a missing one. */
export function Chart(props: ChartProps) {
  const { title, unit, xUnit, note, x, whyEmpty = t('No values in this range.') } = props;
  const figure = useRef<HTMLElement>(null);
  return (
    <figure class="chart" ref={figure}>
      <figcaption>
        {title}{' '}
        <small>
          {unit}
          {xUnit === undefined ? '' : ` ${t('over {{unit}}', { unit: xUnit })}`}
          {note === undefined ? '' : `; ${note}`}
        </small>
      </figcaption>
      {x.length === 0 ? <p class="empty">{whyEmpty}</p> : <Plot {...props} />}
      {x.length > 0 && <ChartExport chart={props} canvasOf={() => figure.current?.querySelector('canvas') ?? null} />}
    </figure>
  );
}

function Plot(props: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { x, y, unit, xUnit, levels, compared, marks, height = HEIGHT, isLogarithmic } = props;

  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    plot.current = new uPlot(options(element, latest), dataOf(props), element);
    const watch = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    // Colours are read at each drawing.
    const leaveTheme = onThemeSwitch(() => plot.current?.redraw(false, true));
    return () => {
      watch.disconnect();
      leaveTheme();
      plot.current?.destroy();
    };
  }, [unit, xUnit, isLogarithmic, compared === undefined]);

  useEffect(() => plot.current?.setData(dataOf(props)), [x, y, levels, compared, marks]);

  return <div ref={holder} role="img" aria-label={`${props.title}. ${props.summary}`} />;
}

/**
 * uPlot's labels have three decimals, which would show 0.0004 g as 0. On a logarithmic axis it omits some labels,
 * passed as null.
 */
const tickTexts = (_: uPlot, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? '' : number(tick)));

/** An empty label would still reserve space. */
const labelled = (axis: uPlot.Axis, label: string): uPlot.Axis => (label === '' ? axis : { ...axis, label });

function dataOf({ x, y, compared }: ChartProps): uPlot.AlignedData {
  return (compared === undefined ? [x, y] : [x, y, compared]) as uPlot.AlignedData;
}

function options(element: HTMLElement, latest: { current: ChartProps }): uPlot.Options {
  const { xIsTime, unit, xUnit = '', compared, height = HEIGHT, isLogarithmic = false } = latest.current;
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const axis = {
    stroke: () => colour('--quiet'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { stroke: () => colour('--line') },
    labelSize: LABEL_PX,
    labelFont: '12px system-ui, sans-serif',
  };
  const line = (stroke: string): uPlot.Series => ({
    stroke: () => colour(stroke),
    width: 1.5,
    points: { show: false },
    spanGaps: true,
  });
  const series: uPlot.Series[] = [{}, line('--accent')];
  if (compared !== undefined) series.push(line('--warn'));
  return {
    width: element.clientWidth,
    height,
    scales: {
      x: { time: xIsTime },
      y: isLogarithmic ? { distr: 3 } : { range: (_, low, high) => rangeOf(low, high, latest.current.levels) },
    },
    axes: [
      xIsTime ? { ...axis, values: timeTicks, space: 90 } : labelled({ ...axis, size: 32 }, xUnit),
      labelled({ ...axis, size: 56, values: tickTexts }, unit),
    ],
    series,
    legend: { show: false },
    cursor: {
      drag: { x: latest.current.onZoom !== undefined, y: false, setScale: false },
      bind: {
        mouseup: (self, _target, handler) => (event) => {
          pick(self, latest.current);
          return handler(event);
        },
      },
    },
    hooks: {
      setSelect: [(self) => zoom(self, latest.current)],
      draw: [
        (self) => drawLevels(self, latest.current.levels ?? [], colour),
        (self) => drawMarks(self, latest.current.marks ?? [], colour),
      ],
    },
  };
}

/** A reference level near the curve is shown; one far above would flatten the curve. */
const REACH = 1.6;

function rangeOf(low: number, high: number, levels: readonly Level[] = []): [number, number] {
  const near = levels.map((l) => l.y).filter((y) => y <= REACH * high);
  const [from, to] = [Math.min(0, low), Math.max(high, ...near)];
  return [1.05 * from, 1.1 * to || 1];
}

function pick(self: uPlot, { onPick }: ChartProps): void {
  const { left = -1 } = self.cursor;
  if (onPick && left >= 0 && self.select.width < CLICK_PX) onPick(self.posToVal(left, 'x'));
}

function zoom(self: uPlot, { onZoom }: ChartProps): void {
  const { left, width } = self.select;
  if (!onZoom || width < CLICK_PX) return;
  onZoom([self.posToVal(left, 'x'), self.posToVal(left + width, 'x')]);
  self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
}

function drawLevels(self: uPlot, levels: readonly Level[], colour: (name: string) => string): void {
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

function prepareText(ctx: CanvasRenderingContext2D): void {
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${NAME_PX * devicePixelRatio}px system-ui, sans-serif`;
}

function drawMarks(self: uPlot, marks: readonly Mark[], colour: (name: string) => string): void {
  const { ctx, bbox } = self;
  const [low, high] = [self.scales.x.min ?? 0, self.scales.x.max ?? 0];
  ctx.save();
  prepareText(ctx);
  let free = Number.NEGATIVE_INFINITY;
  for (const { x, name, kind } of marks.toSorted((a, b) => a.x - b.x)) {
    if (x < low || x > high) continue;
    const at = Math.round(self.valToPos(x, 'x', true));
    ctx.strokeStyle = ctx.fillStyle = colour(kind === 'cursor' ? '--bad' : '--quiet');
    ctx.setLineDash(kind === 'cursor' ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    if (at < free) continue;
    free = at + (NAME_PX + 3) * devicePixelRatio;
    ctx.save();
    ctx.translate(at + 2 * devicePixelRatio, bbox.top + 2);
    ctx.rotate(Math.PI / 2);
    ctx.fillText(name, 0, -2 * devicePixelRatio);
    ctx.restore();
  }
  ctx.restore();
}
