/**
 * Discrete Fourier transforms of powers of two, split into real and imaginary columns.
 * Radix-4 Stockham (self-sorting): van Loan, "Computational Frameworks for the FFT" (1992), §1.7 and §2.4.
 * No scaling either way: `inverse(forward(x)) = n·x`.
 */

interface Stage {
  radix: 2 | 4;
  stride: number;
  /** cos and sin of ω, ω², ω³ for each butterfly of the stage; empty for radix 2. */
  twiddles: Float64Array;
}

/** Cached by size: computing sines costs as much as some transforms. */
const known = new Map<number, Stage[]>();

function stagesOf(size: number): Stage[] {
  const stages = known.get(size) ?? createStages(size);
  known.set(size, stages);
  return stages;
}

function createStages(size: number): Stage[] {
  const stages: Stage[] = [];
  let n = size;
  let stride = 1;
  while (n >= 4) {
    const quarter = n / 4;
    const twiddles = new Float64Array(quarter * 6);
    for (let p = 0; p < quarter; p++) {
      for (let k = 1; k <= 3; k++) {
        const angle = (-2 * Math.PI * p * k) / n;
        twiddles[p * 6 + (k - 1) * 2] = Math.cos(angle);
        twiddles[p * 6 + (k - 1) * 2 + 1] = Math.sin(angle);
      }
    }
    stages.push({ radix: 4, stride, twiddles });
    n = quarter;
    stride *= 4;
  }
  if (n === 2) stages.push({ radix: 2, stride, twiddles: new Float64Array(0) });
  return stages;
}

/**
 * Complex discrete Fourier transform of one length, in place on a real and an imaginary column: X[k] = Σ
 * x[t]·exp(−2πi·k·t/size), without scaling. Transforms do not allocate.
 */
export class ComplexFft {
  readonly size: number;
  readonly #stages: Stage[];
  readonly #workRe: Float64Array;
  readonly #workIm: Float64Array;

  /** @throws RangeError if `size` is not a power of two of at least 2. */
  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`FFT size must be a power of two, not ${size}`);
    this.size = size;
    this.#stages = stagesOf(size);
    this.#workRe = new Float64Array(size);
    this.#workIm = new Float64Array(size);
  }

  /** In place; `re` and `im` hold `size` values each. */
  forward(re: Float64Array, im: Float64Array): void {
    let [xr, xi, yr, yi] = [re, im, this.#workRe, this.#workIm];
    for (const stage of this.#stages) {
      if (stage.radix === 4) radix4(stage, this.size / stage.stride, xr, xi, yr, yi);
      else radix2(stage.stride, xr, xi, yr, yi);
      [xr, xi, yr, yi] = [yr, yi, xr, xi];
    }
    if (xr !== re) {
      re.set(xr);
      im.set(xi);
    }
  }

  /** In place, unscaled: the conjugate transform is the transform with its two columns swapped. */
  inverse(re: Float64Array, im: Float64Array): void {
    this.forward(im, re);
  }
}

function radix4(stage: Stage, n: number, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array): void {
  const { stride: s, twiddles: w } = stage;
  const quarter = n / 4;
  const step = s * quarter;
  for (let p = 0; p < quarter; p++) {
    const t = p * 6;
    const w1r = w[t];
    const w1i = w[t + 1];
    const w2r = w[t + 2];
    const w2i = w[t + 3];
    const w3r = w[t + 4];
    const w3i = w[t + 5];
    let i = s * p;
    let o = s * 4 * p;
    for (let q = 0; q < s; q++, i++, o++) {
      const ar = xr[i];
      const ai = xi[i];
      const br = xr[i + step];
      const bi = xi[i + step];
      const cr = xr[i + 2 * step];
      const ci = xi[i + 2 * step];
      const dr = xr[i + 3 * step];
      const di = xi[i + 3 * step];
      const sumAcR = ar + cr;
      const sumAcI = ai + ci;
      const difAcR = ar - cr;
      const difAcI = ai - ci;
      const sumBdR = br + dr;
      const sumBdI = bi + di;
      const turnR = di - bi;
      const turnI = br - dr;
      yr[o] = sumAcR + sumBdR;
      yi[o] = sumAcI + sumBdI;
      const r1 = difAcR - turnR;
      const i1 = difAcI - turnI;
      yr[o + s] = w1r * r1 - w1i * i1;
      yi[o + s] = w1r * i1 + w1i * r1;
      const r2 = sumAcR - sumBdR;
      const i2 = sumAcI - sumBdI;
      yr[o + 2 * s] = w2r * r2 - w2i * i2;
      yi[o + 2 * s] = w2r * i2 + w2i * r2;
      const r3 = difAcR + turnR;
      const i3 = difAcI + turnI;
      yr[o + 3 * s] = w3r * r3 - w3i * i3;
      yi[o + 3 * s] = w3r * i3 + w3i * r3;
    }
  }
}

function radix2(s: number, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array): void {
  for (let q = 0; q < s; q++) {
    const ar = xr[q];
    const ai = xi[q];
    const br = xr[q + s];
    const bi = xi[q + s];
    yr[q] = ar + br;
    yi[q] = ai + bi;
    yr[q + s] = ar - br;
    yi[q + s] = ai - bi;
  }
}

const circles = new Map<number, [Float64Array, Float64Array]>();

/** cos and sin of the first half of `size` steps around the circle, cached by size. */
export function circleOf(size: number): [Float64Array, Float64Array] {
  const column = (f: (x: number) => number) =>
    Float64Array.from({ length: size / 2 }, (_, k) => f((2 * Math.PI * k) / size));
  const circle = circles.get(size) ?? [column(Math.cos), column(Math.sin)];
  circles.set(size, circle);
  return circle;
}

/** Transform of real input by a complex transform of half its length (Press et al., "Numerical Recipes", §12.3). */
export class RealFft {
  readonly size: number;
  readonly #half: ComplexFft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @throws RangeError if `size` is not a power of two of at least 4. */
  constructor(size: number) {
    this.size = size;
    this.#half = new ComplexFft(size / 2);
    this.#re = new Float64Array(size / 2);
    this.#im = new Float64Array(size / 2);
    [this.#cos, this.#sin] = circleOf(size);
  }

  /** Bins 0 to size/2 of `x − offset` into `outRe` and `outIm`, each of `size/2 + 1` values. */
  forward(x: ArrayLike<number>, outRe: Float64Array, outIm: Float64Array, offset = 0): void {
    const m = this.size / 2;
    const re = this.#re;
    const im = this.#im;
    for (let k = 0; k < m; k++) {
      re[k] = x[2 * k] - offset;
      im[k] = x[2 * k + 1] - offset;
    }
    this.#half.forward(re, im);
    outRe[0] = re[0] + im[0];
    outIm[0] = 0;
    outRe[m] = re[0] - im[0];
    outIm[m] = 0;
    for (let k = 1; k < m; k++) {
      const evenR = (re[k] + re[m - k]) / 2;
      const evenI = (im[k] - im[m - k]) / 2;
      const oddR = (im[k] + im[m - k]) / 2;
      const oddI = (re[m - k] - re[k]) / 2;
      outRe[k] = evenR + this.#cos[k] * oddR + this.#sin[k] * oddI;
      outIm[k] = evenI + this.#cos[k] * oddI - this.#sin[k] * oddR;
    }
  }
}
