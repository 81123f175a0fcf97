import type { ReadyModel } from './judgeRows.ts';
import { isState } from './panel/learnedPanel.ts';
import { MemberSet, type MemberSnapshots, type Watch } from './panel/memberSet.ts';
import type { MemberEvidence, ProcessScore } from './processState.ts';
import { leadingChannels } from './rowMethod.ts';

/** Panel members learned in addition to a machine's own process model; the same panel judges tables. */
export interface OwnMembers {
  snapshots: MemberSnapshots;
  /** For each channel, whether it describes the operation rather than the condition of the machine. */
  context: boolean[];
  /** Watches of the judged channels. */
  watches: Watch[];
  /** For each member and channel, the factor by which the training's limit is raised. */
  raised: number[][];
}

export interface OwnTraining {
  channels: readonly string[];
  /** Rows with one value per channel, oldest first. */
  rows: readonly Float64Array[];
  /** Rows that follow a gap. */
  starts: ReadonlySet<number>;
  /** Channels that describe the operation, such as speed and load. */
  context: ReadonlySet<string>;
  /** By channel, a change that is normal beyond the training, in the channel's unit. */
  normalChanges?: ReadonlyMap<string, number>;
}

/** Members whose findings a change of the context explains: other operation gives other values. */
const EXPLAINED = ['sudden', 'spread', 'range'];

/**
 * Learns the panel's members from a machine's own rows: each judges only channels in which its limits from earlier rows
 * held in later ones. Rows come in stretches too short to show a season.
 * @param margin factor that raises limits: one week does not cover all normal behaviour.
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

/** Combines a model with panel members: a row's index is the largest of theirs. */
export function withMembers(ready: ReadyModel, channels: readonly string[], own: OwnMembers): ReadyModel {
  const set = new MemberSet(own.snapshots);
  const fresh = set.runningState();
  /** Running state of the members; null while it is uncertain. */
  let current: Float64Array | null = fresh;
  return {
    runtime: `${ready.runtime}, panel`,
    async judge(rows, state) {
      const judged = await ready.judge(rows, { past: state.past, levels: state.levels });
      const from = state.members ?? fresh;
      if (current === null || !isSame(from, current)) set.resume(from);
      current = null;
      // The rows learned last are long past.
      if (state.members === undefined || state.follows === 'gap') set.restart();
      const scores = rows.map((row, i) => {
        const values = Float64Array.from(row);
        const found = exceeded(set, values, channels, own);
        set.push(values, values);
        const level = judged.scores[i];
        return level && combined(level, found);
      });
      const { past, levels } = judged.state;
      current = set.runningState();
      return { scores, state: { past, levels, members: current } };
    },
  };
}

/** Whether two states are equal; NaN equals NaN. */
function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Ratios of a row to the members' raised limits: those that exceed them, and the largest of all. */
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
