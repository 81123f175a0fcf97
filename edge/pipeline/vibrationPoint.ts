import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { TimeQuality } from '#models/contracts/envelope.ts';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { meansUnit, type Unit } from '#models/contracts/units.ts';
import { LevelDetector, type LevelSettings } from '#models/health/levelDetector.ts';
import type { Placed } from '#models/health/operatingStates.ts';
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
import { ENOUGH_S, Gatherer, type GatherRoom, JOINED_US } from './gatherer.ts';
import { Intake, type IntakeState } from './intake.ts';
import { LongerWindows, type OtherWindows } from './longerWindows.ts';
import { ofOne, StateDetectors, type StateDetectorsState } from './stateDetectors.ts';
import type { Watched } from './watched.ts';

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
  gatherRoom: GatherRoom;
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
interface Heard {
  window: Window;
  timeQuality: TimeQuality;
  shaftHz: number;
  /** Null while it stands still. */
  placed: Placed | null;
  /** Where they are known already. */
  found?: Extremes;
}

/** Below this part of the rated speed a machine stands still or is being started. */
export const RUNNING = 0.1;
/** From this index on, the signal itself is kept for a diagnosis. */
const SUSPICIOUS = 0.6;
/** Rates that differ by less are one rate: devices measure their own, and it wavers. */
const SAME_RATE = 0.005;
/** A point that is heard at more rates forgets the one that it has not heard for longest. */
const MAX_CHAINS = 3;
/** Blocks overlap if one begins before the last one's end by more than this part of itself. */
const OVERLAP_PART = 0.02;
/** Evidence that was asked for is sent after so long, however much of it there is. */
const MOST_WAIT_US = 60e6;
/** So many in a row are no clock that was set: the rate is not what it is said to be, and no frequency is. */
const WRONG_RATE_BLOCKS = 5;
/** Blocks in a row without a window after which a point says so. */
const BLOCKS_WITHOUT_WINDOW = 20;

