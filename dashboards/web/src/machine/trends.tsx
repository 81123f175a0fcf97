import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { MachineView } from '#models/contracts/api.ts';
import { api } from '../api.ts';
import { Chart } from '../chart.tsx';
import type { Band, Mark } from '../chartDrawing.ts';
import { number } from '../format.ts';
import { t } from '../i18n/i18n.ts';
import { keyOf } from '../state.ts';
import { useLoaded } from '../useLoaded.ts';
import { eventMarks } from './eventMarks.ts';
import { lifeFan } from './lifeFan.ts';
import { stateBands } from './stateBands.ts';
import { TrendControls } from './trendControls.tsx';
import { endOf, loadStates, loadTrends, type Trend, type TrendSelection } from './trendLoad.ts';
import { FIRST_WINDOW, type TrendWindow, zoomTo } from './trendWindow.ts';

const SHORT_S = 7200;
const SLOW_TICKS = 12;
const MOST_EVENTS = 200;

interface TrendsProps {
  machine: MachineView;
  /** Changes with the machine's alerts. */
  alerts: readonly unknown[];
  ticks: number;
}

/** Trends of a machine over one time window: health index, features of each vibration point, and process values. */
export function Trends({ machine, alerts, ticks }: TrendsProps) {
  const selection = useSignal<TrendSelection>({ window: FIRST_WINDOW, fields: [], comparison: null });
  const { window } = selection.value;
  // A week of data, or the past, is not reloaded every five seconds.
  const due = window.endMs !== null ? 0 : window.rangeS > SHORT_S ? Math.floor(ticks / SLOW_TICKS) : ticks;
  const points = machine.points.join();
  const trends = useLoaded(() => loadTrends(machine, selection.value), [points, due, selection.value]);
  const states = useLoaded(() => loadStates(machine, window), [due, window]);
  const events = useLoaded(() => loadEvents(machine), [alerts]);
  const marks = useMemo(() => events.value.value ?? [], [events.value.value]);
  const bands = useMemo(() => (states.value.value ? stateBands(states.value.value) : []), [states.value.value]);
  const loaded = trends.value.value ?? [];
  const range = rangeOf(machine, window, loaded);
  return (
    <section aria-labelledby="trends-title">
      <h3 id="trends-title">{t('Trends')}</h3>
      {trends.error.value && <p role="alert">{trends.error.value}</p>}
      <TrendControls machine={machine} wanted={selection} />
      <div class="charts">
        {loaded.map((trend) => (
          <TrendChart
            key={trend.title}
            trend={trend}
            machine={machine}
            marks={marks}
            bands={bands}
            range={range}
            onZoom={(dragged) => (selection.value = { ...selection.value, window: zoomTo(dragged) })}
          />
        ))}
      </div>
    </section>
  );
}

/** The machine's alerts, including closed ones, their findings, and its work orders. */
async function loadEvents({ health }: MachineView): Promise<Mark[]> {
  const { site, asset } = health;
  const isOwn = (one: Parameters<typeof keyOf>[0]) => keyOf(one) === keyOf(health);
  const [alerts, orders] = await Promise.all([
    api.alertPage({ state: 'all', site, asset, limit: MOST_EVENTS }),
    api.allWorkOrders(site),
  ]);
  return eventMarks(alerts.filter(isOwn), orders.filter(isOwn));
}

/**
 * The same range for all trends, so that they can be compared: the window, from its first value on. A machine that was
 * connected a minute ago would otherwise show an empty quarter of an hour.
 */
function rangeOf(machine: MachineView, window: TrendWindow, trends: readonly Trend[]): [number, number] {
  const to = endOf(machine, window) / 1000;
  const firstMs = Math.min(...trends.flatMap(({ columns }) => columns.timeMs.slice(0, 1)));
  const from = to - window.rangeS;
  const isFollowing = window.endMs === null && Number.isFinite(firstMs);
  return [isFollowing ? Math.max(from, Math.min(firstMs / 1000, to - LEAST_SHOWN_S)) : from, to];
}
const LEAST_SHOWN_S = 60;

interface TrendChartProps {
  trend: Trend;
  machine: MachineView;
  marks: Mark[];
  bands: Band[];
  range: readonly [number, number];
  onZoom: (range: [number, number]) => void;
}

function TrendChart({ trend, machine, marks, bands, range: [from, to], onZoom }: TrendChartProps) {
  const { title, unit, columns, drawn, compared, levels } = trend;
  // As far ahead as the trend goes back: a prediction of a month would squeeze the last quarter of an hour.
  const fan = trend.isIndex === true ? lifeFan(machine, to - from) : undefined;
  const x = useMemo(() => columns.timeMs.map((ms) => ms / 1000), [columns]);
  return (
    <Chart
      title={title}
      unit={unit}
      note={[compared && t('second curve: comparison'), fan && t('fan: predicted, 90 % interval')]
        .filter(Boolean)
        .join('; ')}
      whyEmpty={trend.whyEmpty}
      levels={levels}
      marks={marks}
      bands={bands}
      fan={fan}
      range={[from, Math.max(to, fan?.x.at(-1) ?? 0)]}
      xIsTime
      x={x}
      y={columns[drawn]}
      compared={compared ?? undefined}
      summary={summaryOf(trend)}
      onZoom={onZoom}
    />
  );
}

function summaryOf({ columns, drawn }: Trend): string {
  const last = columns[drawn].at(-1);
  return last === undefined
    ? t('No values in this range.')
    : t('Now {{last}}, highest {{max}}.', { last: number(last), max: number(Math.max(...columns.max)) });
}
