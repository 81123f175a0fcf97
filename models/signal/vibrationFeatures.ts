import { STANDARD_GRAVITY_M_PER_S2, type Unit } from '#models/contracts/units.ts';
import type { BearingFactors } from '#models/machine/bearing.ts';
import { ComplexFft, RealFft } from './fft.ts';
import { peakAmplitude } from './spectrum.ts';

/** Equal parts of 0 to Nyquist whose RMS are features. */
export const BANDS = 8;

const MOMENTS = ['mean', 'rms', 'peak', 'peakToPeak', 'crestFactor', 'kurtosis', 'skewness'] as const;
const BEARING_LINES = ['bpfo', 'bpfi', 'bsf2', 'ftf'] as const;
/** The envelope is that of the band between these parts of Nyquist, where bearings of most machines ring. */
const ENVELOPE_BAND = [0.16, 0.62] as const;
const ISO_BAND_HZ = [10, 1000] as const;

/** Velocity is summed over bins: coarser ones than this, or a rate that does not hold the band, give wrong figures. */
const VELOCITY_MAX_BIN_HZ = 4;

/** Transforms and scratch of one window length; points of that length share one, one window after the other. */
export class FeatureWorkspace {
  readonly length: number;
  readonly fft: RealFft;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Power density of the last window, unit²/Hz, bins 0 to length/2. */
  readonly powerDensity: Float64Array;
  readonly envelopeFrom: number;
  readonly envelopeTo: number;
  readonly envelopeFft: ComplexFft;
  readonly envelopeRealFft: RealFft;
  readonly envelopeRe: Float64Array;
  readonly envelopeIm: Float64Array;
  readonly envelopeSpectrumRe: Float64Array;
  readonly envelopeSpectrumIm: Float64Array;

  constructor(length: number) {
    this.length = length;
    this.fft = new RealFft(length);
    this.re = new Float64Array(length / 2 + 1);
    this.im = new Float64Array(length / 2 + 1);
    this.powerDensity = new Float64Array(length / 2 + 1);
    this.envelopeFrom = Math.ceil((ENVELOPE_BAND[0] * length) / 2);
    this.envelopeTo = Math.floor((ENVELOPE_BAND[1] * length) / 2);
    const size = 2 ** Math.ceil(Math.log2(this.envelopeTo - this.envelopeFrom + 1));
    this.envelopeFft = new ComplexFft(size);
    this.envelopeRealFft = new RealFft(size);
    this.envelopeRe = new Float64Array(size);
    this.envelopeIm = new Float64Array(size);
    this.envelopeSpectrumRe = new Float64Array(size / 2 + 1);
    this.envelopeSpectrumIm = new Float64Array(size / 2 + 1);
  }
}

export interface FeaturePlan {
  length: number;
  sampleRateHz: number;
  unit: Unit;
  bearing?: BearingFactors;
}

/**
 * Features of one window of vibration, in a fixed order (`names`). Amplitudes in the point's unit.
 *
 * | name | what | source |
 * | --- | --- | --- |
 * | `mean` `rms` `peak` `peakToPeak` `crestFactor` | of the samples; rms and peak about the mean; crest = peak / rms | ISO 18431-1 |
 * | `kurtosis` `skewness` | m4/m2², m3/m2^1.5 (3 and 0 for Gaussian noise) | Randall 2011 |
 * | `band<from>To<to>Hz` | RMS in each eighth of 0 to Nyquist, by the Hann power spectrum | Parseval |
 * | `spectralCentroidHz` | Σ f·P / Σ P | |
 * | `velocityRmsMmPerS` | RMS velocity 10–1000 Hz by division by 2πf; only where the unit is an acceleration and bins are 4 Hz or less | ISO 20816-1 |
 * | `envelopeRms` | RMS of the envelope about its mean, in 0.16–0.62 of Nyquist | Randall & Antoni 2011 |
 * | `order1` `order2` `order3` | peak amplitude at shaft rate × 1, 2, 3 (0 while the speed is unknown) | |
 * | `envelopeBpfo` … | peak amplitude of the envelope spectrum at the bearing's lines, ±1 bin | Randall & Antoni 2011 |
 */
export class VibrationFeatures {
  readonly names: string[];
  readonly plan: FeaturePlan;
  readonly #work: FeatureWorkspace;
  /** g and m/s² in mm/s²; 0 where the unit is no acceleration or the spectrum is too coarse for a velocity. */
  readonly #velocityScale: number;

