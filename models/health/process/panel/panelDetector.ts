import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import { type Detector, type Score, stillLearning, type Unassessable } from '../../detector.ts';
import { columnStandards, leadingChannels } from '../rowMethod.ts';
import type { PanelMember } from './member.ts';
import { Relation, type RelationSnapshot } from './relation.ts';
import { deseasonalised, findSeason, SeasonFollower, type SeasonSnapshot } from './season.ts';
import { Spread, type SpreadSnapshot } from './spread.ts';
import { Missing, type RunsSnapshot, Stuck, type StuckSnapshot } from './stuck.ts';
import { Sudden, type SuddenSnapshot } from './sudden.ts';

/** Chance that a normal row brings any member over its limit in any channel; the level has its own limit. */
const ALPHA = 1e-4;
/** Rows of a value's recent past: the short one follows what wanders, the long one sees steps and humps. */
const SHORT = 5;
const LONG = 41;
/** Channels with no more values than these, each held for longer than this part of its rows, are commands or states. */
const MOST_STATES = 10;
const HELD_ROWS = 0.8;

/** What a member watches. */
export interface Watch {
  member: string;
  channels: number;
  /** Of each of them the smallest change that it could see, and in what it is measured. */
  sizes: PanelMember['sizes'];
  visible: Record<string, number>;
}

export type PanelScore = Extract<Score, { assessable: true }> & {
  /** Members whose limit the row exceeds, and channels that have no value in it. */
  by: string[];
  missing: string[];
};

/** The detector of the level, and how its index becomes a verdict. */
interface Base<Method extends string> {
  method: Method;
  detector: Detector<unknown>;
  trigger: TriggerSettings;
}

/** Makes the detector of the level: one that learns from rows without seasons, or one that goes on from its snapshot. */
export interface BaseMaker<Method extends string> {
  learn(training: Float64Array[]): Base<Method>;
  restore(method: Method, snapshot: unknown): Base<Method>;
}

/** What a panel has learned, and where it stands. */
interface Learned<Method extends string> {
  base: Base<Method>;
  sudden: Sudden;
  steps: Sudden;
  spread: Spread;
  stuck: Stuck;
  relation: Relation;
  missing: Missing;
  seasons: (SeasonFollower | null)[];
  normal: Float64Array;
  /** The last value of each channel. */
  carried: Float64Array;
  rows: number;
  trigger: TriggerState;
}

export interface PanelSnapshot<Method extends string = string> {
  /** Rows that it is learning from; none once it has learned. */
  learning: Float64Array[];
  learned:
    | (Pick<Learned<Method>, 'normal' | 'carried' | 'rows' | 'trigger'> & {
        base: { method: Method; detector: unknown };
        sudden: SuddenSnapshot;
        steps: SuddenSnapshot;
        spread: SpreadSnapshot;
        stuck: StuckSnapshot;
        relation: RelationSnapshot;
        missing: RunsSnapshot;
        seasons: (SeasonSnapshot | null)[];
      })
    | null;
}

/**
 * Detectors of different kinds that share one chance of a false alarm: Bonferroni's part of it for each member and
 * channel. The level is judged by a detector of its own (`base`); members look at values without their season. What is
 * missing in a row is NaN.
 */
