import { NO_STARTS, type PanelMember } from './member.ts';
import { Range, type RangeSnapshot } from './range.ts';
import { Relation, type RelationSnapshot } from './relation.ts';
import { Spread, type SpreadSnapshot } from './spread.ts';
import { Stuck, type StuckSnapshot } from './stuck.ts';
import { Sudden, type SuddenSnapshot } from './sudden.ts';

/** Chance that a normal row takes any member over its limit in any channel; the level has its own limit. */
const ALPHA = 1e-4;
/** Rows of a value's recent past: the short one follows wandering values, the long one detects steps and humps. */
const SHORT = 5;
const LONG = 41;
/** What is learned from each of these parts of the training must hold in the rest. */
const SPLITS = [0.4, 0.6, 0.8] as const;

type Members = [Sudden, Sudden, Spread, Stuck, Relation, Range];
export type MemberSnapshots = [
  SuddenSnapshot,
  SuddenSnapshot,
  SpreadSnapshot,
  StuckSnapshot,
  RelationSnapshot,
  RangeSnapshot,
];
const COUNT = 6;

/** Rows with one value per channel, oldest first, as measured and deseasonalised. */
export interface MemberRows {
  whole: readonly Float64Array[];
  without: readonly Float64Array[];
  /** Rows that do not continue the ones before them. */
  starts?: ReadonlySet<number>;
}

/** What a member watches. */
export interface Watch {
  member: string;
  channels: number;
  /** Smallest detectable change of each of them, and its unit. */
  sizes: PanelMember['sizes'];
  visible: Record<string, number>;
}

/** What a member watches, and the smallest detectable changes, rounded to three digits. */
export function watchOf(member: PanelMember, names: readonly string[]): Watch {
  const known = member
    .visible()
    .flatMap((size, c) => (size === null ? [] : [[names[c], Number(size.toPrecision(3))] as const]));
  return { member: member.name, sizes: member.sizes, channels: known.length, visible: Object.fromEntries(known) };
}

/**
 * The members of a panel besides the level. They share one chance of a false alarm, Bonferroni-corrected by channel.
 */
export class MemberSet {
  readonly list: Readonly<Members>;
  readonly #stateLength: number;

  constructor([sudden, steps, spread, stuck, relation, range]: MemberSnapshots) {
    this.list = [
      new Sudden(sudden),
      new Sudden(steps),
      new Spread(spread),
      new Stuck(stuck),
      new Relation(relation),
      new Range(range),
    ];
    let length = 0;
    this.#visitState((part) => {
      length += part.length;
    });
    this.#stateLength = length;
  }

  /** @param used for each channel, whether it is judged; one that is not may still explain others. */
  static learn(rows: MemberRows, used: readonly boolean[]): MemberSet {
    return learnEach(rows, new Array(COUNT).fill(used));
  }

  /**
   * The same, with qualification: a member judges a channel only if its limits from earlier parts of the training are
   * never exceeded in the rest.
   * @param kept for each channel, whether it stays in any case.
   */
  static learnQualified(rows: MemberRows, used: readonly boolean[], kept: readonly boolean[]): MemberSet {
    const holding = new Array<readonly boolean[]>(COUNT).fill(used).map((own) => [...own]);
    for (const part of SPLITS) dropExceeded(rows, Math.floor(part * rows.whole.length), holding, kept);
    return learnEach(rows, holding);
  }

  /** What each member watches, and the smallest detectable changes, rounded to three digits. */
  watches(names: readonly string[]): Watch[] {
    return this.list.map((member) => watchOf(member, names));
  }

  /** Calls `visit` with each member's ratios, in an array that the member reuses. */
  judge(whole: Float64Array, without: Float64Array, visit: (name: string, ratios: Float64Array) => void): void {
    for (const member of this.list) visit(member.name, member.ratios(member.seasonal ? whole : without));
  }

  push(whole: Float64Array, without: Float64Array): void {
    for (const member of this.list) member.push(member.seasonal ? whole : without);
  }

  /** Discards the recent past, as the next row does not continue it. */
  restart(): void {
    for (const member of this.list) member.restart();
  }

  snapshot(): MemberSnapshots {
    const [sudden, steps, spread, stuck, relation, range] = this.list;
    return [
      sudden.snapshot(),
      steps.snapshot(),
      spread.snapshot(),
      stuck.snapshot(),
      relation.snapshot(),
      range.snapshot(),
    ];
  }

  /** The running state as one array, for `resume`. */
  runningState(): Float64Array {
    const state = new Float64Array(this.#stateLength);
    let at = 0;
    this.#visitState((part) => {
      state.set(part, at);
      at += part.length;
    });
    return state;
  }

  /** Resumes from a `runningState` of the same members. @throws RangeError if it belongs to others. */
  resume(state: Float64Array): void {
    if (state.length !== this.#stateLength)
      throw new RangeError(`a state of ${state.length} numbers; the members have ${this.#stateLength}`);
    let at = 0;
    this.#visitState((part) => {
      part.set(state.subarray(at, at + part.length));
      at += part.length;
    });
  }

  #visitState(visit: (part: Float64Array) => void): void {
    for (const member of this.list) member.visitState(visit);
  }
}

/** @param used for each member, which channels it judges. */
function learnEach(
  { whole, without, starts = NO_STARTS }: MemberRows,
  used: readonly (readonly boolean[])[],
): MemberSet {
  const part = ALPHA / (COUNT * whole[0].length);
  const [sudden, steps, spread, stuck, relation, range] = used;
  return new MemberSet([
    Sudden.learn(without, sudden, part, SHORT, false, starts).snapshot(),
    Sudden.learn(without, steps, part, LONG, true, starts).snapshot(),
    Spread.learn(without, spread, part, starts).snapshot(),
    Stuck.learn(whole, stuck, part, starts).snapshot(),
    Relation.learn(whole, relation, part).snapshot(),
    Range.learn(without, range, part).snapshot(),
  ]);
}

/** Removes from each member the channels in which limits from rows before `split` are exceeded after it. */
function dropExceeded(
  { whole, without, starts = NO_STARTS }: MemberRows,
  split: number,
  holding: boolean[][],
  kept: readonly boolean[],
): void {
  const before = [...starts].filter((t) => t < split);
  const early = learnEach(
    { whole: whole.slice(0, split), without: without.slice(0, split), starts: new Set(before) },
    holding,
  );
  for (let t = split; t < whole.length; t++) {
    if (starts.has(t)) early.restart();
    early.list.forEach((member, m) => {
      const ratios = member.ratios(member.seasonal ? whole[t] : without[t]);
      for (let c = 0; c < ratios.length; c++) if (ratios[c] >= 1 && !kept[c]) holding[m][c] = false;
    });
    early.push(whole[t], without[t]);
  }
}
