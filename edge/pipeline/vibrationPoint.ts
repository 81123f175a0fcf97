import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import { LevelDetector, type LevelSettings } from '#models/health/levelDetector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import { isPossible } from '#models/health/quality/plausible.ts';
import { unfit } from '#models/health/quality/unfit.ts';
import { type Extremes, extremes, waveformFlaw } from '#models/health/quality/waveformFlaw.ts';
import { VELOCITY, withVelocity } from '#models/health/velocityAlarm.ts';
import type { Asset, Point } from '#models/machine/asset.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { type FeaturePlan, VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { type Remainder, type Window, WindowCutter, type WindowShape } from '#models/signal/windows.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../sources/source.ts';
import { FeatureRows, type RowMeta } from './featureRows.ts';
import { Intake, type IntakeState } from './intake.ts';
import { LongerWindows, type OtherWindows } from './longerWindows.ts';
import type { PointAssessment } from './pointAssessment.ts';
import { DIAGNOSIS_S, MAX_JOIN_GAP_US, SignalBuffer, type SignalBufferPool } from './signalBuffer.ts';
import { fromSingleDetector, StateDetectors, type StateDetectorsState } from './stateDetectors.ts';

export interface VibrationSettings {
  windows: WindowShape;
  /** Shared by all points: they are worked on one after the other. */
  engine: SpectralEngine;
  otherWindows: readonly OtherWindows[];
  level: LevelSettings;
  trigger: TriggerSettings;
  /** That a point may bring in a month. */
  falseAlerts: number;
  spectrumIntervalMs: number;
  /** Shared by all points. */
  bufferPool: SignalBufferPool;
}

interface ChainState {
  sampleRateHz: number;
  /** What the detector's numbers are of: with another unit, length or bearing they mean nothing. */
  signature: string;
  detectors?: StateDetectorsState;
  /** Of before there were operating states. */
  detector?: Float64Array;
  trigger: TriggerState;
}

interface VibrationState {
  kind: 'vibration';
  intake: IntakeState;
  spectrumMs: number;
  remainder: Remainder | null;
  chains: ChainState[];
}

/** What a point does with windows of one rate. */
interface Chain {
  sampleRateHz: number;
  signature: string;
  features: VibrationFeatures;
  detectors: StateDetectors;
  trigger: TriggerState;
  meta: RowMeta;
  velocityColumn: number;
  crestColumn: number;
  /** Features that its detectors follow. */
  followed: { indexed: readonly string[]; evidence: readonly string[] };
}

/** A window, and how the machine was run meanwhile. */
interface WindowContext {
  window: Window;
  timeQuality: TimeQuality;
  shaftHz: number;
  /** Null at standstill. */
  assignment: StateAssignment | null;
  /** Where they are known already. */
  extremes?: Extremes;
}

/** Below this fraction of the rated speed a machine is at standstill or starting. */
export const RUNNING_FRACTION = 0.1;
/** From this index on, the signal itself is kept for a diagnosis. */
const SUSPICION_INDEX = 0.6;
/** Rates that differ by less are one rate: devices measure their own, and it wavers. */
const SAME_RATE_FRACTION = 0.005;
/** A point with more sample rates drops the one that was used least recently. */
const MAX_CHAINS = 3;
/** Blocks overlap if one begins before the last one's end by more than this part of itself. */
const OVERLAP_FRACTION = 0.02;
/** Requested evidence is sent after this time, even if incomplete. */
const MAX_WAIT_US = 60e6;
/** More consecutive overlaps than a reset clock explains: the stated sample rate, and so every frequency, is wrong. */
const WRONG_RATE_BLOCKS = 5;
/** Consecutive blocks without a window before the point reports it. */
const BLOCKS_WITHOUT_WINDOW = 20;

/** Whether a rate is another one, as a device measures it. */
export function sameRate(hz: number, ofHz: number): boolean {
  return Math.abs(hz - ofHz) <= SAME_RATE_FRACTION * ofHz;
}

