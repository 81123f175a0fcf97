import type { Spectrum } from '#models/contracts/featureVector.ts';
import type { Unit } from '#models/contracts/units.ts';
import type { BearingFactors } from '#models/machine/bearing.ts';
import { type Drivetrain, polePassHz } from '#models/machine/drivetrain.ts';
import { velocityBandHz } from '#models/machine/iso20816.ts';
import { createEngine } from './createEngine.ts';
import { BANDS, PEAKS, type SpectralEngine } from './spectralEngine.ts';
import { interpolatedPeak } from './spectralPeaks.ts';
import { peakAmplitude, screenSpectrum } from './spectrum.ts';
import { MM_PER_S2_A_G } from './vibrationUnit.ts';

const MOMENTS = [
  'mean',
  'rms',
  'peak',
  'peakToPeak',
  'crestFactor',
  'kurtosis',
  'skewness',
  'shapeFactor',
  'impulseFactor',
  'clearanceFactor',
] as const;
const SHAPE = ['spectralCentroidHz', 'spectralSpreadHz', 'spectralEntropy', 'spectralFlatness', 'noiseFloor'] as const;
/** Fractions of the shaft's rate, named in words, as feature names cannot contain slashes. */
const FRACTIONS = [
  ['orderThird', 1 / 3],
  ['orderHalf', 0.5],
  ['orderOneAndHalf', 1.5],
] as const;
const ORDERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
/** E[ln P] of an exponential law lies this far below the logarithm of its mean (Euler's constant). */
const EULER = 0.5772156649015329;
const BEARING_LINES = ['bpfo', 'bpfi', 'bsf2', 'ftf'] as const;

/** Widest bin for velocity: coarser ones, or a sample rate too low for the band, give wrong values. */
const VELOCITY_MAX_BIN_HZ = 4;

export interface FeaturePlan {
  length: number;
  sampleRateHz: number;
  unit: Unit;
  bearing?: BearingFactors;
  drivetrain?: Drivetrain;
  /** Determines the velocity band. The rated speed, since a band that followed the actual one would cause steps. */
  ratedRpm?: number;
  /** Further bands, each from and to a frequency in Hz, distinct from the eight. */
  bands?: readonly (readonly [number, number])[];
}

/**
 * Features of one window of vibration, in a fixed order (`names`). Amplitudes in the point's unit.
 *
 * | name | what | source |
 * | --- | --- | --- |
 * | `mean` `rms` `peak` `peakToPeak` `crestFactor` | of the samples; rms and peak about the mean; crest = peak / rms | ISO 18431-1 |
 * | `kurtosis` `skewness` | m4/m2², m3/m2^1.5 (3 and 0 for Gaussian noise) | Randall 2011 |
 * | `shapeFactor` `impulseFactor` `clearanceFactor` | rms, peak over the mean magnitude; peak over the squared mean root of the magnitude | Lei et al., MSSP 24 (2010) |
 * | `band<from>To<to>Hz` | RMS in each eighth of 0 to Nyquist, by the Hann power spectrum | Parseval |
 * | `spectralCentroidHz` `spectralSpreadHz` | c = Σ f·P / Σ P; √(Σ (f−c)²·P / Σ P) | Peeters 2004 |
 * | `spectralEntropy` | −Σ p·ln p / ln n with p = P / Σ P over n bins: 0 a line, near 1 noise | Shannon |
 * | `spectralFlatness` | geometric over arithmetic mean of P | Johnston, IEEE JSAC 6 (1988) |
 * | `noiseFloor` | √ of exp(mean ln P + 0.5772), unit/√Hz: what the mean density would be without lines | Euler's constant |
 * | `peak1Hz` `peak1Amplitude` … | frequency and peak amplitude of the five strongest lines, interpolated; 0 where there are fewer | Grandke 1983 |
 * | `velocityRmsMmPerS` | RMS velocity 10–1000 Hz, from 2 Hz on up to 600 rpm, by division by 2πf; only where the unit is an acceleration and bins are 4 Hz or less | ISO 20816-1 |
 * | `envelopeRms` | RMS of the envelope about its mean, in 0.16–0.62 of Nyquist | Randall & Antoni 2011 |
 * | `orderThird` `orderHalf` `orderOneAndHalf` `order1` … `order10` | peak amplitude at shaft rate × ⅓, ½, 1½, 1 … 10, ±1 bin (0 while the speed is unknown) | |
 * | `gearMesh` `gearSidebands` | peak amplitude at teeth × shaft rate; root sum of squares of the six lines 1, 2 and 3 shaft rates to either side | Randall 2011, §5.4 |
 * | `bladePass` | peak amplitude at blades × shaft rate | ISO 13373-3 |
 * | `line1` `line2` | peak amplitude at the mains frequency and at twice that | ISO 13373-3 |
 * | `polePassSidebands` | root sum of squares of the lines one pole-pass rate, \|2·mains − poles·shaft\|, beside 1× | Thomson & Fenger 2001 |
 * | `band<from>To<to>Hz` of `plan.bands` | RMS between the two | Parseval |
 * | `envelopeBpfo` … | peak amplitude of the envelope spectrum at the bearing's lines, ±1 bin | Randall & Antoni 2011 |
 */
