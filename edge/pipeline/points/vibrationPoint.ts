import type { TriggerSettings } from '#models/alerting/trigger.ts';
import type { Rejection } from '#models/contracts/ledger.ts';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { LevelSettings } from '#models/health/levelDetector.ts';
import type { StateAssignment } from '#models/health/operatingStates.ts';
import type { Extremes } from '#models/health/quality/waveformFlaw.ts';
import type { Asset, Point } from '#models/machine/asset.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { type Remainder, type Window, WindowCutter, type WindowShape } from '#models/signal/windows.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../../sources/source.ts';
import type { PointAssessment } from '../assessment/pointAssessment.ts';
import { assessWindow, type WindowAssessmentSettings } from '../assessment/windowAssessment.ts';
import { Intake, type IntakeState } from '../block/intake.ts';
import { OverlapMonitor } from '../block/overlapMonitor.ts';
import type { SignalBuffer, SignalBufferPool } from '../block/signalBuffer.ts';
import { SignalCollection } from '../block/signalCollection.ts';
import { checkWaveform } from '../block/waveformCheck.ts';
import { FeatureRows } from '../features/featureRows.ts';
import { LongerWindows, type OtherWindows } from '../features/longerWindows.ts';
import { BLOCKS_WITHOUT_WINDOW, SUSPICION_INDEX } from '../judgement.ts';
import { isRunning, type Shaft } from '../operation/shaft.ts';
import { type RateChain, type RateChainState, RateChains } from './rateChain.ts';

export interface VibrationSettings {
  windows: WindowShape;
  /** Shared by all points, which are processed one after the other. */
  engine: SpectralEngine;
  otherWindows: readonly OtherWindows[];
  level: LevelSettings;
  trigger: TriggerSettings;
  /** False-alarm budget of the point per month. */
  falseAlerts: number;
  spectrumIntervalMs: number;
  /** Shared by all points. */
  bufferPool: SignalBufferPool;
}

/** The state that survives a restart, by stage. */
interface VibrationState {
  kind: 'vibration';
  intake: IntakeState;
  spectrumMs: number;
  remainder: Remainder | null;
  chains: RateChainState[];
}

/** The machine's operation during a block. */
interface BlockContext {
  block: WaveformBlock;
  extremes: Extremes;
  shaftHz: number;
  /** Null at standstill. */
  assignment: StateAssignment | null;
}