/** One vibration sensor: from blocks to windows, features, a score and a trigger. */
export class VibrationPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows();
  readonly #asset: string;
  readonly #point: string;
  readonly #config: Point | undefined;
  /** Without its `iso` class a velocity is shown and raises nothing. */
  readonly #machine: Asset | undefined;
  readonly #settings: VibrationSettings;
  readonly #cutter: WindowCutter;
  /** For historical data; an incomplete window is discarded at a restart. */
  readonly #history: WindowCutter;
  readonly buffer: SignalBuffer;
  #suspicious = false;
  /** A command that waits for this point's signal, and since when by the point's own time. */
  #evidenceRequest: { id: string; sinceUs: number | null } | null = null;
  readonly #longerWindows: LongerWindows[];
  /** From other windows, where those of the detector are too short to resolve it. */
  #otherVelocity: number | undefined;
  #spectrumMs: number;
  /** Of the last block that was taken. */
  #endUs = Number.NEGATIVE_INFINITY;
  /** Blocks in a row that began before the last one's end. */
  #overlapping = 0;
  #blocksWithoutWindow = 0;
  /** The most recently used rate is last. */
  #chains: Chain[] = [];

  constructor(
    asset: string,
    point: string,
    config: Point | undefined,
    machine: Asset | undefined,
    settings: VibrationSettings,
    state?: unknown,
  ) {
    const restored =
      (state as VibrationState | undefined)?.kind === 'vibration' ? (state as VibrationState) : undefined;
    this.#asset = asset;
    this.#point = point;
    this.#config = config;
    this.#machine = machine;
    this.#settings = settings;
    this.intake = new Intake(asset, point, restored?.intake);
    this.buffer = new SignalBuffer(settings.bufferPool);
    this.#cutter = new WindowCutter(settings.windows, restored?.remainder ?? null);
    this.#history = new WindowCutter(settings.windows, null);
    this.#longerWindows = settings.otherWindows.map(
      (other) => new LongerWindows(other, this.#plan(), { asset, point, unit: this.unit }),
    );
    this.#spectrumMs = restored?.spectrumMs ?? Number.NEGATIVE_INFINITY;
    for (const chain of restored?.chains ?? []) this.#chains.push(this.#createChain(chain.sampleRateHz, chain));
  }

  accept(
    block: WaveformBlock,
    shaft: { hz: number; ratedHz: number },
    assignment: StateAssignment,
    onAssessed: (assessment: PointAssessment) => void,
  ): void {
    if (block.timeQuality === 'received') block.startUs = this.#assignStart(block);
    if (block.unit !== undefined && !meansUnit(block.unit, this.unit)) {
      this.intake.reject('unit_mismatch');
      return;
    }
    const found = extremes(block.samples);
    if (!isPossible(found.low, found.high, this.unit)) {
      this.intake.reject('impossible_value');
      return;
    }
    if (!this.intake.admit(block.startUs)) return;
    this.#noteOverlap(block);
    const chain = this.#chainFor(block);
    const isRunning = shaft.ratedHz === 0 || shaft.hz >= RUNNING_FRACTION * shaft.ratedHz;
    const sameRate = { ...block, sampleRateHz: chain.sampleRateHz };
    if ((this.#suspicious && isRunning) || this.#evidenceRequest !== null) this.buffer.add(sameRate, shaft.hz);
    else this.buffer.clear();
    for (const other of this.#longerWindows) {
      const { made, velocityMmPerS } = other.accept(sameRate, shaft.hz, this.rows);
      this.intake.ledger.windows += made;
      if (velocityMmPerS !== undefined) this.#otherVelocity = velocityMmPerS;
    }
    this.#blocksWithoutWindow++;
    this.#cutter.push(sameRate, (window) => {
      this.#blocksWithoutWindow = 0;
      // A window that is the whole block has been looked through already.
      const isWholeBlock = window.startUs === block.startUs && window.samples.length === block.samples.length;
      const { timeQuality } = block;
      const context = { window, timeQuality, shaftHz: shaft.hz, assignment: isRunning ? assignment : null };
      onAssessed(this.#assessWindow(chain, isWholeBlock ? { ...context, extremes: found } : context));
    });
    if (this.#blocksWithoutWindow >= BLOCKS_WITHOUT_WINDOW) onAssessed(this.#reportNoWindow(block));
  }

  /** A signal that a device stored: rows of features, and nothing else. The shaft's speed of then is not known. */
  acceptHistorical(block: WaveformBlock): void {
    if (block.unit !== undefined && !meansUnit(block.unit, this.unit)) {
      this.intake.reject('unit_mismatch');
      return;
    }
    const { low, high } = extremes(block.samples);
    if (!isPossible(low, high, this.unit)) {
      this.intake.reject('impossible_value');
      return;
    }
    if (!this.intake.admitHistorical(block.startUs)) return;
    const { features, meta, sampleRateHz } = this.#chainFor(block);
    this.#history.push({ ...block, sampleRateHz }, (window) => {
      const row = features.extract(window.samples, 0);
      this.rows.add({ ...meta, historical: true }, block.timeQuality, window.startUs, row);
      this.intake.ledger.windows++;
    });
  }

  /** Requests the point's signal for a command. False if another request is pending, or no buffer is available. */
  requestEvidence(id: string): boolean {
    if (this.#evidenceRequest !== null || !this.#settings.bufferPool.canAcquire(this.buffer)) return false;
    this.#evidenceRequest = { id, sinceUs: null };
    return true;
  }

  /** The command whose evidence is now complete, or that has waited for a minute; returned once. */
  takeCompletedRequest(): string | null {
    const request = this.#evidenceRequest;
    if (request === null) return null;
    request.sinceUs ??= this.#endUs;
    const enough = this.buffer.seconds >= DIAGNOSIS_S;
    const overdue = this.#endUs - request.sinceUs > MAX_WAIT_US;
    if (!enough && !overdue) return null;
    this.#evidenceRequest = null;
    return this.buffer.seconds > 0 ? request.id : null;
  }

  get unit(): Unit {
    return this.#config?.unit ?? DEFAULT_WAVEFORM_UNIT;
  }

  state(): VibrationState {
    return {
      kind: 'vibration',
      intake: this.intake.state,
      spectrumMs: this.#spectrumMs,
      remainder: this.#cutter.remainder,
      chains: this.#chains.map(({ sampleRateHz, signature, detectors, trigger }) => ({
        sampleRateHz,
        signature,
        detectors: detectors.state(),
        trigger,
      })),
    };
  }

  /** A block that starts before the end of the last one: its stated rate is wrong, or its clock was set. */
  #noteOverlap(block: WaveformBlock): void {
    const durationUs = (block.samples.length * 1e6) / block.sampleRateHz;
    const overlaps = block.startUs < this.#endUs - Math.max(MAX_JOIN_GAP_US, OVERLAP_FRACTION * durationUs);
    if (overlaps) this.intake.countFlaw('overlap');
    this.#overlapping = overlaps ? this.#overlapping + 1 : 0;
    this.#endUs = block.startUs + durationUs;
  }

  #assignStart(block: WaveformBlock): number {
    const rest = this.#cutter.remainder;
    const end = rest && rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
    return this.intake.assignTime(block.startUs, (block.samples.length * 1e6) / block.sampleRateHz, end);
  }

  #assessWindow(chain: Chain, context: WindowContext): PointAssessment {
    const { window, timeQuality, shaftHz } = context;
    const { features, meta } = chain;
    const row = features.extract(window.samples, shaftHz);
    const timeMs = (window.startUs + meta.windowUs) / 1000;
    const spectrum = () => features.spectrum(timeMs);
    this.rows.add(meta, timeQuality, window.startUs, row, this.#spectrumDue(timeMs) ? spectrum() : undefined);
    this.intake.ledger.windows++;
    const assessment = this.#scoreWindow(chain, context, row, timeMs);
    this.#suspicious = assessment.on || (assessment.score.assessable && assessment.score.index >= SUSPICION_INDEX);
    const velocityMmPerS = row[chain.velocityColumn] ?? this.#otherVelocity;
    return {
      ...assessment,
      velocityMmPerS,
      bufferedS: this.buffer.seconds,
      bufferedSinceMs: this.buffer.sinceMs,
      spectrum,
    };
  }

  #scoreWindow(
    chain: Chain,
    { window, assignment, extremes: knownExtremes }: WindowContext,
    row: number[],
    timeMs: number,
  ): PointAssessment {
    const base = { point: this.#point, timeMs };
    if (this.#overlapping >= WRONG_RATE_BLOCKS) return { ...base, score: unfit('overlap'), on: chain.trigger.on };
    const flaw = waveformFlaw(window.samples, row[chain.crestColumn], knownExtremes);
    if (flaw === 'clipped' || flaw === 'stuck' || flaw === 'spikes') {
      this.intake.countFlaw(flaw);
      return { ...base, score: unfit(flaw), on: chain.trigger.on };
    }
    if (assignment === null) {
      const score = { assessable: false, reason: 'the machine stands still', remedy: 'assessed when it runs' } as const;
      return { ...base, score, on: chain.trigger.on };
    }
    const before = chain.trigger;
    // Kept while an alert may follow: a verdict is replayed from the state before the window.
    const snapshot = before.on || this.#suspicious ? chain.detectors.snapshot(assignment) : null;
    const judged = chain.detectors.judge(row, assignment, timeMs, before.on);
    const { level, trigger } = this.#settings;
    const score = withVelocity(judged, this.#machine?.iso, 1 / level.ratioLimit);
    if (!score.assessable) return { ...base, score, on: before.on };
    chain.trigger = stepTrigger(before, score.index, trigger);
    const limitTimes = score.limit?.times ?? 1;
    const basis = snapshot && {
      features: { names: chain.features.names, row },
      baseline: { ...chain.followed, settings: level, snapshot, limitTimes },
      trigger: { settings: trigger, before },
    };
    return { ...base, score, on: chain.trigger.on, ...(basis ? { basis } : {}) };
  }

  #reportNoWindow(block: WaveformBlock): PointAssessment {
    this.#blocksWithoutWindow = 0;
    const { length } = this.#settings.windows;
    const score = {
      assessable: false,
      reason: `blocks of ${block.samples.length} samples that do not follow one another never fill a window of ${length}`,
      remedy: 'send longer blocks, or set a shorter windows.length',
    } as const;
    return { point: this.#point, timeMs: block.startUs / 1000, score, on: false };
  }

  #spectrumDue(timeMs: number): boolean {
    if (Math.abs(timeMs - this.#spectrumMs) < this.#settings.spectrumIntervalMs) return false;
    this.#spectrumMs = timeMs;
    return true;
  }

  #chainFor({ sampleRateHz }: WaveformBlock): Chain {
    const near = (chain: Chain) => sameRate(chain.sampleRateHz, sampleRateHz);
    const last = this.#chains[this.#chains.length - 1];
    if (last && near(last)) return last;
    const chain = this.#chains.find(near) ?? this.#createChain(sampleRateHz);
    this.#chains = [...this.#chains.filter((c) => c !== chain), chain].slice(-MAX_CHAINS);
    return chain;
  }

  #plan(): Omit<FeaturePlan, 'length' | 'sampleRateHz'> {
    const { bearing, bands } = this.#config ?? {};
    return { unit: this.unit, bearing, bands, drivetrain: this.#machine?.drivetrain };
  }

  #createChain(sampleRateHz: number, before?: ChainState): Chain {
    const unit = this.unit;
    const length = this.#settings.windows.length;
    const features = new VibrationFeatures({ ...this.#plan(), length, sampleRateHz }, this.#settings.engine);
    const { names } = features;
    const bands = names.filter((name) => name.startsWith('band'));
    const evidence = names.filter((name) => name === VELOCITY || /^envelope(Rms|Bp|Bs|Ft)/.test(name));
    const signature = [unit, length, ...names, 'evidence', ...evidence].join(' ');
    const known = before?.signature === signature ? before : undefined;
    // RMS and the bands of 3/8 to 6/8 of Nyquist: where bearings ring, and below what a sensor's filter takes away.
    const indexed = ['rms', ...bands.slice(3, 6)];
    return {
      sampleRateHz,
      signature,
      features,
      detectors: new StateDetectors(
        (snapshot) => new LevelDetector(names, indexed, evidence, this.#settings.level, snapshot),
        this.#settings.falseAlerts,
        known?.detectors ?? fromSingleDetector(known?.detector),
      ),
      trigger: known?.trigger ?? QUIET,
      meta: { asset: this.#asset, point: this.#point, unit, windowUs: (length / sampleRateHz) * 1e6, names },
      velocityColumn: names.indexOf(VELOCITY),
      crestColumn: names.indexOf('crestFactor'),
      followed: { indexed, evidence },
    };
  }
}
