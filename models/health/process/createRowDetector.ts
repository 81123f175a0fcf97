import type { TriggerSettings } from '#models/alerting/trigger.ts';
import type { Detector } from '../detector.ts';
import { type ChartSnapshot, ControlChart } from './controlChart.ts';
import { type DriftSnapshot, DriftTolerantDetector } from './driftTolerant.ts';
import type { RowMethodName } from './methodNames.ts';
import type { PanelSnapshot } from './panel/learnedPanel.ts';
import { PanelDetector } from './panel/panelDetector.ts';
import { methodOf } from './processModel.ts';
import { RowDetector, type RowSnapshot } from './rowDetector.ts';
import { columnStandards } from './rowMethod.ts';

/** Minimum number of rows to learn a baseline from. */
export const MIN_TRAINING_ROWS = 50;
/** Number of channels from which their relations are worth a model. */
const MANY_CHANNELS = 12;
/** A channel drifts if the halves of its training differ by more than this many standard deviations. */
const STEADY = 0.3;

/** A detector, and how its index becomes a verdict. */
export interface JudgedBy {
  method: RowMethodName;
  detector: Detector<unknown>;
  trigger: TriggerSettings;
}

/** A smoothed index alerts at once. */
const AT_ONCE: TriggerSettings = { persistence: 1, offBelow: 1, offAfter: 1 };
const HELD: TriggerSettings = { persistence: 2, offBelow: 1, offAfter: 20 };

/**
 * A detector that has learned from `training`.
 * @param training `MIN_TRAINING_ROWS` or more, oldest first.
 * @throws RangeError if a requested method has too few rows, or too few or too many channels.
 */
export function createRowDetector(
  method: RowMethodName | 'auto',
  names: readonly string[],
  training: readonly Float64Array[],
): JudgedBy {
  const chosen = method === 'auto' ? chooseMethod(names.length, training) : method;
  const detector = makeRowDetector(chosen, names, training.length);
  for (const row of training) detector.learn(row);
  return { method: chosen, detector, trigger: triggerOf(chosen) };
}

/** A panel whose level is judged by the method that suits the training. @param rows as of `makeRowDetector`. */
export function makePanel(
  names: readonly string[],
  rows: number,
  snapshot?: PanelSnapshot<RowMethodName>,
): PanelDetector<RowMethodName> {
  const base = {
    learn: (training: Float64Array[]) => createRowDetector('auto', names, training),
    restore: (method: RowMethodName, of: unknown) => ({
      method,
      detector: makeRowDetector(method, names, rows, of),
      trigger: triggerOf(method),
    }),
  };
  return new PanelDetector(names, rows, base, snapshot);
}

/** A panel that has learned from `training`. @param training rows with NaN for missing values, oldest first. */
export function trainPanel(names: readonly string[], training: readonly Float64Array[]): PanelDetector<RowMethodName> {
  const panel = makePanel(names, training.length);
  for (const row of training) panel.learn(row);
  return panel;
}

function triggerOf(method: RowMethodName): TriggerSettings {
  return method === 'drift_tolerant' ? HELD : AT_ONCE;
}

/** A detector that learns from its first `rows`, or resumes from its own snapshot. */
export function makeRowDetector(
  method: RowMethodName | 'panel',
  names: readonly string[],
  rows: number,
  snapshot?: unknown,
): Detector<unknown> {
  switch (method) {
    case 'panel':
      return makePanel(names, rows, snapshot as PanelSnapshot<RowMethodName> | undefined);
    case 'drift_tolerant':
      return new DriftTolerantDetector(names, rows, snapshot as DriftSnapshot | undefined);
    case 'ewma':
    case 'cusum':
      return new ControlChart(method, names, rows, snapshot as ChartSnapshot | undefined);
    case 'principal_components':
    case 'canonical_variates':
    case 'isolation_forest':
    case 'autoencoder':
      return new RowDetector(method, names, rows, snapshot as RowSnapshot | undefined);
  }
}

/** Canonical variates if a long, steady training of many channels allows them. */
function chooseMethod(channels: number, training: readonly Float64Array[]): RowMethodName {
  const { leastRows, mostChannels } = methodOf('canonical_variates');
  const enough = channels >= MANY_CHANNELS && channels <= mostChannels && training.length >= leastRows(channels);
  return enough && steady(training) ? 'canonical_variates' : 'drift_tolerant';
}

function steady(training: readonly Float64Array[]): boolean {
  const half = training.length >> 1;
  const { sd } = columnStandards(training);
  const early = columnStandards(training.slice(0, half)).mean;
  const late = columnStandards(training.slice(half)).mean;
  const shifts = sd.map((s, c) => Math.abs(late[c] - early[c]) / s).sort();
  return shifts[Math.floor(0.75 * shifts.length)] <= STEADY;
}