  /** @throws RangeError where the workspace is for windows of another length. */
  constructor(plan: FeaturePlan, workspace = new FeatureWorkspace(plan.length)) {
    if (workspace.length !== plan.length) throw new RangeError('a workspace for windows of another length');
    this.plan = plan;
    this.#work = workspace;
    const fits = this.resolutionHz <= VELOCITY_MAX_BIN_HZ && plan.sampleRateHz > 2 * ISO_BAND_HZ[1];
    const toMmPerS2 = { g: STANDARD_GRAVITY_M_PER_S2 * 1000, 'm/s2': 1000 }[plan.unit as string] ?? 0;
    this.#velocityScale = fits ? toMmPerS2 : 0;
    this.names = namesOf(plan, this.#velocityScale > 0);
  }

  /** Power density of the last window of any point that shares the workspace, unit²/Hz, bins 0 to length/2. */
  get powerDensity(): Float64Array {
    return this.#work.powerDensity;
  }

  get resolutionHz(): number {
    return this.plan.sampleRateHz / this.plan.length;
  }

  /** One row of features, in the order of `names`. `shaftHz` 0: speed unknown. */
  extract(samples: Float32Array, shaftHz: number): number[] {
    const row: number[] = [];
    const mean = pushMoments(samples, row);
    this.#transform(samples, mean);
    this.#pushBands(row);
    if (this.#velocityScale > 0) row.push(this.#velocityRms());
    row.push(this.#envelope());
    for (let order = 1; order <= 3; order++) row.push(shaftHz > 0 ? this.#amplitudeAt(order * shaftHz) : 0);
    const bearing = this.plan.bearing;
    if (bearing) {
      for (const factor of [bearing.bpfo, bearing.bpfi, 2 * bearing.bsf, bearing.ftf]) {
        row.push(shaftHz > 0 ? this.#envelopeAmplitudeAt(factor * shaftHz) : 0);
      }
    }
    return row;
  }

  #transform(samples: Float32Array, mean: number): void {
    const { re, im, fft } = this.#work;
    fft.forward(samples, re, im, mean);
    const { length, sampleRateHz } = this.plan;
    // A Hann window is a three-point convolution in the frequency domain, so that one FFT serves spectrum and envelope.
    const scale = 2 / (sampleRateHz * length * 0.375);
    const last = length / 2;
    const p = this.powerDensity;
    let [backRe, backIm, hereRe, hereIm] = [re[0], im[0], re[1], im[1]];
    for (let k = 1; k < last; k++) {
      const nextRe = re[k + 1];
      const nextIm = im[k + 1];
      const hr = hereRe / 2 - (backRe + nextRe) / 4;
      const hi = hereIm / 2 - (backIm + nextIm) / 4;
      p[k] = scale * (hr * hr + hi * hi);
      backRe = hereRe;
      backIm = hereIm;
      hereRe = nextRe;
      hereIm = nextIm;
    }
    p[0] = (scale / 2) * (re[0] / 2 - re[1] / 2) ** 2;
    p[last] = (scale / 2) * (re[last] / 2 - re[last - 1] / 2) ** 2;
  }

  #pushBands(row: number[]): void {
    const p = this.powerDensity;
    const perBand = (p.length - 1) / BANDS;
    const df = this.resolutionHz;
    let weighted = 0;
    let total = 0;
    for (let b = 0; b < BANDS; b++) {
      let sum = 0;
      for (let k = b * perBand + 1; k <= (b + 1) * perBand; k++) {
        sum += p[k];
        weighted += k * p[k];
      }
      total += sum;
      row.push(Math.sqrt(sum * df));
    }
    row.push(total > 0 ? (weighted / total) * df : 0);
  }

  #velocityRms(): number {
    const df = this.resolutionHz;
    const to = Math.min(this.powerDensity.length - 1, Math.floor(ISO_BAND_HZ[1] / df));
    let sum = 0;
    for (let k = Math.max(1, Math.ceil(ISO_BAND_HZ[0] / df)); k <= to; k++) sum += this.powerDensity[k] / (k * k);
    return (this.#velocityScale * Math.sqrt(sum * df)) / (2 * Math.PI * df);
  }

  /** Largest peak amplitude within one bin of `hz`. */
  #amplitudeAt(hz: number): number {
    const centre = Math.round(hz / this.resolutionHz);
    const p = this.powerDensity;
    if (centre < 1 || centre + 1 >= p.length) return 0;
    return peakAmplitude(Math.max(p[centre - 1], p[centre], p[centre + 1]), this.resolutionHz);
  }

  /** The band's analytic signal at the rate that its width asks for; its magnitude is the envelope. Returns its RMS. */
  #envelope(): number {
    const { re, im, envelopeFrom, envelopeTo, envelopeRe: er, envelopeIm: ei } = this.#work;
    const n = er.length;
    const width = envelopeTo - envelopeFrom + 1;
    er.set(re.subarray(envelopeFrom, envelopeTo + 1));
    ei.set(im.subarray(envelopeFrom, envelopeTo + 1));
    er.fill(0, width);
    ei.fill(0, width);
    this.#work.envelopeFft.inverse(er, ei);
    const scale = 2 / this.plan.length;
    let mean = 0;
    for (let i = 0; i < n; i++) {
      er[i] = scale * Math.sqrt(er[i] * er[i] + ei[i] * ei[i]);
      mean += er[i];
    }
    mean /= n;
    let power = 0;
    for (let i = 0; i < n; i++) power += (er[i] - mean) ** 2;
    this.#work.envelopeRealFft.forward(er, this.#work.envelopeSpectrumRe, this.#work.envelopeSpectrumIm, mean);
    return Math.sqrt(power / n);
  }

  #envelopeAmplitudeAt(hz: number): number {
    const centre = Math.round(hz / this.resolutionHz);
    const { envelopeSpectrumRe: re, envelopeSpectrumIm: im, envelopeRe } = this.#work;
    let largest = 0;
    for (let k = Math.max(1, centre - 1); k <= Math.min(centre + 1, re.length - 1); k++) {
      largest = Math.max(largest, re[k] ** 2 + im[k] ** 2);
    }
    return (2 / envelopeRe.length) * Math.sqrt(largest);
  }
}

