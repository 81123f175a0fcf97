import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from './i18n/i18n.ts';
import 'uplot/dist/uPlot.min.css';
import { drawBands, drawFan, drawLevels, drawMarks } from './chartDrawing.ts';
import { ChartExport } from './chartExport.tsx';
import { verticalRange } from './chartRange.ts';
import type { ExportedChart } from './exportedChart.ts';
import { number } from './format.ts';
import { onThemeSwitch } from './theme.ts';
import { timeTicks } from './timeTicks.ts';

interface ChartProps extends ExportedChart {
  /** Text alternative for screen readers. */
  summary: string;
  /** Shown instead of the chart if there is nothing to draw. */
  whyEmpty?: string;
  height?: number;
  /** Called with the position that the user clicked. */
  onPick?: (x: number) => void;
  /** Called with the range that the user dragged across. */
  onZoom?: (range: [number, number]) => void;
}

const HEIGHT = 180;
const LABEL_PX = 18;
const CLICK_PX = 4;

/** One curve over time or frequency, or the reason why there is none. */
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
  const { x, y, unit, xUnit, levels, compared, marks, bands, fan, range, height = HEIGHT, isLogarithmic } = props;

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
  }, [unit, xUnit, isLogarithmic, compared === undefined, range === undefined]);

  useEffect(
    () => plot.current?.setData(dataOf(props)),
    [x, y, levels, compared, marks, bands, fan, range?.[0], range?.[1]],
  );

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
      x: { time: xIsTime, range: (_, low, high) => horizontalRange(low, high, latest.current.range) },
      y: isLogarithmic
        ? { distr: 3 }
        : { range: (_, low, high) => verticalRange(low, high, latest.current.levels, latest.current.fan) },
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
      drawClear: [(self) => drawBands(self, latest.current.bands ?? [], colour)],
      draw: [
        (self) => latest.current.fan && drawFan(self, latest.current.fan, colour),
        (self) => drawLevels(self, latest.current.levels ?? [], colour),
        (self) => drawMarks(self, latest.current.marks ?? [], colour),
      ],
    },
  };
}

/** A single value would otherwise get an axis of years. */
const horizontalRange = (low: number, high: number, range?: readonly [number, number]): [number, number] =>
  range === undefined ? [low, high > low ? high : low + 1] : [range[0], range[1]];

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
