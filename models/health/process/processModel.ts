import { z } from 'zod';
import { quantile } from '../statistics.ts';
import { autoencoder, autoencoderSchema } from './autoencoder.ts';
import { canonicalVariates, variatesSchema } from './canonicalVariates.ts';
import { forestSchema, isolationForest } from './isolationForest.ts';
import type { LearningMethod } from './methodNames.ts';
import { networkSchema } from './networkModel.ts';
import { tailLimit } from './panel/member.ts';
import { predictionLimit } from './predictionLimit.ts';
import { planeSchema, principalComponents } from './principalComponents.ts';
import type { ProcessScore, ProcessState } from './processState.ts';
import { blocksOf, leadingChannels, type RowMethod, type RowModel, type Statistics } from './rowMethod.ts';

/** Maximum number of values in the rows of a statistic, which are carried from row to row. */
const MAX_PAST = 4000;
const REFERENCE_LEVELS = Array.from({ length: 21 }, (_, i) => i / 20);

const learnedSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('principal_components'), data: planeSchema }),
  z.strictObject({ method: z.literal('canonical_variates'), data: variatesSchema }),
  z.strictObject({ method: z.literal('isolation_forest'), data: forestSchema }),
  z.strictObject({ method: z.literal('autoencoder'), data: autoencoderSchema }),
  z.strictObject({ method: z.literal('network'), data: networkSchema }),
]);
type LearnedPart = z.infer<typeof learnedSchema>;
export const processModelSchema = z.strictObject({
  format: z.literal('millwright-process'),
  version: z.literal(2),
  card: z.strictObject({
    purpose: z.string(),
    data: z.string(),
    rows: z.int(),
    split: z.string(),
    /** False-alarm rate on held-out rows. */
    falseRate: z.number(),
    limits: z.string(),
    version: z.string(),
  }),
  channels: z.array(z.string().min(1).max(64)).min(2).max(200),
  learned: learnedSchema,
  /** Rows used by a statistic; EWMA weights through which each statistic is watched. */
  lags: z.int().min(1).max(1000),
  weights: z.array(z.number().positive().max(1)).min(1),
  /** Limit and usual value of each watched average, grouped by weight. */
  limits: z.array(z.number().positive()).min(1),
  usual: z.array(z.number().positive()).min(1),
  /** 0, 5 … 100 % quantiles of each channel and of the index on rows like the training, as reference for drift. */
  reference: z.strictObject({
    rows: z.int().positive(),
    channels: z.array(z.array(z.number())),
    index: z.array(z.number()),
  }),
});
export type ProcessModel = z.infer<typeof processModelSchema>;

export interface TrainingNotes {
  /** Origin of the rows. */
  data: string;
  /** Version of Millwright. */
  version: string;
  seed: number;
}

/** The implementation of a method that learns from rows. */
export function methodOf(method: LearningMethod): RowMethod<never> {
  switch (method) {
    case 'principal_components':
      return principalComponents as unknown as RowMethod<never>;
    case 'canonical_variates':
      return canonicalVariates as unknown as RowMethod<never>;
    case 'isolation_forest':
      return isolationForest as unknown as RowMethod<never>;
    case 'autoencoder':
      return autoencoder as unknown as RowMethod<never>;
  }
}

/**
 * Learns a model of normal rows of process values. Limits come from five contiguous held-out blocks: mean and spread of
 * each log average, with its effective number of independent values given autocorrelation.
 * @param rows of numbers, oldest first; every channel moves in them.
 * @throws RangeError if there are too few rows or channels, or too many channels.
 */
export function trainProcess(
  method: LearningMethod,
  channels: readonly string[],
  rows: readonly Float64Array[],
  { data, version, seed }: TrainingNotes,
): ProcessModel {
  const { lags, weights, alpha, rowAlpha, leastRows, mostChannels, train, load } = methodOf(method);
  if (channels.length < 2) throw new RangeError(`${channels.length} channels; two or more are needed`);
  if (channels.length > mostChannels)
    throw new RangeError(`${channels.length} channels; ${method} takes at most ${mostChannels}`);
  const least = leastRows(channels.length);
  if (rows.length < least) throw new RangeError(`${rows.length} rows; ${channels.length} channels need ${least}`);
  const blocks = blocksOf(rows.length).map(({ from, to }) => {
    const model = load(train([rows.slice(0, from), rows.slice(to)], seed));
    return statisticsOf(model, rows.slice(from, to), lags);
  });
  return {
    format: 'millwright-process',
    version: 2,
    ...limitsOf(blocks, weights, alpha, channels, rows, {
      data,
      split: 'five contiguous blocks of time, each judged by a model of the other four',
      version,
      rowAlpha,
    }),
    channels: [...channels],
    learned: { method, data: train([rows], seed) } as LearnedPart,
    lags,
    weights: [...weights],
  };
}

/** All statistics of each row of a block with enough rows before it. */
export function statisticsOf(model: RowModel, rows: readonly Float64Array[], lags: number): number[][] {
  return rows.slice(lags - 1).map((_, i) => model.statistics(rows.slice(i, i + lags)).values);
}