/** Whether a rate is another one, as a device measures it. */
export function sameRate(hz: number, ofHz: number): boolean {
  return Math.abs(hz - ofHz) <= SAME_RATE * ofHz;
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
  /** Of what its device stored; a window under way at a restart begins anew. */
  readonly #history: WindowCutter;
  readonly gatherer: Gatherer;
  #suspicious = false;
  /** A command that waits for this point's signal, and since when by the point's own time. */
  #asked: { id: string; sinceUs: number | null } | null = null;
  readonly #others: LongerWindows[];
  /** Of other windows, where those that are watched are too short to tell it. */
  #otherVelocity: number | undefined;
  #spectrumMs: number;
  /** Of the last block that was taken. */
  #endUs = Number.NEGATIVE_INFINITY;
  /** Blocks in a row that began before the last one's end. */
  #overlapping = 0;
  #blocksWithoutWindow = 0;
  /** The rate that was heard last stands last. */
  #chains: Chain[] = [];

  constructor(
    asset: string,
    point: string,
    config: Point | undefined,
    machine: Asset | undefined,
    settings: VibrationSettings,
    state?: unknown,
  ) {
    const before = (state as VibrationState | undefined)?.kind === 'vibration' ? (state as VibrationState) : undefined;
    this.#asset = asset;
    this.#point = point;
    this.#config = config;
    this.#machine = machine;
    this.#settings = settings;
    this.intake = new Intake(asset, point, before?.intake);
    this.gatherer = new Gatherer(settings.gatherRoom);
    this.#cutter = new WindowCutter(settings.windows, before?.remainder ?? null);
    this.#history = new WindowCutter(settings.windows, null);
    this.#others = settings.otherWindows.map(
      (other) => new LongerWindows(other, this.#plan(), { asset, point, unit: this.unit }),
    );
    this.#spectrumMs = before?.spectrumMs ?? Number.NEGATIVE_INFINITY;
    for (const chain of before?.chains ?? []) this.#chains.push(this.#chainOf(chain.sampleRateHz, chain));
  }

  accept(
    block: WaveformBlock,
    shaft: { hz: number; ratedHz: number },
    placed: Placed,
    use: (watched: Watched) => void,
  ): void {
    if (block.timeQuality === 'received') block.startUs = this.#placed(block);
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
    const running = shaft.ratedHz === 0 || shaft.hz >= RUNNING * shaft.ratedHz;
    const sameRate = { ...block, sampleRateHz: chain.sampleRateHz };
    if ((this.#suspicious && running) || this.#asked !== null) this.gatherer.add(sameRate, shaft.hz);
    else this.gatherer.clear();
    for (const other of this.#others) {
      const { made, velocityMmPerS } = other.accept(sameRate, shaft.hz, this.rows);
      this.intake.ledger.windows += made;
      if (velocityMmPerS !== undefined) this.#otherVelocity = velocityMmPerS;
    }
    this.#blocksWithoutWindow++;
    this.#cutter.push(sameRate, (window) => {
      this.#blocksWithoutWindow = 0;
      // A window that is the whole block has been looked through already.
      const whole = window.startUs === block.startUs && window.samples.length === block.samples.length;
      const { timeQuality } = block;
      const heard = { window, timeQuality, shaftHz: shaft.hz, placed: running ? placed : null };
      use(this.#watch(chain, whole ? { ...heard, found } : heard));
    });
    if (this.#blocksWithoutWindow >= BLOCKS_WITHOUT_WINDOW) use(this.#noWindow(block));
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

  /** A command wants to have its signal. False where another one waits for it already, or no more signal can be kept. */
  ask(id: string): boolean {
    if (this.#asked !== null || !this.#settings.gatherRoom.hasPlaceFor(this.gatherer)) return false;
    this.#asked = { id, sinceUs: null };
    return true;
  }

  /** The command whose evidence is complete now, or as complete as it gets in a minute; once. */
  answered(): string | null {
    const asked = this.#asked;
    if (asked === null) return null;
    asked.sinceUs ??= this.#endUs;
    const enough = this.gatherer.seconds >= ENOUGH_S;
    const overdue = this.#endUs - asked.sinceUs > MOST_WAIT_US;
    if (!enough && !overdue) return null;
    this.#asked = null;
    return this.gatherer.seconds > 0 ? asked.id : null;
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

  /** A block that begins before the last one ended: its rate is not what it says, or its clock was set. */
  #noteOverlap(block: WaveformBlock): void {
    const durationUs = (block.samples.length * 1e6) / block.sampleRateHz;
    const overlaps = block.startUs < this.#endUs - Math.max(JOINED_US, OVERLAP_PART * durationUs);
    if (overlaps) this.intake.flaw('overlap');
    this.#overlapping = overlaps ? this.#overlapping + 1 : 0;
    this.#endUs = block.startUs + durationUs;
  }

  #placed(block: WaveformBlock): number {
    const rest = this.#cutter.remainder;
    const end = rest && rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
    return this.intake.place(block.startUs, (block.samples.length * 1e6) / block.sampleRateHz, end);
  }

  #watch(chain: Chain, heard: Heard): Watched {
    const { window, timeQuality, shaftHz } = heard;
    const { features, meta } = chain;
    const row = features.extract(window.samples, shaftHz);
    const timeMs = (window.startUs + meta.windowUs) / 1000;
    const spectrum = () => features.spectrum(timeMs);
    this.rows.add(meta, timeQuality, window.startUs, row, this.#spectrumDue(timeMs) ? spectrum() : undefined);
    this.intake.ledger.windows++;
    const judged = this.#judge(chain, heard, row, timeMs);
    this.#suspicious = judged.on || (judged.score.assessable && judged.score.index >= SUSPICIOUS);
    const velocityMmPerS = row[chain.velocityColumn] ?? this.#otherVelocity;
    return {
      ...judged,
      velocityMmPerS,
      gatheredS: this.gatherer.seconds,
      gatheredSinceMs: this.gatherer.sinceMs,
      spectrum,
    };
  }

  #judge(chain: Chain, { window, placed, found }: Heard, row: number[], timeMs: number): Watched {
    const base = { point: this.#point, timeMs };
    if (this.#overlapping >= WRONG_RATE_BLOCKS) return { ...base, score: unfit('overlap'), on: chain.trigger.on };
    const flaw = waveformFlaw(window.samples, row[chain.crestColumn], found);
    if (flaw === 'clipped' || flaw === 'stuck' || flaw === 'spikes') {
      this.intake.flaw(flaw);
      return { ...base, score: unfit(flaw), on: chain.trigger.on };
    }
    if (placed === null) {
      const score = { assessable: false, reason: 'the machine stands still', remedy: 'assessed when it runs' } as const;
      return { ...base, score, on: chain.trigger.on };
    }
    const before = chain.trigger;
    // Kept while an alert may come of it: what was known before the window is what a verdict is replayed from.
    const snapshot = before.on || this.#suspicious ? chain.detectors.snapshot(placed) : null;
    const judged = chain.detectors.judge(row, placed, timeMs, before.on);
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

  #noWindow(block: WaveformBlock): Watched {
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
    const chain = this.#chains.find(near) ?? this.#chainOf(sampleRateHz);
    this.#chains = [...this.#chains.filter((c) => c !== chain), chain].slice(-MAX_CHAINS);
    return chain;
  }

  #plan(): Omit<FeaturePlan, 'length' | 'sampleRateHz'> {
    const { bearing, bands } = this.#config ?? {};
    return { unit: this.unit, bearing, bands, drivetrain: this.#machine?.drivetrain };
  }

  #chainOf(sampleRateHz: number, before?: ChainState): Chain {
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
        known?.detectors ?? ofOne(known?.detector),
      ),
      trigger: known?.trigger ?? QUIET,
      meta: { asset: this.#asset, point: this.#point, unit, windowUs: (length / sampleRateHz) * 1e6, names },
      velocityColumn: names.indexOf(VELOCITY),
      crestColumn: names.indexOf('crestFactor'),
      followed: { indexed, evidence },
    };
  }
}
