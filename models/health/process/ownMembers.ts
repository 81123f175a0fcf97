import type { ReadyModel } from './judgeRows.ts';
import { isState } from './panel/learnedPanel.ts';
import { MemberSet, type MemberSnapshots, type Watch } from './panel/memberSet.ts';
import type { MemberEvidence, ProcessScore } from './processState.ts';
import { leadingChannels } from './rowMethod.ts';

/** What is learned beside a machine's own process model, by the panel that tables are judged by. */
export interface OwnMembers {
  snapshots: MemberSnapshots;
  /** Of each channel: how the machine is run, not how it is. */
  context: boolean[];
  /** Of channels that are judged. */
  watches: Watch[];
  /** Of each member and channel: a limit of the training is exceeded so many times before a row counts as unlike it. */
  raised: number[][];
}

export interface OwnTraining {
  channels: readonly string[];
  /** Rows of one value a channel, oldest first. */
  rows: readonly Float64Array[];
  /** Rows that follow a gap. */
  starts: ReadonlySet<number>;
  /** Channels that tell how the machine is run, such as its speed and load. */
  context: ReadonlySet<string>;
  /** Of channels: a change that is normal beyond what the training shows, in the channel's unit. */
  normalChanges?: ReadonlyMap<string, number>;
}

/** Members that a change of the context explains: a machine that is run in another way gives other values. */
const EXPLAINED = ['sudden', 'spread', 'range'];

/**
 * Learns the panel's members of a machine's own rows: each judges only those channels in which its limits from earlier
 * rows held in the later ones. Rows come in stretches, in which no season is visible.
 * @param margin by which limits are raised: no week holds all that is normal.
 */
export function learnOwnMembers(
  { channels, rows, starts, context, normalChanges }: OwnTraining,
  margin: number,
): OwnMembers {
  const measured = channels.map((_, c) => !isState(Float64Array.from(rows, (row) => row[c])));
  const isContext = channels.map((name) => context.has(name));
  const set = MemberSet.learnQualified({ whole: rows, without: rows, starts }, measured, isContext);
  const raised = set.list.map((member) =>
    member.visible().map((size, c) => {
      const least = member.sizes === 'own unit' ? (normalChanges?.get(channels[c]) ?? 0) : 0;
      return size === null ? margin : Math.max(margin, 1 + least / size);
    }),
  );
  const watches = set.watches(channels).map((watch, m) => {
    const visible = channels.flatMap((name, c) =>
      name in watch.visible && !context.has(name)
        ? [[name, Number((watch.visible[name] * raised[m][c]).toPrecision(3))] as const]
        : [],
    );
    return { ...watch, channels: visible.length, visible: Object.fromEntries(visible) };
  });
  return { snapshots: set.snapshot(), context: isContext, watches, raised };
}

/** A model, and beside it the members of a panel: a row's index is the largest of theirs. */
export function withMembers(ready: ReadyModel, channels: readonly string[], own: OwnMembers): ReadyModel {
  const set = new MemberSet(own.snapshots);
  const fresh = set.runningState();
  /** Where the members stand; null while that is unsure. */
  let stands: Float64Array | null = fresh;
  return {
    runtime: `${ready.runtime}, panel`,
    async judge(rows, state) {
      const judged = await ready.judge(rows, { past: state.past, levels: state.levels });
      const from = state.members ?? fresh;
      if (stands === null || !isSame(from, stands)) set.resume(from);
      stands = null;
      // What was learned last is long past.
      if (state.members === undefined || state.follows === 'gap') set.restart();
      const scores = rows.map((row, i) => {
        const values = Float64Array.from(row);
        const found = exceeded(set, values, channels, own);
        set.push(values, values);
        const level = judged.scores[i];
        return level && combined(level, found);
      });
      const { past, levels } = judged.state;
      stands = set.runningState();
      return { scores, state: { past, levels, members: stands } };
    },
  };
}

/** Whether two states are the same; NaN is what is not known in both. */
function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** The members' ratios of a row to their raised limits: what exceeds them, and the largest of all. */
function exceeded(set: MemberSet, row: Float64Array, channels: readonly string[], { context, raised }: OwnMembers) {
  const by: MemberEvidence[] = [];
  let [worst, channel]: [number, number] = [0, 0];
  let leading: string[] = [];
  let m = -1;
  set.judge(row, row, (member, ratios) => {
    m++;
    if (EXPLAINED.includes(member) && context.some((is, c) => is && ratios[c] >= 1)) return;
    const before = worst;
    for (let c = 0; c < ratios.length; c++) {
      if (context[c]) continue;
      const ratio = ratios[c] / raised[m][c];
      if (ratio >= 1) by.push({ member, channel: channels[c], ratio });
      if (ratio > worst) [worst, channel] = [ratio, c];
    }
    if (worst > before && worst >= 1) leading = leadingOf(ratios, context, channels);
  });
  if (worst < 1) leading = [channels[channel]];
  return { by: by.sort((a, b) => b.ratio - a.ratio), worst, leading };
}

function leadingOf(ratios: Float64Array, context: readonly boolean[], channels: readonly string[]): string[] {
  return leadingChannels(ratios.map((r, c) => (context[c] ? 0 : r * r))).map((c) => channels[c]);
}

function combined(level: ProcessScore, { by, worst, leading }: ReturnType<typeof exceeded>): ProcessScore {
  const { index } = level;
  const largest = worst > index ? { index: worst, channels: leading } : level;
  return { index: largest.index, channels: largest.channels, level: index, ...(by.length > 0 ? { by } : {}) };
}
