import { useSignal } from '@preact/signals';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Columns, MachineView } from '#models/contracts/api.ts';
import { api } from '../api.ts';
import { Chart, type Level, type Mark } from '../chart.tsx';
import { duration, number } from '../format.ts';
import { sentence, t, term } from '../i18n/i18n.ts';
import { convert, type Shown } from '../units.ts';
import { useLoaded } from '../useLoaded.ts';
import { FEATURES, FIRST_FIELDS, featureOf, shownOfFeature } from './features.ts';

const RANGES_S = [900, 7200, 86_400, 7 * 86_400, 30 * 86_400];
const SHORT_S = 7200;
const SLOW_TICKS = 12;
const WEEK_MS = 7 * 86_400_000;

interface Trend {
  title: string;
  unit: string;
  columns: Columns;
  /**
   * The value drawn per interval: the maximum for vibration, so that no impact is lost; the mean for a process value.
   */
  drawn: 'mean' | 'max';
  /** The previous week, shifted to the times of this one. */
  weekBefore: Columns | null;
  levels: Level[];
  /** The reason for a curve without values; absent if unknown. */
  whyEmpty?: string;
}

interface Wanted {
  rangeS: number;
  /** Null selects velocity where it is computed, otherwise RMS. */
  field: string | null;
  withWeekBefore: boolean;
}