/** The parts of a model that are computed from held-out blocks of statistics. */
export function limitsOf(
  blocks: readonly number[][][],
  weights: readonly number[],
  alpha: number,
  channels: readonly string[],
  rows: readonly Float64Array[],
  { data, split, version, rowAlpha }: { data: string; split: string; version: string; rowAlpha?: number },
): Pick<ProcessModel, 'card' | 'limits' | 'usual' | 'reference'> {
  const count = blocks[0][0].length * weights.length;
  const series: number[][] = Array.from({ length: count }, () => []);
  for (const block of blocks) {
    let levels: number[] | null = null;
    for (const values of block) {
      levels = smoothed(values, weights, levels);
      levels.forEach((level, i) => {
        series[i].push(level);
      });
    }
  }
  const limits = series.map((values) => {
    const limit = predictionLimit(values, alpha / count);
    return rowAlpha === undefined ? limit : Math.max(limit, tailLimit(values, rowAlpha / count));
  });
  const index = series[0].map((_, t) => Math.max(...series.map((values, i) => values[t] / limits[i])));
  const short = (v: number) => Number(v.toPrecision(6));
  return {
    card: {
      purpose: 'detects when process values of one machine are jointly unlike those that it was trained on',
      data,
      rows: rows.length,
      split,
      falseRate: Number((index.filter((r) => r > 1).length / index.length).toFixed(4)),
      limits: 'of the operating states in its training alone; a new state is unlike them, too',
      version,
    },
    limits,
    usual: series.map((values) => values.reduce((a, b) => a + Math.log(b), 0) / values.length).map(Math.exp),
    reference: {
      rows: rows.length,
      channels: channels.map((_, c) => {
        const column = rows.map((row) => row[c]);
        return REFERENCE_LEVELS.map((p) => short(quantile(column, p)));
      }),
      index: REFERENCE_LEVELS.map((p) => short(quantile(index, p))),
    },
  };
}

/** The model, ready to judge rows. @throws Error for a network, which needs a runtime (`loadProcessModel`). */
export function loadProcess({ learned }: ProcessModel): RowModel {
  if (learned.method === 'network') throw new Error('a network needs a model runtime');
  return methodOf(learned.method).load(learned.data as never);
}

/** The state before the first row: no past, and averages at their usual values in training. */
export function freshState({ usual }: ProcessModel): ProcessState {
  return { past: [], levels: usual };
}

/** The rows used by a statistic after `row`; null while there are too few. */
export function appendToPast(
  { lags }: ProcessModel,
  row: readonly number[],
  { past }: ProcessState,
): number[][] | null {
  const rows = [...past, row as number[]].slice(-lags);
  return rows.length < lags ? null : rows;
}

/** The verdict on a row, and the next state. Pure. @param statistics null: too few rows before it. */
export function judgeRow(
  model: ProcessModel,
  row: readonly number[],
  statistics: Statistics | null,
  state: ProcessState,
): { score: ProcessScore | null; state: ProcessState } {
  const past = [...state.past, row as number[]].slice(-model.lags);
  if (!statistics) return { score: null, state: { past, levels: state.levels } };
  const { values, parts } = statistics;
  const levels = smoothed(values, model.weights, state.levels);
  let worst = { ratio: 0, statistic: 0 };
  levels.forEach((level, i) => {
    const ratio = level / model.limits[i];
    // NaN must not look like a healthy machine, so it is propagated.
    if (!Number.isNaN(worst.ratio) && !(ratio <= worst.ratio)) worst = { ratio, statistic: i % values.length };
  });
  const channels = leadingChannels(parts[worst.statistic]).map((c) => model.channels[c]);
  return { score: { index: worst.ratio, channels }, state: { past, levels } };
}

/** Judges a row by a loaded model. */
export function stepProcess(
  model: ProcessModel,
  loaded: RowModel,
  row: readonly number[],
  state: ProcessState,
): { score: ProcessScore | null; state: ProcessState } {
  const past = appendToPast(model, row, state);
  return judgeRow(model, row, past && loaded.statistics(past), state);
}

/** A model from its JSON text. @throws Error that describes what is wrong with the text. */
export function unpackProcess(text: string): ProcessModel {
  const parsed = processModelSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`not a model of process values: ${issue.path.join('.')}: ${issue.message}`);
  }
  const model = parsed.data;
  if (model.limits.length !== model.usual.length || model.limits.length % model.weights.length > 0)
    throw new Error('not a model of process values: its limits do not fit its averages');
  if (model.lags * model.channels.length > MAX_PAST)
    throw new Error(`not a model of process values: more than ${MAX_PAST} values are looked at`);
  if (!fits(model)) throw new Error('not a model of process values: its parts do not fit one another');
  return model;
}

function fits({ channels, learned, lags, reference }: ProcessModel): boolean {
  const width = channels.length;
  const wide = (...columns: ArrayLike<number>[]) => columns.every((column) => column.length === width);
  if (reference.channels.length !== width || reference.index.length !== REFERENCE_LEVELS.length) return false;
  switch (learned.method) {
    case 'principal_components': {
      const { mean, sd, components, variances } = learned.data;
      return wide(mean, sd, ...components) && components.length === variances.length;
    }
    case 'canonical_variates': {
      const { mean, sd, whiten, project } = learned.data;
      const square = [...whiten, ...project].every((row) => row.length === lags * width);
      return wide(mean, sd) && whiten.length === lags * width && square;
    }
    case 'isolation_forest': {
      const { normal, trees } = learned.data;
      return (
        wide(normal) &&
        trees.every(({ channel, threshold, low, high, left, right, size }) => {
          const nodes = channel.length;
          const same = [threshold, low, high, left, right, size].every((column) => column.length === nodes);
          // Children come after their node, so that a walk cannot loop.
          return (
            same &&
            channel.every((c, i) => c < 0 || (c < width && between(left[i], i, nodes) && between(right[i], i, nodes)))
          );
        })
      );
    }
    case 'autoencoder':
    case 'network':
      return wide(learned.data.mean, learned.data.sd);
  }
}

function between(child: number, node: number, nodes: number): boolean {
  return child > node && child < nodes;
}

function smoothed(values: readonly number[], weights: readonly number[], before: readonly number[] | null): number[] {
  return weights.flatMap((weight, w) =>
    values.map((value, s) => {
      const last = before?.[w * values.length + s];
      return last === undefined ? value : last + weight * (value - last);
    }),
  );
}
