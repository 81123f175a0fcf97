import type { Columns, MachineView } from '#models/contracts/api.ts';
import { api } from '../api.ts';
import type { Level } from '../chartDrawing.ts';
import { sentence, t } from '../i18n/i18n.ts';
import { pointName } from '../pointName.ts';
import { convert, type Shown } from '../units.ts';
import { FIRST_FIELDS, featureOf, shownOfFeature } from './features.ts';
import type { TrendWindow } from './trendWindow.ts';

const WEEK_MS = 7 * 86_400_000;

export interface Trend {
  title: string;
  unit: string;
  columns: Columns;
  /**
   * The value drawn per interval: the maximum for vibration, so that no impact is lost; the mean for a process value.
   */
  drawn: 'mean' | 'max';
  /** The second curve at the times of the first; null: nothing to compare with. */
  compared: (number | null)[] | null;
  levels: Level[];
  /** The reason for a curve without values; absent if unknown. */
  whyEmpty?: string;
  isIndex?: boolean;
}

export interface TrendSelection {
  window: TrendWindow;
  /** Features of vibration points; none: velocity where it is computed, otherwise RMS. */
  fields: readonly string[];
  comparison: Comparison;
}

/** What the second curve is: the same machine a week before, or another machine at the same time. */
export type Comparison = null | 'week' | MachineView['health'];

/** Anchored at the machine's latest data, not the clock: a replayed recording may be years old. */
export const endOf = ({ health }: MachineView, { endMs }: TrendWindow): number => endMs ?? health.timeMs + 1000;

/** For each time, the nearest value of another curve that is `shiftMs` earlier; null if none is within two of its steps. */
function nearestValues(
  timeMs: readonly number[],
  values: readonly number[],
  atMs: readonly number[],
  shiftMs: number,
): (number | null)[] {
  const step = timeMs.length > 1 ? (timeMs[timeMs.length - 1] - timeMs[0]) / (timeMs.length - 1) : 0;
  let i = 0;
  return atMs.map((ms) => {
    const target = ms - shiftMs;
    while (i + 1 < timeMs.length && Math.abs(timeMs[i + 1] - target) <= Math.abs(timeMs[i] - target)) i++;
    return i < timeMs.length && Math.abs(timeMs[i] - target) <= 2 * step ? values[i] : null;
  });
}

/** Trends of the health index, of each vibration point by feature, and of process values. */
export async function loadTrends(machine: MachineView, selection: TrendSelection): Promise<Trend[]> {
  const { points, waveforms } = machine;
  const index = loadTrend(machine, selection, { measurement: 'millwright_health', field: 'index' }).then((curves) => ({
    ...inUnit(
      { text: t('× alert limit'), scale: 1, offset: 0 },
      curves,
      [{ y: 1, name: t('alert'), tone: 'bad' }],
      'max',
    ),
    title: t('Health index'),
    whyEmpty: whyNoIndex(machine),
    isIndex: true,
  }));
  const ofPoints = points.flatMap((point) => {
    if (!waveforms.includes(point)) return processTrend(machine, point, selection);
    const choices = selection.fields.length === 0 ? [FIRST_FIELDS] : selection.fields.map((field) => [field]);
    return choices.map((fields) => vibrationTrend(machine, point, selection, fields));
  });
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

/** @param fields in order of preference: the first one with values is shown. */
async function vibrationTrend(
  machine: MachineView,
  point: string,
  selection: TrendSelection,
  fields: readonly string[],
): Promise<Trend> {
  let trend: Trend | null = null;
  for (const field of fields) {
    const feature = featureOf(field);
    const curves = await loadTrend(machine, selection, { measurement: 'millwright_features', point, field });
    const levels = levelsOf(machine, point, field);
    trend = {
      title: `${pointName(machine.health, point)} ${feature.label}`,
      whyEmpty: NOT_MADE,
      ...inUnit(shownOfFeature(field, machine.units[point]), curves, levels, 'max'),
    };
    if (curves.columns.timeMs.length > 0) break;
  }
  return trend as Trend;
}

async function processTrend(machine: MachineView, point: string, selection: TrendSelection): Promise<Trend> {
  const curves = await loadTrend(machine, selection, { measurement: 'millwright_features', point, field: 'mean' });
  return {
    title: pointName(machine.health, point),
    ...inUnit(shownOfFeature('mean', machine.units[point]), curves, levelsOf(machine, point, 'mean'), 'mean'),
  };
}

/** Curves and their levels in the reader's unit. */
function inUnit(shown: Shown, { columns, other, shiftMs }: Curves, levels: readonly Level[], drawn: Trend['drawn']) {
  const all = (values: number[]) => values.map((value) => convert(shown, value));
  const compared = other && nearestValues(other.timeMs, all(other[drawn]), columns.timeMs, shiftMs);
  return {
    unit: shown.text,
    drawn,
    columns: { timeMs: columns.timeMs, mean: all(columns.mean), max: all(columns.max) },
    compared: compared?.some((value) => value !== null) ? compared : null,
    levels: levels.map((level) => ({ ...level, y: convert(shown, level.y) })),
  };
}

interface Curves {
  columns: Columns;
  other: Columns | null;
  shiftMs: number;
}
type Field = Pick<Parameters<typeof api.series>[0], 'measurement' | 'point' | 'field'>;

async function loadTrend(machine: MachineView, { window, comparison }: TrendSelection, field: Field): Promise<Curves> {
  const toMs = endOf(machine, window);
  const read = ({ site, edge, asset }: MachineView['health'], endMs: number) =>
    api.series({ site, edge, asset, ...field, fromMs: endMs - window.rangeS * 1000, toMs: endMs });
  const shiftMs = comparison === 'week' ? WEEK_MS : 0;
  const from = comparison === 'week' ? machine.health : comparison;
  const [columns, other] = await Promise.all([read(machine.health, toMs), from && read(from, toMs - shiftMs)]);
  return { columns, other, shiftMs };
}

/** The machine's operating states over time; empty if it has only one. */
export const loadStates = ({ health, ...machine }: MachineView, window: TrendWindow): Promise<Columns> => {
  const { site, edge, asset } = health;
  const toMs = endOf({ health, ...machine }, window);
  const of = { measurement: 'millwright_health', site, edge, asset, field: 'operatingState' } as const;
  return api.series({ ...of, fromMs: toMs - window.rangeS * 1000, toMs });
};

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
