import { fromBase64 } from '#models/inference/base64.ts';
import { circleOf } from './fft.ts';
import { KERNEL_BASE64 } from './kernel/kernel.gen.ts';

/** Exports of `kernel/kernel.as.ts`; pointers are byte offsets. */
export interface Kernel {
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
  untangle(zr: number, zi: number, cos: number, sin: number, m: number): void;
  hannPower(re: number, im: number, m: number, power: number): void;
  bands(power: number, m: number, count: number, out: number): void;
  spread(power: number, m: number, centre: number): number;
  strongest(power: number, m: number, count: number, out: number): number;
  envelope(re: number, im: number, n: number, scale: number, out: number): void;
  squaredEnvelope(re: number, im: number, n: number, window: number): void;
}

/** A transform of real input inside the kernel's memory. */
export interface RealPlan {
  size: number;
  zr: number;
  zi: number;
  workR: number;
  workI: number;
  twiddles: number;
  cos: number;
  sin: number;
  /** Columns of the result: two of those above. */
  outR: number;
  outI: number;
}

/** Padding after an array for vectors that extend past its end. */
const PAD = 16;
/** First free offset, above the kernel's own constants. */
const FIRST = 1024;

let compiled: WebAssembly.Module | null | undefined;

function kernelModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    const bytes = fromBase64(KERNEL_BASE64);
    compiled = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  }
  return compiled;
}

/** Whether WebAssembly with SIMD runs here. */
export function kernelSupported(): boolean {
  return kernelModule() !== null;
}

/** One instance of the kernel with its own memory, laid out once; arrays are float32 unless stated. */
export class KernelMemory {
  readonly kernel: Kernel;
  readonly buffer: ArrayBuffer;
  #next = FIRST;

  /** @throws Error if the kernel is not supported; check `kernelSupported` first. */
  constructor(bytes: number) {
    const module = kernelModule();
    if (!module) throw new Error('WebAssembly with SIMD does not run here');
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) + 1 });
    this.buffer = memory.buffer;
    this.kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  }

  /**
   * Allocates this many bytes.
   * @throws RangeError if the memory is full.
   */
  allocate(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes) / 16) * 16;
    if (this.#next > this.buffer.byteLength) throw new RangeError('the kernel’s memory is too small for its layout');
    return at;
  }

  floats(count: number): number {
    return this.allocate((count + PAD) * 4);
  }

  filled(count: number, value: (i: number) => number): number {
    const at = this.floats(count);
    this.view(at, count).forEach((_, i, all) => {
      all[i] = value(i);
    });
    return at;
  }

  view(at: number, count: number): Float32Array {
    return new Float32Array(this.buffer, at, count);
  }

  /** Six columns per stage: cos and sin of ω, ω² and ω³ of each butterfly; those of the first stage are scaled. */
  twiddles(size: number, firstScale = 1): number {
    const [cos, sin] = circleOf(size);
    const half = size / 2;
    // The second half of the circle is the first one's negative.
    const at = (table: Float64Array, k: number) => (k < half ? table[k] : -table[k - half]);
    let count = 0;
    for (let n = size; n >= 4; n /= 4) count += 6 * (n / 4);
    const start = this.floats(count);
    const values = this.view(start, count);
    let next = 0;
    for (let n = size; n >= 4; n /= 4) {
      for (let power = 1; power <= 3; power++) {
        const step = (power * size) / n;
        for (let p = 0; p < n / 4; p++) values[next++] = at(cos, p * step);
        for (let p = 0; p < n / 4; p++) values[next++] = -at(sin, p * step);
      }
    }
    for (let i = 0; i < 6 * (size / 4); i++) values[i] *= firstScale;
    return start;
  }

  /** Plan for a power of two of at least 32, as `untangle` processes four bins at once from both ends. */
  realPlan(size: number): RealPlan {
    const half = size / 2;
    const [cos, sin] = circleOf(size);
    const [zr, zi, workR, workI] = Array.from({ length: 4 }, () => this.floats(half + 1));
    const twiddles = this.twiddles(half, 0.5);
    // The kernel determines in which columns a transform of this size ends: run one on zeros.
    const flipped = this.kernel.transform(zr, zi, workR, workI, twiddles, half);
    return {
      size,
      zr,
      zi,
      workR,
      workI,
      twiddles,
      cos: this.filled(half / 2 + 1, (k) => cos[k]),
      sin: this.filled(half / 2 + 1, (k) => sin[k]),
      outR: flipped ? workR : zr,
      outI: flipped ? workI : zi,
    };
  }

  /** Bins 0 to size/2 of the samples at `input` less `offset`, into the plan's `outR` and `outI`. */
  forward(plan: RealPlan, input: number, offset: number): void {
    const { zr, zi, workR, workI, twiddles, cos, sin, outR, outI, size } = plan;
    this.kernel.transformReal(input, offset, zr, zi, workR, workI, twiddles, size / 2);
    this.kernel.untangle(outR, outI, cos, sin, size / 2);
  }
}
