import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

interface ChartProps {
  title: string;
  /** What a person who does not see it is told. */
  summary: string;
  x: number[];
  y: number[];
  xIsTime: boolean;
  unit: string;
  /** A line to compare with, such as an alert limit. */
  limit?: number;
}

const HEIGHT = 180;

/** One line over time or frequency. */
export function Chart(props: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { x, y, limit } = props;

  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    plot.current = new uPlot(options(element, props), dataOf(x, y, limit), element);
    const watch = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.current?.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(dataOf(x, y, limit)), [x, y, limit]);

  return (
    <figure class="chart">
      <figcaption>
        {props.title} <small>{props.unit}</small>
      </figcaption>
      <div ref={holder} role="img" aria-label={`${props.title}. ${props.summary}`} />
    </figure>
  );
}

function dataOf(x: number[], y: number[], limit: number | undefined): uPlot.AlignedData {
  return limit === undefined ? [x, y] : [x, y, x.map(() => limit)];
}

function options(element: HTMLElement, { xIsTime, limit }: ChartProps): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line') },
  };
  const series: uPlot.Series[] = [{}, { stroke: colour('--accent'), width: 1.5, points: { show: false } }];
  if (limit !== undefined) series.push({ stroke: colour('--bad'), width: 1, dash: [6, 4], points: { show: false } });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: xIsTime },
      y: { range: (_, min, max) => [Math.min(0, min), Math.max(max, limit ?? 0) * 1.1 || 1] },
    },
    axes: [axis, { ...axis, size: 56 }],
    series,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
  };
}
