import { ComplexFft, RealFft } from './fft.ts';
import { hannWindow } from './hann.ts';
import { KernelMemory, kernelSupported, type RealPlan } from './kernelMemory.ts';

/**
 * Power spectra of squared envelopes of bands, for bands of one width. In WebAssembly with SIMD and float32 if
 * supported, else in plain TypeScript and float64, with the same scaling.
 */
export interface BandEnvelope {
  /** Length of the transforms, a power of two of at least 16. */
  readonly size: number;
  /** The caller writes bins 0 to m of the tapered band here; the rest must be 0. */
  readonly re: Float32Array | Float64Array;
  readonly im: Float32Array | Float64Array;
  /**
   * Adds the power spectrum of the Hann-windowed squared envelope, about its mean, to `sum`; overwrites `re` and `im`.
   */
  addPower(sum: Float64Array): void;
  /**
   * Adds the power spectrum of the Hann-windowed envelope, relative to its mean and about it: a modulation of depth m
   * adds m² at its rate. Overwrites `re` and `im`.
   */
  addModulation(sum: Float64Array): void;
}

const known = new Map<number, BandEnvelope>();

/**
 * The shared instance for transforms of one size, created on first use. It is shared sequentially: its columns hold one
 * band at a time.
 * @param size as for `createBandEnvelope`.
 */
export function bandEnvelopeOf(size: number): BandEnvelope {
  const envelope = known.get(size) ?? createBandEnvelope(size);
  known.set(size, envelope);
  return envelope;
}

/**
 * A new instance: the WebAssembly kernel if supported, plain TypeScript otherwise.
 * @param size length of the transforms, a power of two; see `BandEnvelope`.
 */
export function createBandEnvelope(size: number): BandEnvelope {
  return kernelSupported() ? new KernelBandEnvelope(size) : new PlainBandEnvelope(size);
}

/**
 * Envelope spectra in plain TypeScript and float64, for any platform and as reference for the kernel.
 * @throws RangeError if the size is not a power of two of at least 4.
 */
export class PlainBandEnvelope implements BandEnvelope {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly #complex: ComplexFft;
  readonly #real: RealFft;
  readonly #outRe: Float64Array;
  readonly #outIm: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.#complex = new ComplexFft(size);
    this.#real = new RealFft(size);
    this.#outRe = new Float64Array(size / 2 + 1);
    this.#outIm = new Float64Array(size / 2 + 1);
  }

  addPower(sum: Float64Array): void {
    const { re, im, size } = this;
    this.#complex.inverse(re, im);
    let total = 0;
    for (let i = 0; i < size; i++) {
      re[i] = re[i] * re[i] + im[i] * im[i];
      total += re[i];
    }
    const mean = total / size;
    const hann = hannWindow(size);
    for (let i = 0; i < size; i++) re[i] = (re[i] - mean) * hann[i];
    this.#real.forward(re, this.#outRe, this.#outIm);
    addSquares(this.#outRe, this.#outIm, sum);
  }

  addModulation(sum: Float64Array): void {
    const { re, im, size } = this;
    this.#complex.inverse(re, im);
    relativeEnvelope(re, im, hannWindow(size));
    this.#real.forward(re, this.#outRe, this.#outIm);
    addSquares(this.#outRe, this.#outIm, sum, (4 / size) ** 2);
  }
}

/** Envelope spectra by the WebAssembly kernel with SIMD, float32. Each instance has its own memory. */
export class KernelBandEnvelope implements BandEnvelope {
  readonly size: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly #memory: KernelMemory;
  readonly #at: { re: number; im: number; workRe: number; workIm: number; twiddles: number; hann: number };
  readonly #real: RealPlan;
  readonly #outRe: Float32Array;
  readonly #outIm: Float32Array;

  /** @throws Error if the kernel is not supported. */
  constructor(size: number) {
    this.size = size;
    // About 16 columns of the size: 80 bytes per sample suffice.
    const memory = new KernelMemory(size * 80 + 16_384);
    const hann = hannWindow(size);
    this.#memory = memory;
    this.#at = {
      re: memory.floats(size),
      im: memory.floats(size),
      workRe: memory.floats(size),
      workIm: memory.floats(size),
      twiddles: memory.twiddles(size),
      hann: memory.filled(size, (i) => hann[i]),
    };
    this.#real = memory.realPlan(size);
    this.re = memory.view(this.#at.re, size);
    this.im = memory.view(this.#at.im, size);
    this.#outRe = memory.view(this.#real.outR, size / 2 + 1);
    this.#outIm = memory.view(this.#real.outI, size / 2 + 1);
  }

  addPower(sum: Float64Array): void {
    const { re, im, workRe, workIm, twiddles, hann } = this.#at;
    const { kernel } = this.#memory;
    // The inverse transform is the forward one with real and imaginary columns swapped.
    const flipped = kernel.transform(im, re, workIm, workRe, twiddles, this.size);
    const [a, b] = flipped ? [workRe, workIm] : [re, im];
    kernel.squaredEnvelope(a, b, this.size, hann);
    this.#memory.forward(this.#real, a, 0);
    addSquares(this.#outRe, this.#outIm, sum);
  }

  addModulation(sum: Float64Array): void {
    const { re, im, workRe, workIm, twiddles } = this.#at;
    const flipped = this.#memory.kernel.transform(im, re, workIm, workRe, twiddles, this.size);
    const a = flipped ? workRe : re;
    const b = flipped ? workIm : im;
    relativeEnvelope(this.#memory.view(a, this.size), this.#memory.view(b, this.size), hannWindow(this.size));
    this.#memory.forward(this.#real, a, 0);
    addSquares(this.#outRe, this.#outIm, sum, (4 / this.size) ** 2);
  }
}

/** Writes the Hann-windowed magnitude of a complex signal over its mean, less 1, into `re`. */
function relativeEnvelope(re: Float32Array | Float64Array, im: Float32Array | Float64Array, hann: Float64Array): void {
  let total = 0;
  for (let i = 0; i < re.length; i++) {
    re[i] = Math.sqrt(re[i] * re[i] + im[i] * im[i]);
    total += re[i];
  }
  const perMean = total > 0 ? re.length / total : 0;
  for (let i = 0; i < re.length; i++) re[i] = (re[i] * perMean - 1) * hann[i];
}

function addSquares(
  re: Float32Array | Float64Array,
  im: Float32Array | Float64Array,
  sum: Float64Array,
  scale = 1,
): void {
  const last = Math.min(sum.length, re.length);
  for (let k = 0; k < last; k++) sum[k] += scale * (re[k] * re[k] + im[k] * im[k]);
}
