import { exactMoments } from './exactMoments.ts';
import { type Kernel, KernelMemory, kernelSupported, type RealPlan } from './kernelMemory.ts';
import { BANDS, envelopeBins, PEAKS, type SpectralEngine } from './spectralEngine.ts';

const LARGEST_M4 = 1e36;
const SMALLEST_M4 = 1e-32;

/** The engine in WebAssembly with 128-bit SIMD, float32. One instance has one memory, laid out for one window length. */
export class KernelEngine implements SpectralEngine {
  readonly name = 'wasm-simd';
  readonly length: number;
  readonly moments: Float64Array;
  readonly power: Float32Array;
  readonly bands: Float64Array;
  readonly envelope: Float64Array;
  readonly envelopeRe: Float32Array;
  readonly envelopeIm: Float32Array;
  readonly envelopeSize: number;
  readonly #memory: KernelMemory;
  readonly #kernel: Kernel;
  readonly #buffer: ArrayBuffer;
  readonly #input: number;
  readonly #inputView: Float32Array;
  readonly #momentsAt: number;
  readonly #bandsAt: number;
  readonly #envelopeAt: number;
  readonly #peaksAt: number;
  readonly #powerAt: number;
  readonly #real: RealPlan;
  readonly #re: Float32Array;
  readonly #im: Float32Array;
  readonly #envelopeReal: RealPlan;
  readonly #band: { from: number; to: number };
  readonly #er: number;
  readonly #ei: number;
  readonly #erWork: number;
  readonly #eiWork: number;
  readonly #envelopeTwiddles: number;

  /** Whether WebAssembly with SIMD runs here. */
  static supported(): boolean {
    return kernelSupported();
  }

  /** @throws Error if the kernel is not supported; check `supported` first. */
  constructor(length: number) {
    const { from, to, size } = envelopeBins(length);
    // About 14 columns of the window's length plus twiddles, and as many for the envelope: 40 floats per sample suffice.
    const memory = new KernelMemory(length * 160 + 65_536);
    this.#memory = memory;
    this.#kernel = memory.kernel;
    this.#buffer = memory.buffer;
    this.length = length;
    this.envelopeSize = size;
    this.#band = { from, to };
    this.#momentsAt = memory.allocate(64);
    this.#bandsAt = memory.allocate((BANDS + 3) * 8);
    this.#envelopeAt = memory.allocate(16);
    this.#peaksAt = memory.allocate(PEAKS * 4);
    this.moments = new Float64Array(this.#buffer, this.#momentsAt, 8);
    this.bands = new Float64Array(this.#buffer, this.#bandsAt, BANDS + 3);
    this.envelope = new Float64Array(this.#buffer, this.#envelopeAt, 2);
    this.#input = memory.floats(length);
    this.#inputView = new Float32Array(this.#buffer, this.#input, length);
    this.#real = memory.realPlan(length);
    this.#re = new Float32Array(this.#buffer, this.#real.outR, length / 2 + 1);
    this.#im = new Float32Array(this.#buffer, this.#real.outI, length / 2 + 1);
    this.#powerAt = memory.floats(length / 2 + 1);
    this.power = new Float32Array(this.#buffer, this.#powerAt, length / 2 + 1);
    this.#er = memory.floats(size);
    this.#ei = memory.floats(size);
    this.#erWork = memory.floats(size);
    this.#eiWork = memory.floats(size);
    this.#envelopeTwiddles = memory.twiddles(size);
    this.#envelopeReal = memory.realPlan(size);
    this.envelopeRe = new Float32Array(this.#buffer, this.#envelopeReal.outR, size / 2 + 1);
    this.envelopeIm = new Float32Array(this.#buffer, this.#envelopeReal.outI, size / 2 + 1);
  }

  analyze(samples: Float32Array): void {
    const kernel = this.#kernel;
    const m = this.length / 2;
    this.#inputView.set(samples);
    kernel.moments(this.#input, this.length, this.#momentsAt);
    // Fourth powers exceed float32 above 10^9 and below 10^-9: then, rarely, they are computed in float64.
    if (!(this.moments[3] < LARGEST_M4 && this.moments[3] > SMALLEST_M4)) exactMoments(samples, this.moments);
    const { outR, outI } = this.#real;
    this.#memory.forward(this.#real, this.#input, this.moments[0]);
    kernel.hannPower(outR, outI, m, this.#powerAt);
    this.#endBins(m);
    kernel.bands(this.#powerAt, m, BANDS, this.#bandsAt);
    this.#takeEnvelope();
  }

  /** The transform alone: bins 0 to length/2 of the samples; the columns are valid until the next call. */
  forward(samples: Float32Array): { re: Float32Array; im: Float32Array } {
    this.#inputView.set(samples);
    this.#memory.forward(this.#real, this.#input, 0);
    return { re: this.#re, im: this.#im };
  }

  strongestBins(): Int32Array {
    const found = this.#kernel.strongest(this.#powerAt, this.length / 2, PEAKS, this.#peaksAt);
    return new Int32Array(this.#buffer, this.#peaksAt, found);
  }

  spread(centre: number): number {
    return this.#kernel.spread(this.#powerAt, this.length / 2, centre);
  }

  /** Bins 0 and m, whose two neighbours are the same bin. */
  #endBins(m: number): void {
    const re = this.#re;
    this.power[0] = ((re[0] - re[1]) / 2) ** 2;
    this.power[m] = ((re[m] - re[m - 1]) / 2) ** 2;
  }

  #takeEnvelope(): void {
    const kernel = this.#kernel;
    const { from, to } = this.#band;
    const width = to - from + 1;
    const size = this.envelopeSize;
    const all = new Float32Array(this.#buffer);
    for (const [source, target] of [
      [this.#real.outR, this.#er],
      [this.#real.outI, this.#ei],
    ]) {
      all.copyWithin(target / 4, source / 4 + from, source / 4 + to + 1);
      all.fill(0, target / 4 + width, target / 4 + size);
    }
    // The inverse transform is the forward one with real and imaginary columns swapped.
    const flipped = kernel.transform(this.#ei, this.#er, this.#eiWork, this.#erWork, this.#envelopeTwiddles, size);
    const [re, im] = flipped ? [this.#erWork, this.#eiWork] : [this.#er, this.#ei];
    kernel.envelope(re, im, size, 2 / this.length, this.#envelopeAt);
    this.#memory.forward(this.#envelopeReal, re, this.envelope[0]);
  }
}