export class VibrationFeatures {
  readonly names: string[];
  readonly plan: FeaturePlan;
  readonly #engine: SpectralEngine;
  /** g and m/s² in mm/s²; 0 if the unit is not an acceleration or the spectrum is too coarse for a velocity. */
  readonly #velocityScale: number;
  readonly #velocityBandHz: readonly [number, number];
  /** |H|² to one-sided power density, unit²/Hz: 2 / (rate · Σw²), with Σw² = 3/8 of a Hann window's length. */
  readonly #densityScale: number;

  /** @throws RangeError if the engine is for windows of another length. */
  constructor(plan: FeaturePlan, engine: SpectralEngine = createEngine(plan.length)) {
    if (engine.length !== plan.length) throw new RangeError('an engine for windows of another length');
    this.plan = plan;
    this.#engine = engine;
    this.#densityScale = 2 / (plan.sampleRateHz * plan.length * 0.375);
    this.#velocityBandHz = velocityBandHz(plan.ratedRpm);
    const fits = this.resolutionHz <= VELOCITY_MAX_BIN_HZ && plan.sampleRateHz > 2 * this.#velocityBandHz[1];
    const toMmPerS2 = { g: MM_PER_S2_A_G, 'm/s2': 1000 }[plan.unit as string] ?? 0;
    this.#velocityScale = fits ? toMmPerS2 : 0;
    this.names = namesOf(plan, this.#velocityScale > 0);
  }

  get resolutionHz(): number {
    return this.plan.sampleRateHz / this.plan.length;
  }

  /** One row of features, in the order of `names`. `shaftHz` 0: speed unknown. */
  extract(samples: Float32Array, shaftHz: number): number[] {
    const engine = this.#engine;
    engine.analyze(samples);
    const row = momentFeatures(engine.moments);
    const density = this.#densityScale * this.resolutionHz;
    let total = 0;
    for (let b = 0; b < BANDS; b++) {
      total += engine.bands[b];
      row.push(Math.sqrt(engine.bands[b] * density));
    }
    this.#pushShape(row, total);
    this.#pushPeaks(row);
    if (this.#velocityScale > 0) row.push(this.#velocityRms());
    row.push(Math.sqrt(engine.envelope[1]));
    for (const [, order] of FRACTIONS) row.push(this.#orderAmplitude(order, shaftHz));
    for (const order of ORDERS) row.push(this.#orderAmplitude(order, shaftHz));
    this.#pushDrivetrain(row, shaftHz);
    const bearing = this.plan.bearing;
    if (bearing) {
      for (const factor of [bearing.bpfo, bearing.bpfi, 2 * bearing.bsf, bearing.ftf]) {
        row.push(shaftHz > 0 ? this.#envelopeAmplitudeAt(factor * shaftHz) : 0);
      }
    }
    for (const [fromHz, toHz] of this.plan.bands ?? []) row.push(this.#bandRms(fromHz, toHz));
    return row;
  }

  /** Display spectrum of the engine's last window, which may be another point's if the engine is shared. */
  spectrum(timeMs: number, bins?: number): Spectrum {
    return screenSpectrum(this.#engine.power, this.#densityScale, this.resolutionHz, this.plan.unit, timeMs, bins);
  }

  /** The features of `SHAPE`; all 0 for silence. */
  #pushShape(row: number[], total: number): void {
    const [weighted, logs, weightedLogs] = this.#engine.bands.subarray(BANDS);
    const bins = this.plan.length / 2;
    if (!(total > 0)) {
      row.push(0, 0, 0, 0, 0);
      return;
    }
    const centre = weighted / total;
    const meanLog = logs / bins;
    row.push(
      centre * this.resolutionHz,
      Math.sqrt(this.#engine.spread(centre) / total) * this.resolutionHz,
      Math.max(0, (Math.log(total) - weightedLogs / total) / Math.log(bins)),
      Math.exp(meanLog - Math.log(total / bins)),
      Math.sqrt(Math.exp(meanLog + EULER) * this.#densityScale),
    );
  }

  #pushPeaks(row: number[]): void {
    const bins = this.#engine.strongestBins();
    for (let i = 0; i < PEAKS; i++) {
      if (i >= bins.length) {
        row.push(0, 0);
        continue;
      }
      const peak = interpolatedPeak(this.#engine.power, bins[i]);
      row.push(peak.bin * this.resolutionHz, peakAmplitude(peak.power * this.#densityScale, this.resolutionHz));
    }
  }

  #pushDrivetrain(row: number[], shaftHz: number): void {
    const { drivetrain } = this.plan;
    if (!drivetrain) return;
    const { teeth, blades, poles, lineHz } = drivetrain;
    const sides = (centre: number, steps: readonly number[], each: number) =>
      Math.hypot(...steps.flatMap((s) => [this.#amplitudeAt(centre - s * each), this.#amplitudeAt(centre + s * each)]));
    if (teeth) {
      row.push(this.#orderAmplitude(teeth, shaftHz), shaftHz > 0 ? sides(teeth * shaftHz, [1, 2, 3], shaftHz) : 0);
    }
    if (blades) row.push(this.#orderAmplitude(blades, shaftHz));
    row.push(this.#amplitudeAt(lineHz), this.#amplitudeAt(2 * lineHz));
    if (poles) row.push(shaftHz > 0 ? sides(shaftHz, [1], polePassHz(poles, lineHz, shaftHz)) : 0);
  }

  #orderAmplitude(order: number, shaftHz: number): number {
    return shaftHz > 0 ? this.#amplitudeAt(order * shaftHz) : 0;
  }

  #bandRms(fromHz: number, toHz: number): number {
    const { power } = this.#engine;
    const df = this.resolutionHz;
    let sum = 0;
    const to = Math.min(power.length - 1, Math.floor(toHz / df));
    for (let k = Math.max(1, Math.ceil(fromHz / df)); k <= to; k++) sum += power[k];
    return Math.sqrt(sum * this.#densityScale * df);
  }

  #velocityRms(): number {
    const { power } = this.#engine;
    const df = this.resolutionHz;
    const [fromHz, toHz] = this.#velocityBandHz;
    const to = Math.min(power.length - 1, Math.floor(toHz / df));
    let sum = 0;
    for (let k = Math.max(1, Math.ceil(fromHz / df)); k <= to; k++) sum += power[k] / (k * k);
    return (this.#velocityScale * Math.sqrt(sum * this.#densityScale * df)) / (2 * Math.PI * df);
  }

  /** Largest peak amplitude within one bin of `hz`. */
  #amplitudeAt(hz: number): number {
    const { power } = this.#engine;
    const centre = Math.round(hz / this.resolutionHz);
    if (centre < 1 || centre + 1 >= power.length) return 0;
    // Bin 0 holds the mean.
    const largest = Math.max(centre > 1 ? power[centre - 1] : 0, power[centre], power[centre + 1]);
    return peakAmplitude(largest * this.#densityScale, this.resolutionHz);
  }

  #envelopeAmplitudeAt(hz: number): number {
    const { envelopeRe: re, envelopeIm: im, envelopeSize } = this.#engine;
    const centre = Math.round(hz / this.resolutionHz);
    let largest = 0;
    for (let k = Math.max(1, centre - 1); k <= Math.min(centre + 1, re.length - 1); k++) {
      largest = Math.max(largest, re[k] ** 2 + im[k] ** 2);
    }
    return (2 / envelopeSize) * Math.sqrt(largest);
  }
}

function namesOf(plan: FeaturePlan, velocity: boolean): string[] {
  const names: string[] = [...MOMENTS];
  const step = plan.sampleRateHz / 2 / BANDS;
  for (let b = 0; b < BANDS; b++) names.push(`band${Math.round(b * step)}To${Math.round((b + 1) * step)}Hz`);
  names.push(...SHAPE);
  for (let i = 1; i <= PEAKS; i++) names.push(`peak${i}Hz`, `peak${i}Amplitude`);
  if (velocity) names.push('velocityRmsMmPerS');
  names.push('envelopeRms', ...FRACTIONS.map(([name]) => name), ...ORDERS.map((order) => `order${order}`));
  const { teeth, blades, poles } = plan.drivetrain ?? {};
  if (teeth) names.push('gearMesh', 'gearSidebands');
  if (blades) names.push('bladePass');
  if (plan.drivetrain) names.push('line1', 'line2');
  if (poles) names.push('polePassSidebands');
  if (plan.bearing) names.push(...BEARING_LINES.map((line) => `envelope${line[0].toUpperCase()}${line.slice(1)}`));
  names.push(...(plan.bands ?? []).map(([from, to]) => `band${from}To${to}Hz`));
  return names;
}

/** The features of `MOMENTS`. */
function momentFeatures([mean, m2, m3, m4, max, min, magnitude, root]: Float64Array): number[] {
  const rms = Math.sqrt(m2);
  const peak = Math.max(max - mean, mean - min);
  // Below this the window is silent, and the remainder is rounding.
  if (!(m2 > 1e-30)) return [mean, 0, 0, max - min, 0, 0, 0, 0, 0, 0];
  const factors = [rms / magnitude, peak / magnitude, peak / (root * root)];
  return [mean, rms, peak, max - min, peak / rms, m4 / (m2 * m2), m3 / (m2 * rms), ...factors];
}
