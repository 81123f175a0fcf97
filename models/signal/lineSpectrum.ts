import { medianOf, select } from './localMedian.ts';
import { interpolatedPeak } from './spectralPeaks.ts';
import { welch } from './welch.ts';

/** A line searched at a frequency. */
export interface Line {
  /** Interpolated between bins. */
  hz: number;
  /** RMS amplitude, in the samples' unit. */
  rms: number;
  /** Whether it is a separate line rather than the skirt of a higher one beside it. */
  top: boolean;
  /** Its power over the local median: a Gaussian floor reaches `STANDS_OUT` in about one of a thousand bins. */
  prominence: number;
}

export const STANDS_OUT = 9;
/** Minimum number of samples of a piece for a spectrum. */
export const MIN_SPECTRUM = 256;
const LONGEST = 2 ** 18;
/** Half width of the median that gives the floor. */
const FLOOR_HZ = 12;
const MIN_FLOOR_BINS = 18;
const TINY = 1e-300;
/** Median over lower quartile of the exponential law of a spectrum. */
const MEDIAN_OF_QUARTILE = Math.LN2 / Math.log(4 / 3);

/**
 * The averaged power spectrum of pieces of one signal, queried for lines and bands. The segment length is the largest
 * power of two, at most 2^18 samples, that fits the longest piece; shorter pieces are ignored. Amplitudes are RMS, in
 * the samples' unit; frequencies are in Hz.
 * @throws RangeError if no piece has 256 samples.
 */
export class LineSpectrum {
  readonly stepHz: number;
  readonly #density: Float64Array;
  readonly #floors = new Map<number, number>();

  constructor(pieces: readonly Float32Array[], sampleRateHz: number) {
    const longest = Math.max(0, ...pieces.map((p) => p.length));
    if (longest < MIN_SPECTRUM) throw new RangeError(`${longest} samples are too few for a spectrum`);
    const length = Math.min(LONGEST, 2 ** Math.floor(Math.log2(longest)));
    const whole = pieces.filter((p) => p.length >= length).map((p) => welch(p, sampleRateHz, length));
    const averages = whole.reduce((sum, w) => sum + w.averages, 0);
    this.stepHz = whole[0].stepHz;
    this.#density = new Float64Array(length / 2 + 1);
    for (const w of whole)
      w.density.forEach((d, k) => {
        this.#density[k] += (d * w.averages) / averages;
      });
  }

  get nyquistHz(): number {
    return (this.#density.length - 1) * this.stepHz;
  }

  /** The largest line within `reachHz` plus a bin of a frequency. */
  line(hz: number, reachHz = 0): Line {
    const reach = 1 + Math.floor(reachHz / this.stepHz);
    const centre = Math.round(hz / this.stepHz);
    let at = Math.max(1, centre - reach);
    for (let k = at; k <= Math.min(this.#density.length - 2, centre + reach); k++) {
      if (this.#density[k] > this.#density[at]) at = k;
    }
    if (at + 1 >= this.#density.length) return { hz, rms: 0, top: false, prominence: 0 };
    // A Hann window spreads a line over three bins, whose sum is 1.5 times its power.
    const power = this.#density[at - 1] + this.#density[at] + this.#density[at + 1];
    const floor = this.#floor(at);
    return {
      hz: interpolatedPeak(this.#density, at).bin * this.stepHz,
      rms: Math.sqrt(power * this.stepHz),
      top: this.#density[at] >= Math.max(this.#density[at - 1], this.#density[at + 1]),
      prominence: floor > 0 ? (this.#density[at] * Math.LN2) / floor : 0,
    };
  }

  /** Power over the median at exactly this frequency, interpolated between bins by the window's peak shape. */
  prominenceAt(hz: number): number {
    const at = Math.round(hz / this.stepHz);
    if (at < 1 || at + 1 >= this.#density.length) return 0;
    const [before, here, after] = [at - 1, at, at + 1].map((k) => Math.log(Math.max(this.#density[k], TINY)));
    const off = hz / this.stepHz - at;
    const density = Math.exp(here + (off * (after - before)) / 2 + (off * off * (after + before - 2 * here)) / 2);
    const floor = this.#floor(at);
    return floor > 0 ? (density * Math.LN2) / floor : 0;
  }

  /** RMS between two frequencies. */
  band(fromHz: number, toHz: number): number {
    let sum = 0;
    const to = Math.min(this.#density.length - 1, Math.floor(toHz / this.stepHz));
    for (let k = Math.max(1, Math.ceil(fromHz / this.stepHz)); k <= to; k++) sum += this.#density[k];
    return Math.sqrt(sum * this.stepHz);
  }

  /** RMS between two frequencies after multiplying each line by `factor`, such as from acceleration to velocity. */
  converted(fromHz: number, toHz: number, factor: (hz: number) => number): number {
    let sum = 0;
    const to = Math.min(this.#density.length - 1, Math.floor(toHz / this.stepHz));
    for (let k = Math.max(1, Math.ceil(fromHz / this.stepHz)); k <= to; k++)
      sum += this.#density[k] * factor(k * this.stepHz) ** 2;
    return Math.sqrt(sum * this.stepHz);
  }

  /**
   * Geometric over arithmetic mean of the density between two frequencies, averaged over ten sub-bands: near 1 for
   * noise.
   */
  flatness(fromHz: number, toHz: number): number {
    const from = Math.max(1, Math.ceil(fromHz / this.stepHz));
    const to = Math.min(this.#density.length - 1, Math.floor(toHz / this.stepHz));
    if (to <= from) return 0;
    let logs = 0;
    let sum = 0;
    for (let k = from; k <= to; k++) {
      logs += Math.log(Math.max(this.#density[k], 1e-300));
      sum += this.#density[k];
    }
    return Math.exp(logs / (to - from + 1)) / Math.max(sum / (to - from + 1), 1e-300);
  }

  /** The median density around a bin. */
  #floor(bin: number): number {
    const half = Math.max(MIN_FLOOR_BINS, Math.round(FLOOR_HZ / this.stepHz));
    // The floor changes slowly: it is computed once per quarter of its width.
    const place = Math.round((4 * bin) / half);
    const known = this.#floors.get(place);
    if (known !== undefined) return known;
    const centre = Math.round((place * half) / 4);
    const isCoarse = half === MIN_FLOOR_BINS;
    const to = isCoarse ? Math.max(centre + half, 2 * half) : centre + half;
    const about = this.#density.slice(Math.max(1, centre - half), to + 1);
    const median = medianOf(about);
    // In coarse bins lines and their skirts may fill most of the range.
    const floor = isCoarse ? Math.min(median, MEDIAN_OF_QUARTILE * select(about, about.length >> 2)) : median;
    this.#floors.set(place, floor);
    return floor;
  }
}