/** One vibration sensor, stage by stage: a block is admitted and cut into windows, whose features are assessed. */
export class VibrationPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows();
  readonly unit: Unit;
  readonly #point: string;
  readonly #settings: VibrationSettings;
  readonly #assessment: WindowAssessmentSettings;
  readonly #overlaps = new OverlapMonitor();
  readonly #signal: SignalCollection;
  readonly #cutter: WindowCutter;
  /** For historical data; an incomplete window is discarded at a restart. */
  readonly #history: WindowCutter;
  readonly #longerWindows: LongerWindows[];
  readonly #chains: RateChains;
  /** From other windows, if those of the detector are too short to resolve it. */
  #otherVelocity: number | undefined;
  #spectrumMs: number;
  #blocksWithoutWindow = 0;

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
    const { windows, engine, level, trigger, falseAlerts } = settings;
    const unit = config?.unit ?? DEFAULT_WAVEFORM_UNIT;
    const { drivetrain, ratedRpm } = machine ?? {};
    const features = { unit, bearing: config?.bearing, bands: config?.bands, drivetrain, ratedRpm };
    this.#point = point;
    this.unit = unit;
    this.#settings = settings;
    this.#assessment = { level, trigger, iso: machine?.iso };
    this.intake = new Intake(asset, point, restored?.intake);
    this.#signal = new SignalCollection(settings.bufferPool);
    this.#cutter = new WindowCutter(windows, restored?.remainder ?? null);
    this.#history = new WindowCutter(windows, null);
    this.#longerWindows = settings.otherWindows.map(
      (other) => new LongerWindows(other, features, { asset, point, unit }),
    );
    this.#spectrumMs = restored?.spectrumMs ?? Number.NEGATIVE_INFINITY;
    const plan = { asset, point, unit, length: windows.length, features, engine, level, falseAlerts };
    this.#chains = new RateChains(plan, restored?.chains);
  }

  /** The signal buffered for a diagnosis. */
  get buffer(): SignalBuffer {
    return this.#signal.buffer;
  }

  accept(
    block: WaveformBlock,
    shaft: Shaft,
    assignment: StateAssignment,
    onAssessed: (assessment: PointAssessment) => void,
  ): void {
    const extremes = this.#admit(block);
    if (extremes === null) return;
    const chain = this.#chains.at(block.sampleRateHz);
    const runs = isRunning(shaft);
    const sameRate = { ...block, sampleRateHz: chain.sampleRateHz };
    this.#signal.add(sameRate, shaft.hz, runs);
    this.#cutLongerWindows(sameRate, shaft.hz);
    const context = { block, extremes, shaftHz: shaft.hz, assignment: runs ? assignment : null };
    this.#blocksWithoutWindow++;
    this.#cutter.push(sameRate, (window) => {
      this.#blocksWithoutWindow = 0;
      onAssessed(this.#assess(chain, window, context));
    });
    if (this.#blocksWithoutWindow >= BLOCKS_WITHOUT_WINDOW) onAssessed(this.#reportNoWindow(block));
  }

  /** A signal that a device stored: it only makes rows of features. The shaft's speed at that time is unknown. */
  acceptHistorical(block: WaveformBlock): void {
    const checked = checkWaveform(block, this.unit);
    if ('rejection' in checked) {
      this.intake.reject(checked.rejection);
      return;
    }
    if (!this.intake.admitHistorical(block.startUs)) return;
    const { features, meta, sampleRateHz } = this.#chains.at(block.sampleRateHz);
    this.#history.push({ ...block, sampleRateHz }, (window) => {
      const row = features.extract(window.samples, 0);
      this.rows.add({ ...meta, historical: true }, block.timeQuality, window.startUs, row);
      this.intake.ledger.windows++;
    });
  }

  /** Requests the point's signal for a command. False if another request is pending, or no buffer is available. */
  requestEvidence(id: string): boolean {
    return this.#signal.request(id);
  }

  /** The command whose evidence is now complete, or that has waited for a minute; returned once. */
  takeCompletedRequest(): string | null {
    return this.#signal.takeCompletedRequest(this.#overlaps.endUs);
  }

  state(): VibrationState {
    return {
      kind: 'vibration',
      intake: this.intake.state,
      spectrumMs: this.#spectrumMs,
      remainder: this.#cutter.remainder,
      chains: this.#chains.state(),
    };
  }

  /** The extremes of a new and usable block; null for any other, which is counted. */
  #admit(block: WaveformBlock): Extremes | null {
    if (block.timeQuality === 'received') block.startUs = this.#assignStart(block);
    const checked = checkWaveform(block, this.unit);
    if ('rejection' in checked) return this.#reject(checked.rejection);
    if (!this.intake.admit(block.startUs)) return null;
    if (this.#overlaps.observe(block)) this.intake.countFlaw('overlap');
    return checked;
  }

  #reject(rejection: Rejection): null {
    this.intake.reject(rejection);
    return null;
  }

  #assignStart(block: WaveformBlock): number {
    const rest = this.#cutter.remainder;
    const end = rest && rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
    return this.intake.assignTime(block.startUs, (block.samples.length * 1e6) / block.sampleRateHz, end);
  }

  #cutLongerWindows(block: WaveformBlock, shaftHz: number): void {
    for (const other of this.#longerWindows) {
      const { made, velocityMmPerS } = other.accept(block, shaftHz, this.rows);
      this.intake.ledger.windows += made;
      if (velocityMmPerS !== undefined) this.#otherVelocity = velocityMmPerS;
    }
  }

  /** Computes a window's features, and their assessment. */
  #assess(chain: RateChain, window: Window, { block, extremes, shaftHz, assignment }: BlockContext): PointAssessment {
    const { features, meta } = chain;
    const row = features.extract(window.samples, shaftHz);
    const timeMs = (window.startUs + meta.windowUs) / 1000;
    const spectrum = () => features.spectrum(timeMs);
    this.rows.add(meta, block.timeQuality, window.startUs, row, this.#isSpectrumDue(timeMs) ? spectrum() : undefined);
    this.intake.ledger.windows++;
    // The extremes of a window that is the whole block are already known.
    const isWholeBlock = window.startUs === block.startUs && window.samples.length === block.samples.length;
    const { isRateWrong } = this.#overlaps;
    const { isSuspicious } = this.#signal;
    const known = isWholeBlock ? extremes : undefined;
    const inContext = { window, row, timeMs, assignment, extremes: known, isRateWrong, isSuspicious };
    const { flaw, ...assessed } = assessWindow(chain, inContext, this.#assessment);
    if (flaw) this.intake.countFlaw(flaw);
    const { score, on } = assessed;
    this.#signal.isSuspicious = on || (score.assessable && score.index >= SUSPICION_INDEX);
    const velocityMmPerS = row[chain.velocityColumn] ?? this.#otherVelocity;
    const { seconds: bufferedS, sinceMs: bufferedSinceMs, isComplete: isSignalComplete } = this.buffer;
    const buffered = { bufferedS, bufferedSinceMs, isSignalComplete };
    return { point: this.#point, timeMs, ...assessed, velocityMmPerS, ...buffered, spectrum };
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

  #isSpectrumDue(timeMs: number): boolean {
    if (Math.abs(timeMs - this.#spectrumMs) < this.#settings.spectrumIntervalMs) return false;
    this.#spectrumMs = timeMs;
    return true;
  }
}
