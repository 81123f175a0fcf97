import { createHash } from 'node:crypto';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { MachineModels } from '#models/contracts/models.ts';
import type { Target } from '#models/contracts/rollout.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import {
  freshState,
  loadProcess,
  type ProcessModel,
  stepProcess,
  trainProcess,
  unpackProcess,
} from '#models/health/process/processModel.ts';
import { median } from '#models/health/statistics.ts';
import { MODEL_FILE, modelText, openPackage, packageText, packModel } from '#models/packages/modelPackage.ts';
import type { Historian } from '../historian/historian.ts';
import type { PointKey } from '../store/store.ts';
import { type Registry, RegistryError } from './registry.ts';

/** Inputs of a proposal. */
export interface ProposalParts {
  historian: Historian;
  registry: Registry;
  edges: () => StatusMessage[];
  points: () => PointKey[];
  /** The latest alerts of a machine. */
  alerts: (target: Target) => AlertRecord[];
  now: () => number;
  version: string;
}

const DAY_MS = 86_400_000;
const STRETCHES = 40;
const STRETCH_ROWS = 100;
/** The last part of the data is held out and used to evaluate both models. */
const HELD_BACK = 0.2;
/** Rows around an alert that was not closed as false are excluded from training. */
const AROUND_MS = 3_600_000;
const MIN_CHANNELS = 2;

/** Rows of a gap-free period. */
interface Stretch {
  fromMs: number;
  rows: Float64Array[];
}

/** Performance of a model on held-out rows. */
export interface Comparison {
  heldBackRows: number;
  /** Shares of the held-out rows flagged by each model; null without a running model to compare with. */
  running: number | null;
  proposed: number;
  /** Confirmed faults, and how many of them each model detects. */
  faults: number;
  runningSees: number | null;
  proposedSees: number;
}

/**
 * Trains a model on a machine's latest days, excluding the hours around alerts that were not closed as false, and
 * compares it with the running model on held-out time and confirmed faults. The new model enters the registry and waits
 * for approval.
 * @throws RegistryError if there is too little data.
 */
export async function proposeModel(
  target: Target,
  days: number,
  by: string,
  parts: ProposalParts,
): Promise<{ id: string; comparison: Comparison }> {
  const { registry, now } = parts;
  const running = runningModel(parts.edges(), target);
  const known = running && (await knownModel(registry, running.id));
  const toMs = now();
  const stretches = await readStretches(target, known?.channels ?? null, toMs - days * DAY_MS, toMs, parts);
  const alerts = parts.alerts(target);
  const spoken = (of: readonly AlertRecord[], aroundMs: number) => (s: Stretch) =>
    of.some((a) => overlaps(a, s, stretches.intervalMs, aroundMs));
  const doubtful = spoken(
    alerts.filter((a) => a.finding?.finding !== 'false_alarm'),
    AROUND_MS,
  );
  const faulty = spoken(
    alerts.filter((a) => a.finding?.finding === 'confirmed'),
    0,
  );
  const normal = stretches.all.filter((s) => !doubtful(s));
  const faults = stretches.all.filter(faulty);
  const split = Math.floor((1 - HELD_BACK) * normal.length);
  const training = normal.slice(0, split).flatMap((s) => s.rows);
  if (training.length === 0)
    throw new RegistryError(
      `no rows are left: of ${stretches.all.length} stretches of that time ${stretches.all.length - normal.length} lie within an hour of an alert that was not closed as false`,
    );
  const moved = stretches.channels.map((_, c) => c).filter((c) => training.some((row) => row[c] !== training[0][c]));
  if (moved.length < MIN_CHANNELS) throw new RegistryError('fewer than two of its values changed in that time');
  const channels = moved.map((c) => stretches.channels[c]);
  const pick = (rows: readonly Float64Array[]) => rows.map((row) => Float64Array.from(moved, (c) => row[c]));
  const notes = {
    data: `${days} days of ${target.site}/${target.edge}/${target.asset}`,
    version: parts.version,
    seed: 1,
  };
  const model = learned(channels, pick(training), notes);
  const partsOf = (one: ProcessModel, own: Stretch[]) => own.map((s) => overPart(one, s.rows, stretches.channels));
  const heldBack = normal.slice(split);
  // A network runs only at the edge, and a model may need values that were not stored.
  const compared =
    known && known.learned.method !== 'network' && known.channels.every((c) => stretches.channels.includes(c))
      ? known
      : null;
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const seen = (values: number[]) => values.filter((part) => part > 0.1).length;
  const comparison: Comparison = {
    heldBackRows: heldBack.reduce((sum, s) => sum + s.rows.length, 0),
    running: compared ? mean(partsOf(compared, heldBack)) : null,
    proposed: mean(partsOf(model, heldBack)),
    faults: faults.length,
    runningSees: compared ? seen(partsOf(compared, faults)) : null,
    proposedSees: seen(partsOf(model, faults)),
  };
  const packed = await packModel(
    {
      name: target.asset,
      release: `proposed-${new Date(toMs).toISOString().slice(0, 19).replaceAll(':', '')}-${hashOf(target).slice(0, 6)}`,
      kind: 'process',
      card: { ...model.card, comparison },
      code: { version: parts.version, sha256: 'gateway' },
      dataSha256: hashOf(training.map((row) => Array.from(row))),
    },
    new Map([[MODEL_FILE, new TextEncoder().encode(JSON.stringify(model))]]),
  );
  const note = `proposed for ${target.site}/${target.edge}/${target.asset}${running?.fit?.advice ? `: ${running.fit.advice}` : ''}`;
  return { id: await registry.add(packageText(packed), by, note), comparison };
}

