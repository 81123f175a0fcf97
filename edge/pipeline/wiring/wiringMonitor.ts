import type { WiringFault } from '#models/contracts/alert.ts';
import type { SampleBlock, ScalarBlock, WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { inspectSignal, lineAt, type SignalInspection } from '#models/health/wiring/signalInspection.ts';
import { isSwappedWithSpeed, mainsOf, type SlowInspection, slowWiring } from '#models/health/wiring/slowWiring.ts';
import {
  matchesSpeed,
  scaleBetween,
  vibrationWiring,
  type WiringFinding,
} from '#models/health/wiring/vibrationWiring.ts';
import { type Asset, configuredPoint } from '#models/machine/asset.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../../sources/source.ts';
import { SignalBuffer, SignalBufferPool } from '../block/signalBuffer.ts';
import {
  AT_SPEED_FRACTION,
  EARLY_INSPECTIONS,
  EARLY_INTERVAL_US,
  INSPECTION_BLOCKS,
  INSPECTION_S,
  INSPECTION_VALUES,
  LATER_INTERVAL_US,
} from '../judgement.ts';
import type { Shaft } from '../operation/shaft.ts';
import { type DuplicateSignal, DuplicateSignalDetector } from './duplicateSignalDetector.ts';
import { type WiringChange, WiringVotes } from './wiringVotes.ts';

/** The monitor's view of a block's machine. */
export interface WiringContext {
  name: string;
  config: Asset | undefined;
  shaft: Shaft;
  /** Whether a sensor other than vibration measures its speed. */
  isSpeedMeasured: boolean;
}

/** Points whose signal is buffered at the same time. */
const MAX_SLOTS = 4;
/** An idle point releases its slot after this time. */
const IDLE_MS = 3_600_000;

const VIBRATION_KINDS: readonly WiringFault[] = ['dead_channel', 'wrong_scale', 'inverted_axis', 'swapped_sensors'];
const WITHOUT_LINES = VIBRATION_KINDS.filter((kind) => kind !== 'swapped_sensors');
const SLOW_KINDS: readonly WiringFault[] = ['dead_channel', 'wrong_scale', 'inverted_axis'];

interface BufferSlot {
  buffer: SignalBuffer;
  blocks: number;
  lastMs: number;
}

interface SlowWindow {
  count: number;
  mean: number;
  squares: number;
}

/**
 * Detects faults of wiring and configuration from a few seconds of each vibration point now and then, and thirty values
 * of each slow point. It covers all machines of the edge, since a cable may end at the wrong one. Three consecutive
 * inspections confirm a fault. Only reported faults survive a restart.
 */
export class WiringMonitor {
  readonly #pool = new SignalBufferPool(MAX_SLOTS);
  readonly #slots = new Map<string, BufferSlot>();
  readonly #inspections = new Map<string, { made: number; nextUs: number; look: SignalInspection | null }>();
  readonly #windows = new Map<string, SlowWindow>();
  readonly #slow = new Map<string, SlowInspection>();
  readonly #shafts = new Map<string, number>();
  readonly #twins = new DuplicateSignalDetector();
  readonly #votes = new WiringVotes();

  /** Updates the findings with an accepted block. */
  observe(block: SampleBlock, machine: WiringContext, nowMs: number): WiringChange[] {
    this.#shafts.set(machine.name, machine.shaft.hz);
    if (block.kind === 'scalars')
      return [...this.#observeValues(block, machine), ...this.#twins.observeValues(block).map(toWiringChange)];
    const role = configuredPoint(machine.config, block.point)?.role;
    return role === 'tachometer'
      ? []
      : [...this.#observeWaveform(block, machine, nowMs), ...this.#twins.observeBlock(block).map(toWiringChange)];
  }

  #observeWaveform(block: WaveformBlock, machine: WiringContext, nowMs: number): WiringChange[] {
    const key = `${block.asset}/${block.point}`;
    const known = this.#inspections.get(key) ?? { made: 0, nextUs: Number.NEGATIVE_INFINITY, look: null };
    const slot = this.#acquireSlot(key, block.startUs >= known.nextUs, nowMs);
    if (!slot) return [];
    slot.buffer.add(block, machine.shaft.hz);
    slot.blocks++;
    slot.lastMs = nowMs;
    if (slot.buffer.seconds < INSPECTION_S && slot.blocks < INSPECTION_BLOCKS) return [];
    const { pieces, sampleRateHz } = slot.buffer.read();
    slot.buffer.clear();
    this.#slots.delete(key);
    const unit = configuredPoint(machine.config, block.point)?.unit ?? DEFAULT_WAVEFORM_UNIT;
    const inspection = inspectSignal(pieces, sampleRateHz, unit, machine.shaft.hz);
    // A signal that no longer shows its own machine's lines is inspected as closely as a new one.
    const made = showsOwn(known.look) && !showsOwn(inspection) ? 0 : known.made;
    const everyUs = Math.min(LATER_INTERVAL_US, EARLY_INTERVAL_US * 2 ** Math.max(0, made + 1 - EARLY_INSPECTIONS));
    this.#inspections.set(key, { made: made + 1, nextUs: block.startUs + everyUs, look: inspection });
    return inspection ? this.#judge(block, machine, inspection) : [];
  }

  #judge(
    { asset, point, startUs }: WaveformBlock,
    machine: WiringContext,
    inspection: SignalInspection,
  ): WiringChange[] {
    const { shaft, config, isSpeedMeasured } = machine;
    const isKnownToRun = isSpeedMeasured && isAtSpeed(shaft);
    const alone = vibrationWiring(inspection, { ratedHz: shaft.ratedHz, isKnownToRun });
    const all = [...alone, ...this.#compareWithOthers(`${asset}/${point}`, inspection)];
    const timeMs = startUs / 1000;
    // An inspection without the point's own lines does not show that they are back.
    const isSwapped = all.some((f) => f.kind === 'swapped_sensors');
    const kinds = isSwapped || lineAt(inspection, shaft.hz) > 0 ? VIBRATION_KINDS : WITHOUT_LINES;
    // The speed belongs to the machine, whichever sensor shows that it is wrong.
    const speed = Object.entries(config?.points ?? {}).find(([, p]) => p.role === 'speed')?.[0] ?? point;
    return [
      ...this.#votes.count({ asset, point, timeMs }, kinds, all),
      ...this.#votes.count({ asset, point: speed, timeMs }, ['wrong_speed'], all),
    ];
  }

  /** Findings that need other points: another machine's lines, or the same ones at another scale. */
  #compareWithOthers(key: string, inspection: SignalInspection): WiringFinding[] {
    const [asset] = key.split('/');
    for (const [otherKey, { look: otherInspection }] of this.#inspections) {
      const [other, point] = otherKey.split('/');
      if (!otherInspection || otherKey === key) continue;
      if (other === asset) {
        const scale = scaleBetween(inspection, otherInspection);
        if (scale) return [scale];
      } else if (matchesSpeed(inspection, this.#shafts.get(other) ?? 0)) {
        const isSwapped = matchesSpeed(otherInspection, inspection.shaftHz);
        // The other point's own sensor may be correct, and its signal merely arrive here as well.
        if (!isSwapped) continue;
        const remedy = `its lines lie at the speed of ${other}, and those of ${other}/${point} at the speed of ${asset}: exchange the two cables, or the two mappings`;
        // Only one of the two reports it.
        return key < otherKey ? [{ kind: 'swapped_sensors', remedy }] : [];
      }
    }
    return [];
  }

  #observeValues({ asset, point, timesUs, values }: ScalarBlock, machine: WiringContext): WiringChange[] {
    const key = `${asset}/${point}`;
    const changes: WiringChange[] = [];
    for (let i = 0; i < values.length; i++) {
      const window = this.#windows.get(key) ?? { count: 0, mean: 0, squares: 0 };
      window.count++;
      const off = values[i] - window.mean;
      window.mean += off / window.count;
      window.squares += off * (values[i] - window.mean);
      this.#windows.set(key, window);
      if (window.count < INSPECTION_VALUES) continue;
      this.#windows.delete(key);
      const { unit, role = 'condition', limit } = configuredPoint(machine.config, point) ?? {};
      const inspection = { mean: window.mean, sd: Math.sqrt(window.squares / window.count), unit, role, limit };
      this.#slow.set(key, inspection);
      changes.push(...this.#judgeSlow({ asset, point, timeMs: timesUs[i] / 1000 }, inspection, machine));
    }
    return changes;
  }

  #judgeSlow(
    at: { asset: string; point: string; timeMs: number },
    inspection: SlowInspection,
    machine: WiringContext,
  ): WiringChange[] {
    const { shaft, isSpeedMeasured } = machine;
    const ratedRpm = 60 * shaft.ratedHz;
    const linesAtRated = this.#hasLine(at.asset, shaft.ratedHz);
    const isKnownToRun = (isSpeedMeasured && isAtSpeed(shaft)) || linesAtRated;
    if (inspection.role !== 'speed')
      return this.#votes.count(at, SLOW_KINDS, slowWiring(inspection, ratedRpm, linesAtRated, isKnownToRun));
    const swapped = this.#swappedWithSpeed(at.asset, inspection, ratedRpm);
    const alone = swapped ? [swapped] : slowWiring(inspection, ratedRpm, linesAtRated, isKnownToRun);
    const mains = this.#checkMains(inspection.mean, ratedRpm, machine);
    return [
      ...this.#votes.count(at, [...SLOW_KINDS, 'swapped_sensors'], alone),
      ...this.#votes.count(at, ['wrong_mains_frequency'], mains),
    ];
  }

  #swappedWithSpeed(asset: string, speed: SlowInspection, ratedRpm: number): WiringFinding | null {
    for (const [key, other] of this.#slow) {
      const [its, point] = key.split('/');
      if (its !== asset || other === speed || !isSwappedWithSpeed(speed, other, ratedRpm)) continue;
      const remedy = `${point} is at ${other.mean.toFixed(0)} and the speed at ${speed.mean.toFixed(0)}, with ${ratedRpm} rpm rated: exchange the two`;
      return { kind: 'swapped_sensors', remedy };
    }
    return null;
  }

  #checkMains(rpm: number, ratedRpm: number, { config }: WiringContext): WiringFinding[] {
    const { poles, lineHz = 0 } = config?.drivetrain ?? {};
    const hz = poles && ratedRpm > 0 ? mainsOf(rpm, ratedRpm, poles, lineHz) : null;
    if (hz === null) return [];
    const remedy = `${rpm.toFixed(0)} rpm with ${poles} poles is a motor on ${hz} Hz, not on ${lineHz} Hz: set drivetrain.lineHz to ${hz}, or correct drivetrain.poles`;
    return [{ kind: 'wrong_mains_frequency', remedy }];
  }

  #hasLine(asset: string, hz: number): boolean {
    if (hz <= 0) return false;
    return [...this.#inspections].some(
      ([key, { look: inspection }]) => inspection && key.startsWith(`${asset}/`) && lineAt(inspection, hz) > 0,
    );
  }

  #acquireSlot(key: string, isDue: boolean, nowMs: number): BufferSlot | null {
    const own = this.#slots.get(key);
    if (own || !isDue) return own ?? null;
    for (const [other, { lastMs, buffer }] of this.#slots) {
      if (nowMs - lastMs < IDLE_MS) continue;
      buffer.clear();
      this.#slots.delete(other);
    }
    if (this.#slots.size >= MAX_SLOTS) return null;
    const slot = { buffer: new SignalBuffer(this.#pool), blocks: 0, lastMs: nowMs };
    this.#slots.set(key, slot);
    return slot;
  }
}

const isAtSpeed = ({ hz, ratedHz }: Shaft): boolean => hz > Math.max(AT_SPEED_FRACTION * ratedHz, 1);

function toWiringChange({ of, ...twins }: DuplicateSignal): WiringChange {
  const remedy = `the same values as ${of}, to the last digit: connect its own sensor, or correct the mapping of one of the two`;
  return { ...twins, kind: 'duplicate_signal', remedy };
}

const showsOwn = (look: SignalInspection | null): boolean => look !== null && lineAt(look, look.shaftHz) > 0;
