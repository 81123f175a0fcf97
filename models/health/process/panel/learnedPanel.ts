import { QUIET, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { Detector } from '../../detector.ts';
import { columnStandards } from '../rowMethod.ts';
import { MemberSet, type MemberSnapshots } from './memberSet.ts';
import { deseasonalised, findSeason, SeasonFollower, type SeasonSnapshot } from './season.ts';
import { States, type StatesSnapshot } from './states.ts';
import { Missing, type RunsSnapshot } from './stuck.ts';

/** Channels with at most this many values, held for more than this part of the rows, are commands or states. */
const MAX_STATES = 10;
const HELD_ROWS = 0.8;

/** The detector of the level, and how its index becomes a verdict. */
export interface Base<Method extends string> {
  method: Method;
  detector: Detector<unknown>;
  trigger: TriggerSettings;
}

/** Makes the detector of the level: learned from deseasonalised rows, or resumed from its snapshot. */
export interface BaseMaker<Method extends string> {
  learn(training: Float64Array[]): Base<Method>;
  restore(method: Method, snapshot: unknown): Base<Method>;
}

/** What a panel has learned, and its running state. */
export interface LearnedPanel<Method extends string> {
  base: Base<Method>;
  members: MemberSet;
  missing: Missing;
  states: States;
  seasons: (SeasonFollower | null)[];
  normal: Float64Array;
  /** The last value of each channel. */
  carried: Float64Array;
  rows: number;
  trigger: TriggerState;
}

export interface PanelSnapshot<Method extends string = string> {
  /** Rows collected for learning; empty once learned. */
  learning: Float64Array[];
  learned:
    | (Pick<LearnedPanel<Method>, 'normal' | 'carried' | 'rows' | 'trigger'> & {
        base: { method: Method; detector: unknown };
        members: MemberSnapshots;
        missing: RunsSnapshot;
        states: StatesSnapshot;
        seasons: (SeasonSnapshot | null)[];
      })
    | null;
}

/**
 * Learns the panel: the level's detector, the members, each with its part of the false-alarm budget, and the seasons.
 * @param training rows with one value per channel, oldest first; NaN: missing.
 * @param base makes the detector that judges the level.
 */
export function learnPanel<Method extends string>(
  training: readonly Float64Array[],
  base: BaseMaker<Method>,
): LearnedPanel<Method> {
  const whole = forwardFill(training);
  const width = whole[0].length;
  const columns = Array.from({ length: width }, (_, c) => Float64Array.from(whole, (row) => row[c]));
  const measured = columns.map((column) => !isState(column));
  const seasons = columns.map((column, c) => (measured[c] ? findSeason(column) : null));
  const without = columns.map((column, c) => {
    const season = seasons[c];
    return season ? deseasonalised(column, season) : column;
  });
  const rows = whole.map((_, t) => Float64Array.from(without, (column) => column[t]));
  return {
    base: base.learn(rows),
    members: MemberSet.learn({ whole, without: rows }, measured),
    missing: Missing.learn(training),
    states: States.learn(
      whole,
      measured.map((one) => !one),
    ),
    seasons: seasons.map((season, c) => season && SeasonFollower.learn(season, without[c])),
    normal: columnStandards(whole).mean,
    carried: whole[whole.length - 1],
    rows: whole.length,
    trigger: QUIET,
  };
}

/** The state of a learned panel, for storage; `restored` is its inverse. */
export function snapshotOf<Method extends string>(learned: LearnedPanel<Method>): PanelSnapshot<Method>['learned'] {
  const { base, normal, carried, rows, trigger } = learned;
  return {
    base: { method: base.method, detector: base.detector.snapshot() },
    members: learned.members.snapshot(),
    missing: learned.missing.snapshot(),
    states: learned.states.snapshot(),
    seasons: learned.seasons.map((season) => season?.snapshot() ?? null),
    normal,
    carried,
    rows,
    trigger,
  };
}

/**
 * A learned panel from its stored state.
 * @param base makes the detector that judges the level, from the stored name and state.
 */
export function restored<Method extends string>(
  snapshot: NonNullable<PanelSnapshot<Method>['learned']>,
  base: BaseMaker<Method>,
): LearnedPanel<Method> {
  const { normal, carried, rows, trigger } = snapshot;
  return {
    base: base.restore(snapshot.base.method, snapshot.base.detector),
    members: new MemberSet(snapshot.members),
    missing: new Missing(snapshot.missing),
    states: new States(snapshot.states),
    seasons: snapshot.seasons.map((season) => season && new SeasonFollower(season)),
    normal,
    carried,
    rows,
    trigger,
  };
}

/** The row with missing values carried forward, and the same deseasonalised. */
export function viewsOf(row: Float64Array, { carried, seasons, rows }: LearnedPanel<string>) {
  const whole = new Float64Array(row.length);
  const without = new Float64Array(row.length);
  for (let c = 0; c < row.length; c++) {
    whole[c] = Number.isNaN(row[c]) ? carried[c] : row[c];
    without[c] = whole[c] - (seasons[c]?.at(rows) ?? 0);
  }
  return { whole, without };
}

/** Fills empty cells with the value above, at the top with the first below, or with 0 if there is none. */
function forwardFill(rows: readonly Float64Array[]): Float64Array[] {
  let last = rows[0].map((v, c) => (Number.isNaN(v) ? (rows.find((row) => !Number.isNaN(row[c]))?.[c] ?? 0) : v));
  return rows.map((row) => {
    last = row.map((v, c) => (Number.isNaN(v) ? last[c] : v));
    return last;
  });
}

/** Whether a channel is a command, a state or a setting: a few values, held. */
export function isState(column: Float64Array): boolean {
  let held = 0;
  for (let t = 1; t < column.length; t++) if (column[t] === column[t - 1]) held++;
  return held > HELD_ROWS * column.length && new Set(column).size <= MAX_STATES;
}