/** Machines whose model no longer fits, without a proposal since the model started. */
export function findUnfitMachines(edges: readonly StatusMessage[], proposed: ReadonlySet<string>): Target[] {
  return edges.flatMap(({ site, edge, online, models = [] }) =>
    models
      .filter(
        ({ asset, active, fit }) =>
          online && active && fit?.advice && !proposed.has(proposalKey({ site, edge, asset }, active.id)),
      )
      .map(({ asset }) => ({ site, edge, asset })),
  );
}

export function proposalKey({ site, edge, asset }: Target, running: string): string {
  return `${site}/${edge}/${asset}/${running}`;
}

function learned(channels: string[], rows: Float64Array[], notes: Parameters<typeof trainProcess>[3]): ProcessModel {
  try {
    return trainProcess('principal_components', channels, rows, notes);
  } catch (error) {
    if (error instanceof RangeError) throw new RegistryError(error.message);
    throw error;
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function runningModel(
  edges: readonly StatusMessage[],
  { site, edge, asset }: Target,
): (MachineModels & { id: string }) | null {
  const machine = edges.find((e) => e.site === site && e.edge === edge)?.models?.find((m) => m.asset === asset);
  return machine?.active ? { ...machine, id: machine.active.id } : null;
}

/** Null for a machine's own model, or one from a USB stick. */
async function knownModel(registry: Registry, id: string): Promise<ProcessModel | null> {
  if (!registry.has(id)) return null;
  return unpackProcess(modelText(await openPackage(registry.package(id))));
}

function overlaps(
  { raisedAtMs, returnedAtMs }: AlertRecord,
  { fromMs, rows }: Stretch,
  intervalMs: number,
  aroundMs: number,
): boolean {
  const toMs = fromMs + rows.length * intervalMs;
  return fromMs < (returnedAtMs ?? Number.POSITIVE_INFINITY) + aroundMs && toMs > raisedAtMs - aroundMs;
}

/** Share of the rows that a model flags. */
function overPart(model: ProcessModel, rows: readonly Float64Array[], channels: readonly string[]): number {
  const columns = model.channels.map((channel) => channels.indexOf(channel));
  if (rows.length === 0) return 0;
  const loaded = loadProcess(model);
  let state = freshState(model);
  let over = 0;
  for (const row of rows) {
    const next = stepProcess(
      model,
      loaded,
      columns.map((c) => row[c]),
      state,
    );
    state = next.state;
    if (next.score && next.score.index > 1) over++;
  }
  return over / rows.length;
}

/** Gap-free periods, spread over time, of the machine's slow values, or of a model's channels. */
async function readStretches(
  target: Target,
  requested: readonly string[] | null,
  fromMs: number,
  toMs: number,
  parts: ProposalParts,
): Promise<{ channels: string[]; intervalMs: number; all: Stretch[] }> {
  const { channels, intervalMs } = await slowChannels(target, requested, toMs, parts);
  const all: Stretch[] = [];
  for (let s = 0; s < STRETCHES; s++) {
    const from = fromMs + ((toMs - fromMs) * s) / STRETCHES;
    const length = STRETCH_ROWS * intervalMs;
    const { rows } = await readRows(target, channels, intervalMs, from, from + length, parts.historian);
    if (rows.length > 0) all.push({ fromMs: from, rows });
  }
  return { channels, intervalMs, all };
}

/**
 * The slow values received in the last day, or the requested ones among them, and the interval of the slowest.
 * @throws RegistryError if there are fewer than two.
 */
export async function slowChannels(
  { site, edge, asset }: Target,
  requested: readonly string[] | null,
  toMs: number,
  { historian, points }: Pick<ProposalParts, 'historian' | 'points'>,
): Promise<{ channels: string[]; intervalMs: number }> {
  const own = points().filter((p) => p.site === site && p.edge === edge && p.asset === asset);
  const spacing = new Map<string, number>();
  for (const { point } of own) {
    const tags = { site, edge, asset, point };
    const lastDay = { fromMs: toMs - DAY_MS, toMs, points: 50_000 };
    const { timeMs } = await historian.read({ measurement: 'millwright_features', tags, field: 'mean', ...lastDay });
    if (timeMs.length > STRETCH_ROWS) spacing.set(point, median(timeMs.slice(1).map((t, i) => t - timeMs[i])));
  }
  const channels = (requested ?? [...spacing.keys()]).filter((point) => spacing.has(point)).sort();
  if (channels.length < MIN_CHANNELS)
    throw new RegistryError(`${site}/${edge}/${asset} sent fewer than two slow values in the last day`);
  return { channels, intervalMs: Math.max(...channels.map((channel) => spacing.get(channel) ?? 0)) };
}

/** Rows of the intervals in which every channel has a value, oldest first, with their start times. */
export async function readRows(
  { site, edge, asset }: Target,
  channels: readonly string[],
  intervalMs: number,
  fromMs: number,
  toMs: number,
  historian: Historian,
): Promise<{ timeMs: number[]; rows: Float64Array[] }> {
  const columns = await Promise.all(
    channels.map((point) => {
      const tags = { site, edge, asset, point };
      const points = Math.ceil((toMs - fromMs) / intervalMs);
      return historian.read({ measurement: 'millwright_features', tags, field: 'mean', fromMs, toMs, points });
    }),
  );
  const byInterval = columns.map(
    ({ timeMs, mean }) => new Map(timeMs.map((t, i) => [Math.floor(t / intervalMs), mean[i]])),
  );
  const whole = [...byInterval[0].keys()].filter((interval) => byInterval.every((column) => column.has(interval)));
  return {
    timeMs: whole.map((interval) => interval * intervalMs),
    rows: whole.map((interval) => Float64Array.from(byInterval, (column) => column.get(interval) as number)),
  };
}
