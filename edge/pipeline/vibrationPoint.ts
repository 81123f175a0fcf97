import { QUIET, stepTrigger, type TriggerSettings, type TriggerState } from '#models/alerting/trigger.ts';
import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { LevelDetector, type LevelSettings } from '#models/health/levelDetector.ts';
import type { Point } from '#models/machine/asset.ts';
import { screenSpectrum } from '#models/signal/spectrum.ts';
import { VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { type Remainder, WindowCutter, type WindowShape } from '#models/signal/windows.ts';
import { DEFAULT_WAVEFORM_UNIT } from '../sources/source.ts';
import { FeatureRows, type RowMeta } from './featureRows.ts';
import { Intake, type IntakeState } from './intake.ts';
import type { Watched } from './watched.ts';

export interface VibrationSettings {
  windows: WindowShape;
  level: LevelSettings;
  trigger: TriggerSettings;
  spectrumIntervalMs: number;
}

interface VibrationState {
  kind: 'vibration';
  intake: IntakeState;
  trigger: TriggerState;
  spectrumMs: number;
  remainder: Remainder | null;
  /** Absent until the first block has told the rate. */
  rate: { sampleRateHz: number; detector: Float64Array } | null;
}

interface Chain {
  sampleRateHz: number;
  features: VibrationFeatures;
  detector: LevelDetector;
  meta: RowMeta;
  velocityColumn: number;
}

/** Below this part of the rated speed a machine stands still or is being started. */
const RUNNING = 0.1;

/** One vibration sensor: from blocks to windows, features, a score and a trigger. */
export class VibrationPoint {
  readonly intake: Intake;
  readonly rows = new FeatureRows();
  readonly #asset: string;
  readonly #point: string;
  readonly #config: Point | undefined;
  readonly #settings: VibrationSettings;
  readonly #cutter: WindowCutter;
  #trigger: TriggerState;
  #spectrumMs: number;
  #chain: Chain | null;

  constructor(asset: string, point: string, config: Point | undefined, settings: VibrationSettings, state?: unknown) {
    const before = (state as VibrationState | undefined)?.kind === 'vibration' ? (state as VibrationState) : undefined;
    this.#asset = asset;
    this.#point = point;
    this.#config = config;
    this.#settings = settings;
    this.intake = new Intake(asset, point, before?.intake);
    this.#cutter = new WindowCutter(settings.windows, before?.remainder ?? null);
    this.#trigger = before?.trigger ?? QUIET;
    this.#spectrumMs = before?.spectrumMs ?? Number.NEGATIVE_INFINITY;
    this.#chain = before?.rate ? this.#chainOf(before.rate.sampleRateHz, 'source', before.rate.detector) : null;
  }

  accept(block: WaveformBlock, shaft: { hz: number; ratedHz: number }, use: (watched: Watched) => void): void {
    if (block.timeQuality === 'received') block.startUs = this.#placed(block);
    if (!this.intake.admit(block.startUs)) return;
    const chain = this.#chainFor(block);
    const running = shaft.ratedHz === 0 || shaft.hz >= RUNNING * shaft.ratedHz;
    this.#cutter.push(block, (window) => {
      const row = chain.features.extract(window.samples, shaft.hz);
      const timeMs = (window.startUs + chain.meta.windowUs) / 1000;
      const spectrum = () =>
        screenSpectrum(chain.features.powerDensity, chain.features.resolutionHz, chain.meta.unit, timeMs);
      this.rows.add(chain.meta, window.startUs, row, this.#spectrumDue(timeMs) ? spectrum() : undefined);
      this.intake.ledger.windows++;
      use({ ...this.#judge(chain, row, timeMs, running), velocityMmPerS: row[chain.velocityColumn], spectrum });
    });
  }

  state(): VibrationState {
    return {
      kind: 'vibration',
      intake: this.intake.state,
      trigger: this.#trigger,
      spectrumMs: this.#spectrumMs,
      remainder: this.#cutter.remainder,
      rate: this.#chain && { sampleRateHz: this.#chain.sampleRateHz, detector: this.#chain.detector.snapshot() },
    };
  }

  #placed(block: WaveformBlock): number {
    const rest = this.#cutter.remainder;
    const end = rest && rest.startUs + (rest.samples.length * 1e6) / rest.sampleRateHz;
    return this.intake.place(block.startUs, (block.samples.length * 1e6) / block.sampleRateHz, end);
  }

  #judge(chain: Chain, row: number[], timeMs: number, running: boolean): Watched {
    const base = { point: this.#point, timeMs };
    if (!running) {
      const score = { assessable: false, reason: 'the machine stands still', remedy: 'assessed when it runs' } as const;
      return { ...base, score, on: this.#trigger.on };
    }
    const score = chain.detector.score(row);
    chain.detector.learn(row);
    if (score.assessable) this.#trigger = stepTrigger(this.#trigger, score.index, this.#settings.trigger);
    return { ...base, score, on: this.#trigger.on };
  }

  #spectrumDue(timeMs: number): boolean {
    if (timeMs - this.#spectrumMs < this.#settings.spectrumIntervalMs) return false;
    this.#spectrumMs = timeMs;
    return true;
  }

  #chainFor(block: WaveformBlock): Chain {
    const known = this.#chain;
    if (known?.sampleRateHz === block.sampleRateHz && known.meta.timeQuality === block.timeQuality) return known;
    const snapshot = known?.sampleRateHz === block.sampleRateHz ? known.detector.snapshot() : undefined;
    this.#chain = this.#chainOf(block.sampleRateHz, block.timeQuality, snapshot);
    return this.#chain;
  }

  #chainOf(sampleRateHz: number, timeQuality: RowMeta['timeQuality'], snapshot?: Float64Array): Chain {
    const unit = this.#config?.unit ?? DEFAULT_WAVEFORM_UNIT;
    const length = this.#settings.windows.length;
    const features = new VibrationFeatures({ length, sampleRateHz, unit, bearing: this.#config?.bearing });
    const { names } = features;
    const bands = names.filter((name) => name.startsWith('band'));
    // RMS and the bands of 3/8 to 6/8 of Nyquist: where bearings ring, and below what a sensor's filter takes away.
    const indexed = ['rms', ...bands.slice(3, 6)];
    const evidence = ['envelopeRms', ...names.filter((name) => /^envelope(Bp|Bs|Ft)/.test(name))];
    return {
      sampleRateHz,
      features,
      detector: new LevelDetector(names, indexed, evidence, this.#settings.level, snapshot),
      meta: {
        asset: this.#asset,
        point: this.#point,
        unit,
        windowUs: (length / sampleRateHz) * 1e6,
        names,
        timeQuality,
      },
      velocityColumn: names.indexOf('velocityRmsMmPerS'),
    };
  }
}