export class PanelDetector<Method extends string = string> implements Detector<PanelSnapshot<Method>> {
  readonly #names: readonly string[];
  readonly #learnRows: number;
  readonly #base: BaseMaker<Method>;
  #learning: Float64Array[] = [];
  #learned: Learned<Method> | null = null;
  /** The verdict on the row that was scored last: `learn` of the same row takes it. */
  #latest: {
    row: ArrayLike<number>;
    values: Float64Array;
    verdict: PanelScore;
    base: number;
    whole: Float64Array;
    without: Float64Array;
  } | null = null;

  constructor(names: readonly string[], learnRows: number, base: BaseMaker<Method>, snapshot?: PanelSnapshot<Method>) {
    this.#names = names;
    this.#learnRows = learnRows;
    this.#base = base;
    if (!snapshot) return;
    this.#learning = [...snapshot.learning];
    this.#learned = snapshot.learned && restored(snapshot.learned, base);
  }

  /** Of the level; null while it learns. */
  get method(): Method | null {
    return this.#learned?.base.method ?? null;
  }

  /** What is watched, and what could be seen. */
  watches(): Watch[] {
    if (!this.#learned) return [];
    return membersOf(this.#learned).map(({ member }) => {
      const visible = member.visible();
      const known = visible.flatMap((v, c) =>
        v === null ? [] : [[this.#names[c], Number(v.toPrecision(3))] as const],
      );
      return { member: member.name, sizes: member.sizes, channels: known.length, visible: Object.fromEntries(known) };
    });
  }

  /** Periods of the seasons that were found, in rows. */
  seasons(): Record<string, number> {
    const seasons = this.#learned?.seasons ?? [];
    return Object.fromEntries(seasons.flatMap((s, c) => (s ? [[this.#names[c], s.period] as const] : [])));
  }

  score(row: ArrayLike<number>): PanelScore | Unassessable {
    const learned = this.#learned;
    if (!learned) return stillLearning(this.#learnRows - this.#learning.length);
    const values = new Float64Array(row);
    const { whole, without } = viewsOf(values, learned);
    const base = learned.base.detector.score(without);
    if (!base.assessable) return base;
    const { on } = stepTrigger(learned.trigger, base.index, learned.base.trigger);
    // What the level's trigger holds back stays below the limit, what it holds on to above.
    let index = on ? Math.max(1, base.index) : Math.min(base.index, 0.999);
    let leading = base.contributions;
    const by: string[] = on ? [learned.base.method] : [];
    const take = (name: string, ratios: Float64Array) => {
      let worst = 0;
      for (const ratio of ratios) if (ratio > worst) worst = ratio;
      if (worst >= 1 && !by.includes(name)) by.push(name);
      if (worst <= index) return;
      index = worst;
      leading = leadingChannels(ratios.map((r) => r * r)).map((c) => ({
        feature: this.#names[c],
        value: whole[c],
        normal: learned.normal[c],
      }));
    };
    for (const { member, seasonal } of membersOf(learned)) take(member.name, member.ratios(seasonal ? whole : without));
    take('missing', learned.missing.ratios(values));
    const missing = this.#names.filter((_, c) => Number.isNaN(values[c]));
    const verdict: PanelScore = { assessable: true, index, contributions: leading, by, missing };
    this.#latest = { row, values, verdict, base: base.index, whole, without };
    return verdict;
  }

  /** @throws RangeError where there are too few rows for the detector of the level when the last of them has come. */
  learn(row: ArrayLike<number>): void {
    const learned = this.#learned;
    if (!learned) {
      this.#learning.push(Float64Array.from(row));
      if (this.#learning.length === this.#learnRows) this.#settle();
      return;
    }
    if (this.#latest?.row !== row) this.score(row);
    const latest = this.#latest;
    if (latest === null) throw new Error('a row that was scored has no verdict');
    this.#latest = null;
    const { values, whole, without } = latest;
    // A fault is no season.
    const normal = latest.verdict.index < 1;
    learned.seasons.forEach((season, c) => {
      if (normal) season?.follow(learned.rows, without[c]);
    });
    learned.trigger = stepTrigger(learned.trigger, latest.base, learned.base.trigger);
    learned.base.detector.learn(without);
    for (const { member, seasonal } of membersOf(learned)) member.push(seasonal ? whole : without);
    learned.missing.push(values);
    learned.carried = whole;
    learned.rows++;
  }

  /** The verdict on a row, which is then learned from. @throws Error where it cannot be assessed. */
  judge(row: Float64Array): PanelScore {
    const score = this.score(row);
    if (!score.assessable) throw new Error(`${score.reason}: ${score.remedy}`);
    this.learn(row);
    return score;
  }

  snapshot(): PanelSnapshot<Method> {
    return { learning: [...this.#learning], learned: this.#learned && snapshotOf(this.#learned) };
  }

  #settle(): void {
    this.#learned = learnedFrom(this.#learning, this.#base);
    this.#learning = [];
  }
}

/** @param training rows in which what is missing is NaN. */
function learnedFrom<Method extends string>(
  training: readonly Float64Array[],
  base: BaseMaker<Method>,
): Learned<Method> {
  const whole = carriedOn(training);
  const width = whole[0].length;
  const columns = Array.from({ length: width }, (_, c) => Float64Array.from(whole, (row) => row[c]));
  const measured = columns.map((column) => !isState(column));
  const seasons = columns.map((column, c) => (measured[c] ? findSeason(column) : null));
  const without = columns.map((column, c) => {
    const season = seasons[c];
    return season ? deseasonalised(column, season) : column;
  });
  const rows = whole.map((_, t) => Float64Array.from(without, (column) => column[t]));
  const part = ALPHA / (5 * width);
  return {
    base: base.learn(rows),
    sudden: Sudden.learn(rows, measured, part, SHORT, false),
    steps: Sudden.learn(rows, measured, part, LONG, true),
    spread: Spread.learn(rows, measured, part),
    stuck: Stuck.learn(whole, measured, part),
    relation: Relation.learn(whole, measured, part),
    missing: Missing.learn(training),
    seasons: seasons.map((season, c) => season && SeasonFollower.learn(season, without[c])),
    normal: columnStandards(whole).mean,
    carried: whole[whole.length - 1],
    rows: whole.length,
    trigger: QUIET,
  };
}

function snapshotOf<Method extends string>(learned: Learned<Method>): PanelSnapshot<Method>['learned'] {
  const { base, normal, carried, rows, trigger } = learned;
  return {
    base: { method: base.method, detector: base.detector.snapshot() },
    sudden: learned.sudden.snapshot(),
    steps: learned.steps.snapshot(),
    spread: learned.spread.snapshot(),
    stuck: learned.stuck.snapshot(),
    relation: learned.relation.snapshot(),
    missing: learned.missing.snapshot(),
    seasons: learned.seasons.map((season) => season?.snapshot() ?? null),
    normal,
    carried,
    rows,
    trigger,
  };
}

function restored<Method extends string>(
  snapshot: NonNullable<PanelSnapshot<Method>['learned']>,
  base: BaseMaker<Method>,
): Learned<Method> {
  const { normal, carried, rows, trigger } = snapshot;
  return {
    base: base.restore(snapshot.base.method, snapshot.base.detector),
    sudden: new Sudden(snapshot.sudden),
    steps: new Sudden(snapshot.steps),
    spread: new Spread(snapshot.spread),
    stuck: new Stuck(snapshot.stuck),
    relation: new Relation(snapshot.relation),
    missing: new Missing(snapshot.missing),
    seasons: snapshot.seasons.map((season) => season && new SeasonFollower(season)),
    normal,
    carried,
    rows,
    trigger,
  };
}

/** The members, and whether they look at values with their season. */
function membersOf({ sudden, steps, spread, stuck, relation }: Learned<string>) {
  return [
    { member: sudden, seasonal: false },
    { member: steps, seasonal: false },
    { member: spread, seasonal: false },
    { member: stuck, seasonal: true },
    { member: relation, seasonal: true },
  ] satisfies { member: PanelMember; seasonal: boolean }[];
}

/** The row with what is missing carried on, and that without its seasons. */
function viewsOf(row: Float64Array, { carried, seasons, rows }: Learned<string>) {
  const whole = row.map((v, c) => (Number.isNaN(v) ? carried[c] : v));
  const without = whole.map((v, c) => {
    const season = seasons[c];
    return season ? v - season.at(rows) : v;
  });
  return { whole, without };
}

/** Cells that are empty take the value above them, those at the top the first below. */
function carriedOn(rows: readonly Float64Array[]): Float64Array[] {
  let last = rows[0].map((v, c) => (Number.isNaN(v) ? (rows.find((row) => !Number.isNaN(row[c]))?.[c] ?? 0) : v));
  return rows.map((row) => {
    last = row.map((v, c) => (Number.isNaN(v) ? last[c] : v));
    return last;
  });
}

/** A command, a state or a setting: a few values, held. */
function isState(column: Float64Array): boolean {
  let held = 0;
  for (let t = 1; t < column.length; t++) if (column[t] === column[t - 1]) held++;
  return held > HELD_ROWS * column.length && new Set(column).size <= MOST_STATES;
}
