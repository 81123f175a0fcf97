import { exactMoments } from './exactMoments.ts';
import { ComplexFft, RealFft } from './fft.ts';
import { BANDS, envelopeBins, MIN_POWER, PEAKS, type SpectralEngine } from './spectralEngine.ts';

/** The engine in plain TypeScript and float64, for any platform and as reference for the kernel. */
export class PlainEngine implements SpectralEngine {
  readonly name = 'plain';
  readonly length: number;
  readonly moments = new Float64Array(8);
  readonly power: Float64Array;
  readonly bands = new Float64Array(BANDS + 3);
  readonly envelope = new Float64Array(2);
  readonly envelopeRe: Float64Array;
  readonly envelopeIm: Float64Array;
  readonly envelopeSize: number;
  readonly #fft: RealFft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #band: { from: number; to: number };
  readonly #envelopeFft: ComplexFft;
  readonly #envelopeRealFft: RealFft;
  readonly #er: Float64Array;
  readonly #ei: Float64Array;

  constructor(length: number) {
    this.length = length;
    this.#fft = new RealFft(length);
    this.#re = new Float64Array(length / 2 + 1);
    this.#im = new Float64Array(length / 2 + 1);
    this.power = new Float64Array(length / 2 + 1);
    const { from, to, size } = envelopeBins(length);
    this.#band = { from, to };
    this.envelopeSize = size;
    this.#envelopeFft = new ComplexFft(size);
    this.#envelopeRealFft = new RealFft(size);
    this.#er = new Float64Array(size);
    this.#ei = new Float64Array(size);
    this.envelopeRe = new Float64Array(size / 2 + 1);
    this.envelopeIm = new Float64Array(size / 2 + 1);
  }

  analyze(samples: Float32Array): void {
    exactMoments(samples, this.moments);
    this.#fft.forward(samples, this.#re, this.#im, this.moments[0]);
    this.#takePower();
    this.#takeBands();
    this.#takeEnvelope();
  }

  /** The Hann window is applied as a three-point convolution of the spectrum, so that one FFT serves both. */
  #takePower(): void {
    const re = this.#re;
    const im = this.#im;
    const last = this.length / 2;
    for (let k = 1; k < last; k++) {
      const hr = re[k] / 2 - (re[k - 1] + re[k + 1]) / 4;
      const hi = im[k] / 2 - (im[k - 1] + im[k + 1]) / 4;
      this.power[k] = hr * hr + hi * hi;
    }
    this.power[0] = (re[0] / 2 - re[1] / 2) ** 2;
    this.power[last] = (re[last] / 2 - re[last - 1] / 2) ** 2;
  }

  #takeBands(): void {
    const per = this.length / 2 / BANDS;
    let weighted = 0;
    let logs = 0;
    let weightedLogs = 0;
    for (let b = 0; b < BANDS; b++) {
      let sum = 0;
      for (let k = b * per + 1; k <= (b + 1) * per; k++) {
        sum += this.power[k];
        weighted += k * this.power[k];
        const log = Math.log(Math.max(this.power[k], MIN_POWER));
        logs += log;
        weightedLogs += this.power[k] * log;
      }
      this.bands[b] = sum;
    }
    this.bands.set([weighted, logs, weightedLogs], BANDS);
  }

  strongestBins(): number[] {
    const { power } = this;
    const bins: number[] = [];
    for (let k = 1; k + 1 < power.length; k++) {
      if (!(power[k] > 0) || power[k] < power[k - 1] || power[k] <= power[k + 1]) continue;
      if (bins.length === PEAKS && power[k] <= power[bins[PEAKS - 1]]) continue;
      let at = bins.length;
      while (at > 0 && power[bins[at - 1]] < power[k]) at--;
      bins.splice(at, 0, k);
      if (bins.length > PEAKS) bins.pop();
    }
    return bins;
  }

  spread(centre: number): number {
    let sum = 0;
    for (let k = 1; k < this.power.length; k++) sum += (k - centre) ** 2 * this.power[k];
    return sum;
  }

  /** The band's analytic signal at the rate for its width; its magnitude is the envelope. */
  #takeEnvelope(): void {
    const { from, to } = this.#band;
    const er = this.#er;
    const ei = this.#ei;
    er.set(this.#re.subarray(from, to + 1));
    ei.set(this.#im.subarray(from, to + 1));
    er.fill(0, to - from + 1);
    ei.fill(0, to - from + 1);
    this.#envelopeFft.inverse(er, ei);
    let sum = 0;
    for (let i = 0; i < er.length; i++) {
      er[i] = (2 / this.length) * Math.sqrt(er[i] * er[i] + ei[i] * ei[i]);
      sum += er[i];
    }
    const mean = sum / er.length;
    let power = 0;
    for (let i = 0; i < er.length; i++) power += (er[i] - mean) ** 2;
    this.envelope.set([mean, power / er.length]);
    this.#envelopeRealFft.forward(er, this.envelopeRe, this.envelopeIm, mean);
  }
}
