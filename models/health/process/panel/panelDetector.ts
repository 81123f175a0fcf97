import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { Detector, Score } from '../../detector.ts';
import { columnStandards, leadingChannels } from '../rowMethod.ts';
import type { PanelMember } from './member.ts';
import { Relation } from './relation.ts';
import { deseasonalised, findSeason, SeasonFollower } from './season.ts';
import { Spread } from './spread.ts';
import { Missing, Stuck } from './stuck.ts';
import { Sudden } from './sudden.ts';

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

interface Base {
  method: string;
  detector: Pick<Detector<unknown>, 'score' | 'learn'>;
  trigger: TriggerSettings;
}

/**
 * Detectors of different kinds that share one chance of a false alarm: Bonferroni's part of it for each member and
 * channel. The level is judged by a detector of its own (`base`); members look at values without their season.
 */
export class PanelDetector {
  readonly #names: readonly string[];
  readonly #base: Base;
  readonly #members: { member: PanelMember; seasonal: boolean }[];
  readonly #missing: Missing;
  readonly #seasons: (SeasonFollower | null)[];
  readonly #normal: Float64Array;
  #carried: Float64Array;
  #rows: number;
  #trigger: TriggerState = QUIET;
  /** The verdict on the row that was scored last: `learn` of the same row takes it. */
  #latest: { row: Float64Array; verdict: PanelScore; base: number; whole: Float64Array; without: Float64Array } | null =
    null;

  /** @param training rows in which what is missing is NaN. @param baseOf learns the level from rows without seasons. */
  constructor(names: readonly string[], training: readonly Float64Array[], baseOf: (rows: Float64Array[]) => Base) {
    this.#names = names;
    this.#missing = new Missing(training);
    const whole = carriedOn(training);
    this.#rows = whole.length;
    this.#carried = whole[whole.length - 1];
    this.#normal = columnStandards(whole).mean;
    const columns = names.map((_, c) => Float64Array.from(whole, (row) => row[c]));
    const measured = columns.map((column) => !isState(column));
    const seasons = columns.map((column, c) => (measured[c] ? findSeason(column) : null));
    const without = columns.map((column, c) => {
      const season = seasons[c];
      return season ? deseasonalised(column, season) : column;
    });
    this.#seasons = seasons.map((season, c) => season && new SeasonFollower(season, without[c]));
    const rows = whole.map((_, t) => Float64Array.from(without, (column) => column[t]));
    this.#base = baseOf(rows);
    const part = ALPHA / (5 * names.length);
    this.#members = [
      { member: new Sudden(rows, measured, part, SHORT, false), seasonal: false },
      { member: new Sudden(rows, measured, part, LONG, true), seasonal: false },
      { member: new Spread(rows, measured, part), seasonal: false },
      { member: new Stuck(whole, measured, part), seasonal: true },
      { member: new Relation(whole, measured, part), seasonal: true },
    ];
  }

  get method(): string {
    return this.#base.method;
  }

  /** What is watched, and what could be seen. */
  watches(): Watch[] {
    return this.#members.map(({ member }) => {
      const visible = member.visible();
      const known = visible.flatMap((v, c) =>
        v === null ? [] : [[this.#names[c], Number(v.toPrecision(3))] as const],
      );
      return { member: member.name, sizes: member.sizes, channels: known.length, visible: Object.fromEntries(known) };
    });
  }

  /** Periods of the seasons that were found, in rows. */
  seasons(): Record<string, number> {
    return Object.fromEntries(this.#seasons.flatMap((s, c) => (s ? [[this.#names[c], s.period] as const] : [])));
  }

  score(row: Float64Array): PanelScore {
    const { whole, without } = this.#views(row);
    const base = this.#base.detector.score(without);
    if (!base.assessable) throw new Error(`${base.reason}: ${base.remedy}`);
    const { on } = stepTrigger(this.#trigger, base.index, this.#base.trigger);
    // What the level's trigger holds back stays below the limit, what it holds on to above.
    let index = on ? Math.max(1, base.index) : Math.min(base.index, 0.999);
    let leading = base.contributions;
    const by = on ? [this.#base.method] : [];
    const take = (name: string, ratios: Float64Array) => {
      let worst = 0;
      for (const ratio of ratios) if (ratio > worst) worst = ratio;
      if (worst >= 1 && !by.includes(name)) by.push(name);
      if (worst <= index) return;
      index = worst;
      leading = leadingChannels(ratios.map((r) => r * r)).map((c) => ({
        feature: this.#names[c],
        value: whole[c],
        normal: this.#normal[c],
      }));
    };
    for (const { member, seasonal } of this.#members) take(member.name, member.ratios(seasonal ? whole : without));
    take('missing', this.#missing.ratios(row));
    const missing = this.#names.filter((_, c) => Number.isNaN(row[c]));
    const verdict: PanelScore = { assessable: true, index, contributions: leading, by, missing };
    this.#latest = { row, verdict, base: base.index, whole, without };
    return verdict;
  }

  learn(row: Float64Array): void {
    if (this.#latest?.row !== row) this.score(row);
    const latest = this.#latest;
    if (latest === null) throw new Error('a row that was scored has no verdict');
    this.#latest = null;
    const { whole, without } = latest;
    // A fault is no season.
    const normal = latest.verdict.index < 1;
    this.#seasons.forEach((season, c) => {
      if (normal) season?.follow(this.#rows, without[c]);
    });
    this.#trigger = stepTrigger(this.#trigger, latest.base, this.#base.trigger);
    this.#base.detector.learn(without);
    for (const { member, seasonal } of this.#members) member.push(seasonal ? whole : without);
    this.#missing.push(row);
    this.#carried = whole;
    this.#rows++;
  }

  /** The row with what is missing carried on, and that without its seasons. */
  #views(row: Float64Array): { whole: Float64Array; without: Float64Array } {
    const whole = row.map((v, c) => (Number.isNaN(v) ? this.#carried[c] : v));
    const without = whole.map((v, c) => {
      const season = this.#seasons[c];
      return season ? v - season.at(this.#rows) : v;
    });
    return { whole, without };
  }
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
