import { exactMoments } from './exactMoments.ts';
import { KERNEL_BASE64 } from './kernel/kernel.gen.ts';
import { BANDS, envelopeBins, PEAKS, type SpectralEngine } from './spectralEngine.ts';

/** What `kernel/kernel.as.ts` exports; pointers are byte offsets. */
interface Kernel {
  moments(x: number, n: number, out: number): void;
  transform(xr: number, xi: number, yr: number, yi: number, twiddles: number, size: number): number;
  transformReal(
    samples: number,
    offset: number,
    xr: number,
    xi: number,
    yr: number,
    yi: number,
    twiddles: number,
    size: number,
  ): number;
  untangle(zr: number, zi: number, cos: number, sin: number, m: number, outR: number, outI: number): void;
  hannPower(re: number, im: number, m: number, power: number): void;
  bands(power: number, m: number, count: number, out: number): void;
  spread(power: number, m: number, centre: number): number;
  strongest(power: number, m: number, count: number, out: number): number;
  envelope(re: number, im: number, n: number, scale: number, out: number): void;
}

/** Room behind an array for vectors that reach past its end. */
const PAD = 16;
const LARGEST_M4 = 1e36;
const SMALLEST_M4 = 1e-32;

let compiled: WebAssembly.Module | null | undefined;

function kernelModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    const bytes = Uint8Array.from(atob(KERNEL_BASE64), (c) => c.charCodeAt(0));
    compiled = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  }
  return compiled;
}

/** A transform of real input inside the kernel's memory. */
interface RealPlan {
  size: number;
  zr: number;
  zi: number;
  workR: number;
  workI: number;
  twiddles: number;
  cos: number;
  sin: number;
  outR: number;
  outI: number;
}

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
  readonly #kernel: Kernel;
  readonly #buffer: ArrayBuffer;
  #next = 1024;
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
    return kernelModule() !== null;
  }

  /** @throws Error where the kernel does not run; ask `supported` first. */
  constructor(length: number) {
    const module = kernelModule();
    if (!module) throw new Error('WebAssembly with SIMD does not run here');
    const { from, to, size } = envelopeBins(length);
    // About 14 columns of the window's length and its twiddles, and as many of the envelope's: 40 floats a sample suffice.
    const memory = new WebAssembly.Memory({ initial: Math.ceil((length * 160 + 65_536) / 65_536) });
    this.#buffer = memory.buffer;
    this.#kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
    this.length = length;
    this.envelopeSize = size;
    this.#band = { from, to };
    this.#momentsAt = this.#take(64);
    this.#bandsAt = this.#take((BANDS + 3) * 8);
    this.#envelopeAt = this.#take(16);
    this.#peaksAt = this.#take(PEAKS * 4);
    this.moments = new Float64Array(this.#buffer, this.#momentsAt, 8);
    this.bands = new Float64Array(this.#buffer, this.#bandsAt, BANDS + 3);
    this.envelope = new Float64Array(this.#buffer, this.#envelopeAt, 2);
    this.#input = this.#floats(length);
    this.#inputView = new Float32Array(this.#buffer, this.#input, length);
    this.#real = this.#realPlan(length);
    this.#re = new Float32Array(this.#buffer, this.#real.outR, length / 2 + 1);
    this.#im = new Float32Array(this.#buffer, this.#real.outI, length / 2 + 1);
    this.#powerAt = this.#floats(length / 2 + 1);
    this.power = new Float32Array(this.#buffer, this.#powerAt, length / 2 + 1);
    this.#er = this.#floats(size);
    this.#ei = this.#floats(size);
    this.#erWork = this.#floats(size);
    this.#eiWork = this.#floats(size);
    this.#envelopeTwiddles = this.#twiddles(size);
    this.#envelopeReal = this.#realPlan(size);
    this.envelopeRe = new Float32Array(this.#buffer, this.#envelopeReal.outR, size / 2 + 1);
    this.envelopeIm = new Float32Array(this.#buffer, this.#envelopeReal.outI, size / 2 + 1);
  }

  analyze(samples: Float32Array): void {
    const kernel = this.#kernel;
    const m = this.length / 2;
    this.#inputView.set(samples);
    kernel.moments(this.#input, this.length, this.#momentsAt);
    // Fourth powers leave float32 beyond 10^9 and below 10^-9: rare, and then computed in float64.
    if (!(this.moments[3] < LARGEST_M4 && this.moments[3] > SMALLEST_M4)) exactMoments(samples, this.moments);
    const { outR, outI } = this.#real;
    this.#forward(this.#real, this.#input, this.moments[0]);
    kernel.hannPower(outR, outI, m, this.#powerAt);
    this.#endBins(m);
    kernel.bands(this.#powerAt, m, BANDS, this.#bandsAt);
    this.#takeEnvelope();
  }

  /** The transform alone: bins 0 to length/2 of the samples; the columns stand until the next call. */
  forward(samples: Float32Array): { re: Float32Array; im: Float32Array } {
    this.#inputView.set(samples);
    this.#forward(this.#real, this.#input, 0);
    return { re: this.#re, im: this.#im };
  }

  strongestBins(): Int32Array {
    const found = this.#kernel.strongest(this.#powerAt, this.length / 2, PEAKS, this.#peaksAt);
    return new Int32Array(this.#buffer, this.#peaksAt, found);
  }

  spread(centre: number): number {
    return this.#kernel.spread(this.#powerAt, this.length / 2, centre);
  }

  /** Bins 0 and m have one neighbour twice. */
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
    this.#forward(this.#envelopeReal, re, this.envelope[0]);
  }

  #forward(plan: RealPlan, input: number, mean: number): void {
    const { zr, zi, workR, workI, twiddles, cos, sin, outR, outI, size } = plan;
    const flipped = this.#kernel.transformReal(input, mean, zr, zi, workR, workI, twiddles, size / 2);
    const [re, im] = flipped ? [workR, workI] : [zr, zi];
    this.#kernel.untangle(re, im, cos, sin, size / 2, outR, outI);
  }

  #realPlan(size: number): RealPlan {
    const half = size / 2;
    const angle = (k: number) => (2 * Math.PI * k) / size;
    return {
      size,
      zr: this.#floats(half + 1),
      zi: this.#floats(half + 1),
      workR: this.#floats(half + 1),
      workI: this.#floats(half + 1),
      twiddles: this.#twiddles(half),
      cos: this.#filled(half + 1, (k) => Math.cos(angle(k))),
      sin: this.#filled(half + 1, (k) => Math.sin(angle(k))),
      outR: this.#floats(half + 1),
      outI: this.#floats(half + 1),
    };
  }

  /** Six columns a stage: cos and sin of ω, ω² and ω³ of each butterfly. */
  #twiddles(size: number): number {
    const values: number[] = [];
    for (let n = size; n >= 4; n /= 4) {
      for (let power = 1; power <= 3; power++) {
        const angles = Array.from({ length: n / 4 }, (_, p) => (-2 * Math.PI * p * power) / n);
        values.push(...angles.map(Math.cos), ...angles.map(Math.sin));
      }
    }
    return this.#filled(values.length, (i) => values[i]);
  }

  #filled(count: number, value: (i: number) => number): number {
    const at = this.#floats(count);
    new Float32Array(this.#buffer, at, count).forEach((_, i, all) => {
      all[i] = value(i);
    });
    return at;
  }

  #floats(count: number): number {
    return this.#take((count + PAD) * 4);
  }

  #take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes) / 16) * 16;
    if (this.#next > this.#buffer.byteLength) throw new RangeError('the kernel’s memory is too small for its layout');
    return at;
  }
}