/** Trends of a machine: health index, one feature of each vibration point, and process values. */
export function Trends({ machine, alerts, ticks }: { machine: MachineView; alerts: AlertRecord[]; ticks: number }) {
  const wanted = useSignal<Wanted>({ rangeS: RANGES_S[0], field: null, withWeekBefore: false });
  const change = (part: Partial<Wanted>) => (wanted.value = { ...wanted.value, ...part });
  // A week of data is not reloaded every five seconds.
  const due = wanted.value.rangeS > SHORT_S ? Math.floor(ticks / SLOW_TICKS) : ticks;
  const loaded = useLoaded(() => loadTrends(machine, wanted.value), [machine.points.join(), due, wanted.value]);
  const { rangeS, field, withWeekBefore } = wanted.value;
  return (
    <section aria-labelledby="trends-title">
      <h3 id="trends-title">{t('Trends')}</h3>
      {loaded.error.value && <p role="alert">{loaded.error.value}</p>}
      <div class="controls">
        <fieldset class="ranges">
          <legend>{t('Time range: last')}</legend>
          {RANGES_S.map((s) => (
            <label key={s}>
              <input type="radio" name="range" checked={rangeS === s} onChange={() => change({ rangeS: s })} />
              {duration(s)}
            </label>
          ))}
        </fieldset>
        <label>
          {t('Vibration feature')}{' '}
          <select value={field ?? ''} onChange={(e) => change({ field: e.currentTarget.value || null })}>
            <option value="">{t('velocity RMS, or RMS')}</option>
            {FEATURES.map((f) => (
              <option key={f.field} value={f.field}>
                {f.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={withWeekBefore}
            onChange={(e) => change({ withWeekBefore: e.currentTarget.checked })}
          />{' '}
          {t('Beside the week before')}
        </label>
      </div>
      <div class="charts">
        {(loaded.value.value ?? []).map((trend) => (
          <TrendChart key={trend.title} trend={trend} marks={alertMarks(alerts)} />
        ))}
      </div>
    </section>
  );
}

function TrendChart({ trend, marks }: { trend: Trend; marks: Mark[] }) {
  const { title, unit, columns, drawn, weekBefore, levels } = trend;
  const before = weekBefore && nearestValues(weekBefore.timeMs, weekBefore[drawn], columns.timeMs);
  return (
    <Chart
      title={title}
      unit={unit}
      note={before ? t('second curve: previous week') : undefined}
      whyEmpty={trend.whyEmpty}
      levels={levels}
      marks={marks}
      xIsTime
      x={columns.timeMs.map((ms) => ms / 1000)}
      y={columns[drawn]}
      compared={before ?? undefined}
      summary={summaryOf(columns, drawn)}
    />
  );
}

function summaryOf(columns: Columns, drawn: Trend['drawn']): string {
  const last = columns[drawn].at(-1);
  return last === undefined
    ? t('No values in this range.')
    : t('Now {{last}}, highest {{max}}.', { last: number(last), max: number(Math.max(...columns.max)) });
}

const alertMarks = (alerts: readonly AlertRecord[]): Mark[] =>
  alerts.map((a) => ({
    x: a.raisedAtMs / 1000,
    name: term(a.evidence.diagnosis.fault),
    kind: 'cursor',
  }));

/** For each time, the nearest value of another curve one week earlier; null if none is within two of its steps. */
function nearestValues(
  timeMs: readonly number[],
  values: readonly number[],
  wantedMs: readonly number[],
): (number | null)[] {
  const step = timeMs.length > 1 ? (timeMs[timeMs.length - 1] - timeMs[0]) / (timeMs.length - 1) : 0;
  let i = 0;
  return wantedMs.map((ms) => {
    const target = ms - WEEK_MS;
    while (i + 1 < timeMs.length && Math.abs(timeMs[i + 1] - target) <= Math.abs(timeMs[i] - target)) i++;
    return i < timeMs.length && Math.abs(timeMs[i] - target) <= 2 * step ? values[i] : null;
  });
}

async function loadTrends(machine: MachineView, wanted: Wanted): Promise<Trend[]> {
  const { points, waveforms } = machine;
  const index = loadTrend(machine, wanted, { measurement: 'millwright_health', field: 'index' }).then((curves) => ({
    ...curves,
    title: t('Health index'),
    unit: t('× alert limit'),
    drawn: 'max' as const,
    whyEmpty: whyNoIndex(machine),
    levels: [{ y: 1, name: t('alert'), tone: 'bad' as const }],
  }));
  const ofPoints = points.map((point) =>
    waveforms.includes(point) ? vibrationTrend(machine, point, wanted) : processTrend(machine, point, wanted),
  );
  return Promise.all([index, ...ofPoints]);
}

const NOT_MADE = t(
  'No values in this range: no data arrived, or this feature is not available (a bearing, teeth or blades must be configured, and the speed known).',
);

/** Why a machine has no index: the reasons of its points that are not assessed. */
function whyNoIndex({ health }: MachineView): string {
  const reasons = health.points.flatMap((p) =>
    p.assessment === 'assessed' ? [] : [`${sentence(p.reason)} (${sentence(p.remedy)})`],
  );
  return t('No index in this range{{reasons}}.', {
    reasons: reasons.length > 0 ? `: ${[...new Set(reasons)].join('; ')}` : '',
  });
}

async function vibrationTrend(machine: MachineView, point: string, wanted: Wanted): Promise<Trend> {
  const fields = wanted.field === null ? FIRST_FIELDS : [wanted.field];
  let trend: Trend | null = null;
  for (const field of fields) {
    const feature = featureOf(field);
    const curves = await loadTrend(machine, wanted, { measurement: 'millwright_features', point, field });
    const levels = levelsOf(machine, point, field);
    trend = {
      title: `${point} ${feature.label}`,
      drawn: 'max',
      whyEmpty: NOT_MADE,
      ...inUnit(shownOfFeature(field, machine.units[point]), curves, levels),
    };
    if (curves.columns.timeMs.length > 0) break;
  }
  return trend as Trend;
}

async function processTrend(machine: MachineView, point: string, wanted: Wanted): Promise<Trend> {
  const curves = await loadTrend(machine, wanted, { measurement: 'millwright_features', point, field: 'mean' });
  return {
    title: point,
    drawn: 'mean',
    ...inUnit(shownOfFeature('mean', machine.units[point]), curves, levelsOf(machine, point, 'mean')),
  };
}

/** Curves and their levels in the reader's unit. */
function inUnit(shown: Shown, { columns, weekBefore }: Curves, levels: readonly Level[]) {
  const all = (values: number[]) => values.map((value) => convert(shown, value));
  const curve = ({ timeMs, mean, max }: Columns): Columns => ({ timeMs, mean: all(mean), max: all(max) });
  return {
    unit: shown.text,
    columns: curve(columns),
    weekBefore: weekBefore && curve(weekBefore),
    levels: levels.map((level) => ({ ...level, y: convert(shown, level.y) })),
  };
}

type Curves = Pick<Trend, 'columns' | 'weekBefore'>;
type Field = Pick<Parameters<typeof api.series>[0], 'measurement' | 'point' | 'field'>;

/** Anchored at the machine's latest data, not the clock: a replayed recording may be years old. */
async function loadTrend({ health }: MachineView, { rangeS, withWeekBefore }: Wanted, field: Field) {
  const { site, edge, asset } = health;
  const toMs = health.timeMs + 1000;
  const read = (endMs: number) =>
    api.series({ site, edge, asset, ...field, fromMs: endMs - rangeS * 1000, toMs: endMs });
  const [columns, weekBefore] = await Promise.all([read(toMs), withWeekBefore ? read(toMs - WEEK_MS) : null]);
  return { columns, weekBefore };
}

/** Reference lines of a value: the ISO 20816 zones of a velocity, and the machine's baseline. */
function levelsOf({ health }: MachineView, point: string, field: string): Level[] {
  const levels: Level[] = [];
  const limits = field === 'velocityRmsMmPerS' ? health.iso?.limitsMmPerS : undefined;
  limits?.forEach((y, i) => {
    levels.push({
      y,
      name: t('zone {{zone}}', { zone: 'BCD'[i] }),
      tone: i === 0 ? 'quiet' : i === 1 ? 'warn' : 'bad',
    });
  });
  const own = health.points.find((p) => p.point === point);
  const normal = own?.assessment === 'assessed' && own.contributions.find((c) => c.feature === field)?.normal;
  if (typeof normal === 'number') levels.push({ y: normal, name: t('normal'), tone: 'quiet' });
  return levels;
}