function namesOf(plan: FeaturePlan, velocity: boolean): string[] {
  const names: string[] = [...MOMENTS];
  const step = plan.sampleRateHz / 2 / BANDS;
  for (let b = 0; b < BANDS; b++) names.push(`band${Math.round(b * step)}To${Math.round((b + 1) * step)}Hz`);
  names.push('spectralCentroidHz');
  if (velocity) names.push('velocityRmsMmPerS');
  names.push('envelopeRms', 'order1', 'order2', 'order3');
  if (plan.bearing) names.push(...BEARING_LINES.map((line) => `envelope${line[0].toUpperCase()}${line.slice(1)}`));
  return names;
}

/** Pushes the features of `MOMENTS`; returns the mean. Sums run in four lanes, since each addition waits for the last. */
function pushMoments(x: Float32Array, row: number[]): number {
  const n = x.length;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let max = x[0];
  let min = x[0];
  for (let i = 0; i < n; i += 4) {
    const a = x[i];
    const b = x[i + 1];
    const c = x[i + 2];
    const d = x[i + 3];
    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
    max = Math.max(max, Math.max(a, b), Math.max(c, d));
    min = Math.min(min, Math.min(a, b), Math.min(c, d));
  }
  const mean = (s0 + s1 + s2 + s3) / n;
  const { m2, m3, m4 } = centralMoments(x, mean);
  const rms = Math.sqrt(m2);
  const peak = Math.max(max - mean, mean - min);
  const flat = m2 === 0;
  row.push(mean, rms, peak, max - min, flat ? 0 : peak / rms, flat ? 0 : m4 / (m2 * m2), flat ? 0 : m3 / (m2 * rms));
  return mean;
}

function centralMoments(x: Float32Array, mean: number): { m2: number; m3: number; m4: number } {
  let [a2, a3, a4, b2, b3, b4] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i += 2) {
    const a = x[i] - mean;
    const aa = a * a;
    a2 += aa;
    a3 += aa * a;
    a4 += aa * aa;
    const b = x[i + 1] - mean;
    const bb = b * b;
    b2 += bb;
    b3 += bb * b;
    b4 += bb * bb;
  }
  const n = x.length;
  return { m2: (a2 + b2) / n, m3: (a3 + b3) / n, m4: (a4 + b4) / n };
}
