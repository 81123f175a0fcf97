import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import type { SpectralEngine } from '#models/signal/spectralEngine.ts';
import { type FeaturePlan, VibrationFeatures } from '#models/signal/vibrationFeatures.ts';
import { WindowCutter, type WindowShape } from '#models/signal/windows.ts';
import type { FeatureRows, RowMeta } from './featureRows.ts';

export interface OtherWindows {
  shape: WindowShape;
  /** Shared by all points. */
  engine: SpectralEngine;
}

/**
 * Windows of other lengths than that of the point's detector. Their features are separate rows, each name with the
 * length appended (`rmsW16384`). A window that is incomplete at a restart is discarded.
 */
export class LongerWindows {
  readonly #cutter: WindowCutter;
  readonly #other: OtherWindows;
  readonly #plan: Omit<FeaturePlan, 'length' | 'sampleRateHz'>;
  readonly #base: Pick<RowMeta, 'asset' | 'point' | 'unit'>;
  #features: { extractor: VibrationFeatures; meta: RowMeta; velocityColumn: number } | null = null;

  constructor(
    other: OtherWindows,
    plan: Omit<FeaturePlan, 'length' | 'sampleRateHz'>,
    base: Pick<RowMeta, 'asset' | 'point' | 'unit'>,
  ) {
    this.#other = other;
    this.#cutter = new WindowCutter(other.shape);
    this.#plan = plan;
    this.#base = base;
  }

  /** @returns the number of rows made, and the newest velocity among them. */
  accept(block: WaveformBlock, shaftHz: number, rows: FeatureRows): { made: number; velocityMmPerS?: number } {
    const { extractor, meta, velocityColumn } = this.#featuresAt(block.sampleRateHz);
    let made = 0;
    let velocityMmPerS: number | undefined;
    this.#cutter.push(block, (window) => {
      const row = extractor.extract(window.samples, shaftHz);
      rows.add(meta, block.timeQuality, window.startUs, row);
      made++;
      velocityMmPerS = row[velocityColumn];
    });
    return { made, velocityMmPerS };
  }

  #featuresAt(sampleRateHz: number) {
    if (this.#features?.extractor.plan.sampleRateHz === sampleRateHz) return this.#features;
    const { length } = this.#other.shape;
    const extractor = new VibrationFeatures({ ...this.#plan, length, sampleRateHz }, this.#other.engine);
    const names = extractor.names.map((name) => `${name}W${length}`);
    const meta = { ...this.#base, windowUs: (length / sampleRateHz) * 1e6, names };
    this.#features = { extractor, meta, velocityColumn: extractor.names.indexOf('velocityRmsMmPerS') };
    return this.#features;
  }
}
