// The signal kernel, in AssemblyScript: compiled to WebAssembly with 128-bit SIMD by `npm run build:kernel`. Pointers
// are byte offsets into its memory; arrays are float32 unless stated. `models/signal/kernelEngine.ts` lays them out;
// `models/signal/plainEngine.ts` computes the same in plain TypeScript and is the reference in tests.

const HALF: v128 = f32x4.splat(0.5);
const QUARTER: v128 = f32x4.splat(0.25);
/** Number of vectors summed in float32 before the sum is accumulated in float64. */
const RUN: i32 = 32;

function lanes(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    <f64>f32x4.extract_lane(v, 2) +
    <f64>f32x4.extract_lane(v, 3)
  );
}

/**
 * Into `out`, float64: mean, second to fourth central moments, largest, smallest, then the mean magnitude and the mean
 * square root of the magnitude about the mean, of `n` samples; n a multiple of 128.
 */
export function moments(x: usize, n: i32, out: usize): void {
  let sum: f64 = 0;
  let max = v128.load(x);
  let min = max;
  const end = x + (<usize>n << 2);
  for (let at = x; at < end; ) {
    let part = f32x4.splat(0);
    for (let i = 0; i < RUN; i++, at += 16) {
      const v = v128.load(at);
      part = f32x4.add(part, v);
      // Samples are finite: pmax and pmin are one instruction, while max and min also handle NaN.
      max = f32x4.pmax(max, v);
      min = f32x4.pmin(min, v);
    }
    sum += lanes(part);
  }
  const mean = sum / <f64>n;
  const m = f32x4.splat(<f32>mean);
  let s2: f64 = 0;
  let s3: f64 = 0;
  let s4: f64 = 0;
  let magnitude: f64 = 0;
  let root: f64 = 0;
  for (let at = x; at < end; ) {
    let pm = f32x4.splat(0);
    let pr = f32x4.splat(0);
    let p2 = f32x4.splat(0);
    let p3 = f32x4.splat(0);
    let p4 = f32x4.splat(0);
    for (let i = 0; i < RUN; i++, at += 16) {
      const d = f32x4.sub(v128.load(at), m);
      const dd = f32x4.mul(d, d);
      const a = f32x4.abs(d);
      pm = f32x4.add(pm, a);
      pr = f32x4.add(pr, f32x4.sqrt(a));
      p2 = f32x4.add(p2, dd);
      p3 = f32x4.add(p3, f32x4.mul(dd, d));
      p4 = f32x4.add(p4, f32x4.mul(dd, dd));
    }
    s2 += lanes(p2);
    s3 += lanes(p3);
    s4 += lanes(p4);
    magnitude += lanes(pm);
    root += lanes(pr);
  }
  store<f64>(out, mean, 0);
  store<f64>(out, s2 / <f64>n, 8);
  store<f64>(out, s3 / <f64>n, 16);
  store<f64>(out, s4 / <f64>n, 24);
  const hi = Mathf.max(
    Mathf.max(f32x4.extract_lane(max, 0), f32x4.extract_lane(max, 1)),
    Mathf.max(f32x4.extract_lane(max, 2), f32x4.extract_lane(max, 3)),
  );
  const lo = Mathf.min(
    Mathf.min(f32x4.extract_lane(min, 0), f32x4.extract_lane(min, 1)),
    Mathf.min(f32x4.extract_lane(min, 2), f32x4.extract_lane(min, 3)),
  );
  store<f64>(out, hi, 32);
  store<f64>(out, lo, 40);
  store<f64>(out, magnitude / <f64>n, 48);
  store<f64>(out, root / <f64>n, 56);
}

function storeTransposed(y: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<f32>(a, b, 0, 1, 4, 5), 0);
  v128.store(y, v128.shuffle<f32>(a, b, 2, 3, 6, 7), 16);
  v128.store(y, v128.shuffle<f32>(c, d, 0, 1, 4, 5), 32);
  v128.store(y, v128.shuffle<f32>(c, d, 2, 3, 6, 7), 48);
}

/** Real and imaginary parts are interleaved (`f32`), or in separate columns (`v128`). */
// @ts-ignore: decorator
@inline
function realAt<T>(xr: usize, at: usize, offset: v128): v128 {
  if (!isFloat<T>()) return v128.load(xr + at);
  const even = v128.shuffle<f32>(v128.load(xr + (at << 1)), v128.load(xr + (at << 1), 16), 0, 2, 4, 6);
  return f32x4.sub(even, offset);
}

// @ts-ignore: decorator
@inline
function imaginaryAt<T>(xr: usize, xi: usize, at: usize, offset: v128): v128 {
  if (!isFloat<T>()) return v128.load(xi + at);
  const odd = v128.shuffle<f32>(v128.load(xr + (at << 1)), v128.load(xr + (at << 1), 16), 1, 3, 5, 7);
  return f32x4.sub(odd, offset);
}

/** For real input, halves this result once for `untangle`; the twiddles of the other three results include it. */
// @ts-ignore: decorator
@inline
function halved<T>(v: v128): v128 {
  return isFloat<T>() ? f32x4.mul(v, HALF) : v;
}

/** First stage (stride 1): four butterflies at once, their results transposed into place. */
function firstStage<T>(
  xr: usize,
  xi: usize,
  offset: v128,
  yr: usize,
  yi: usize,
  tw: usize,
  quarter: usize,
): void {
  const step = quarter << 2;
  for (let at: usize = 0; at < step; at += 16) {
    const ar = realAt<T>(xr, at, offset);
    const ai = imaginaryAt<T>(xr, xi, at, offset);
    const br = realAt<T>(xr, at + step, offset);
    const bi = imaginaryAt<T>(xr, xi, at + step, offset);
    const cr = realAt<T>(xr, at + 2 * step, offset);
    const ci = imaginaryAt<T>(xr, xi, at + 2 * step, offset);
    const dr = realAt<T>(xr, at + 3 * step, offset);
    const di = imaginaryAt<T>(xr, xi, at + 3 * step, offset);
    const sacR = f32x4.add(ar, cr);
    const sacI = f32x4.add(ai, ci);
    const dacR = f32x4.sub(ar, cr);
    const dacI = f32x4.sub(ai, ci);
    const sbdR = f32x4.add(br, dr);
    const sbdI = f32x4.add(bi, di);
    const turnR = f32x4.sub(di, bi);
    const turnI = f32x4.sub(br, dr);
    const r1 = f32x4.sub(dacR, turnR);
    const i1 = f32x4.sub(dacI, turnI);
    const r2 = f32x4.sub(sacR, sbdR);
    const i2 = f32x4.sub(sacI, sbdI);
    const r3 = f32x4.add(dacR, turnR);
    const i3 = f32x4.add(dacI, turnI);
    const w1r = v128.load(tw + at);
    const w1i = v128.load(tw + at + step);
    const w2r = v128.load(tw + at + 2 * step);
    const w2i = v128.load(tw + at + 3 * step);
    const w3r = v128.load(tw + at + 4 * step);
    const w3i = v128.load(tw + at + 5 * step);
    storeTransposed(
      yr + (at << 2),
      halved<T>(f32x4.add(sacR, sbdR)),
      f32x4.sub(f32x4.mul(w1r, r1), f32x4.mul(w1i, i1)),
      f32x4.sub(f32x4.mul(w2r, r2), f32x4.mul(w2i, i2)),
      f32x4.sub(f32x4.mul(w3r, r3), f32x4.mul(w3i, i3)),
    );
    storeTransposed(
      yi + (at << 2),
      halved<T>(f32x4.add(sacI, sbdI)),
      f32x4.add(f32x4.mul(w1r, i1), f32x4.mul(w1i, r1)),
      f32x4.add(f32x4.mul(w2r, i2), f32x4.mul(w2i, r2)),
      f32x4.add(f32x4.mul(w3r, i3), f32x4.mul(w3i, r3)),
    );
  }
}

/** A later stage: `stride` is a multiple of 4, so that four columns of one butterfly are processed at once. */
function laterStage(xr: usize, xi: usize, yr: usize, yi: usize, tw: usize, quarter: usize, stride: usize): void {
  const row = stride << 2;
  const step = row * quarter;
  const column = quarter << 2;
  for (let p: usize = 0; p < quarter; p++) {
    const t = tw + (p << 2);
    const w1r = v128.load32_splat(t);
    const w1i = v128.load32_splat(t + column);
    const w2r = v128.load32_splat(t + 2 * column);
    const w2i = v128.load32_splat(t + 3 * column);
    const w3r = v128.load32_splat(t + 4 * column);
    const w3i = v128.load32_splat(t + 5 * column);
    const i = row * p;
    const o = i << 2;
    for (let q: usize = 0; q < row; q += 16) {
      const inR = xr + i + q;
      const inI = xi + i + q;
      const ar = v128.load(inR);
      const ai = v128.load(inI);
      const br = v128.load(inR + step);
      const bi = v128.load(inI + step);
      const cr = v128.load(inR + 2 * step);
      const ci = v128.load(inI + 2 * step);
      const dr = v128.load(inR + 3 * step);
      const di = v128.load(inI + 3 * step);
      const sacR = f32x4.add(ar, cr);
      const sacI = f32x4.add(ai, ci);
      const dacR = f32x4.sub(ar, cr);
      const dacI = f32x4.sub(ai, ci);
      const sbdR = f32x4.add(br, dr);
      const sbdI = f32x4.add(bi, di);
      const turnR = f32x4.sub(di, bi);
      const turnI = f32x4.sub(br, dr);
      const r1 = f32x4.sub(dacR, turnR);
      const i1 = f32x4.sub(dacI, turnI);
      const r2 = f32x4.sub(sacR, sbdR);
      const i2 = f32x4.sub(sacI, sbdI);
      const r3 = f32x4.add(dacR, turnR);
      const i3 = f32x4.add(dacI, turnI);
      const outR = yr + o + q;
      const outI = yi + o + q;
      v128.store(outR, f32x4.add(sacR, sbdR));
      v128.store(outI, f32x4.add(sacI, sbdI));
      v128.store(outR + row, f32x4.sub(f32x4.mul(w1r, r1), f32x4.mul(w1i, i1)));
      v128.store(outI + row, f32x4.add(f32x4.mul(w1r, i1), f32x4.mul(w1i, r1)));
      v128.store(outR + 2 * row, f32x4.sub(f32x4.mul(w2r, r2), f32x4.mul(w2i, i2)));
      v128.store(outI + 2 * row, f32x4.add(f32x4.mul(w2r, i2), f32x4.mul(w2i, r2)));
      v128.store(outR + 3 * row, f32x4.sub(f32x4.mul(w3r, r3), f32x4.mul(w3i, i3)));
      v128.store(outI + 3 * row, f32x4.add(f32x4.mul(w3r, i3), f32x4.mul(w3i, r3)));
    }
  }
}

const ROOT_HALF: v128 = f32x4.splat(0.7071067811865476);

/** The last stage if 8 is left: radix-8 butterflies without twiddles, four columns at once. */
function lastEight(xr: usize, xi: usize, yr: usize, yi: usize, stride: usize): void {
  const row = stride << 2;
  for (let q: usize = 0; q < row; q += 16) {
    const inR = xr + q;
    const inI = xi + q;
    const x0r = v128.load(inR);
    const x0i = v128.load(inI);
    const x4r = v128.load(inR + 4 * row);
    const x4i = v128.load(inI + 4 * row);
    const x2r = v128.load(inR + 2 * row);
    const x2i = v128.load(inI + 2 * row);
    const x6r = v128.load(inR + 6 * row);
    const x6i = v128.load(inI + 6 * row);
    const a0r = f32x4.add(x0r, x4r);
    const a0i = f32x4.add(x0i, x4i);
    const a1r = f32x4.sub(x0r, x4r);
    const a1i = f32x4.sub(x0i, x4i);
    const a2r = f32x4.add(x2r, x6r);
    const a2i = f32x4.add(x2i, x6i);
    const a3r = f32x4.sub(x2r, x6r);
    const a3i = f32x4.sub(x2i, x6i);
    const e0r = f32x4.add(a0r, a2r);
    const e0i = f32x4.add(a0i, a2i);
    const e2r = f32x4.sub(a0r, a2r);
    const e2i = f32x4.sub(a0i, a2i);
    const e1r = f32x4.add(a1r, a3i);
    const e1i = f32x4.sub(a1i, a3r);
    const e3r = f32x4.sub(a1r, a3i);
    const e3i = f32x4.add(a1i, a3r);
    const x1r = v128.load(inR + row);
    const x1i = v128.load(inI + row);
    const x5r = v128.load(inR + 5 * row);
    const x5i = v128.load(inI + 5 * row);
    const x3r = v128.load(inR + 3 * row);
    const x3i = v128.load(inI + 3 * row);
    const x7r = v128.load(inR + 7 * row);
    const x7i = v128.load(inI + 7 * row);
    const b0r = f32x4.add(x1r, x5r);
    const b0i = f32x4.add(x1i, x5i);
    const b1r = f32x4.sub(x1r, x5r);
    const b1i = f32x4.sub(x1i, x5i);
    const b2r = f32x4.add(x3r, x7r);
    const b2i = f32x4.add(x3i, x7i);
    const b3r = f32x4.sub(x3r, x7r);
    const b3i = f32x4.sub(x3i, x7i);
    const o0r = f32x4.add(b0r, b2r);
    const o0i = f32x4.add(b0i, b2i);
    const o2r = f32x4.sub(b0r, b2r);
    const o2i = f32x4.sub(b0i, b2i);
    const o1r = f32x4.add(b1r, b3i);
    const o1i = f32x4.sub(b1i, b3r);
    const o3r = f32x4.sub(b1r, b3i);
    const o3i = f32x4.add(b1i, b3r);
    // ω·o1 and ω³·o3, ω = (1 − i)/√2.
    const w1r = f32x4.mul(ROOT_HALF, f32x4.add(o1r, o1i));
    const w1i = f32x4.mul(ROOT_HALF, f32x4.sub(o1i, o1r));
    const w3r = f32x4.mul(ROOT_HALF, f32x4.sub(o3i, o3r));
    const w3i = f32x4.mul(ROOT_HALF, f32x4.add(o3i, o3r));
    const outR = yr + q;
    const outI = yi + q;
    v128.store(outR, f32x4.add(e0r, o0r));
    v128.store(outI, f32x4.add(e0i, o0i));
    v128.store(outR + row, f32x4.add(e1r, w1r));
    v128.store(outI + row, f32x4.add(e1i, w1i));
    v128.store(outR + 2 * row, f32x4.add(e2r, o2i));
    v128.store(outI + 2 * row, f32x4.sub(e2i, o2r));
    v128.store(outR + 3 * row, f32x4.add(e3r, w3r));
    v128.store(outI + 3 * row, f32x4.sub(e3i, w3i));
    v128.store(outR + 4 * row, f32x4.sub(e0r, o0r));
    v128.store(outI + 4 * row, f32x4.sub(e0i, o0i));
    v128.store(outR + 5 * row, f32x4.sub(e1r, w1r));
    v128.store(outI + 5 * row, f32x4.sub(e1i, w1i));
    v128.store(outR + 6 * row, f32x4.sub(e2r, o2i));
    v128.store(outI + 6 * row, f32x4.add(e2i, o2r));
    v128.store(outR + 7 * row, f32x4.sub(e3r, w3r));
    v128.store(outI + 7 * row, f32x4.add(e3i, w3i));
  }
}

/** The stages after the first, whose results are in `y`; returns as `transform`. */
function laterStages(xr: usize, xi: usize, yr: usize, yi: usize, tw: usize, size: i32): i32 {
  let n = <usize>size >> 2;
  let stride: usize = 4;
  let flipped = 1;
  tw += n * 24;
  while (n > 1) {
    let t = xr;
    xr = yr;
    yr = t;
    t = xi;
    xi = yi;
    yi = t;
    flipped ^= 1;
    if (n == 8) {
      lastEight(xr, xi, yr, yi, stride);
      break;
    }
    const quarter = n >> 2;
    laterStage(xr, xi, yr, yi, tw, quarter, stride);
    tw += quarter * 24;
    n = quarter;
    stride <<= 2;
  }
  return flipped;
}

/**
 * Complex transform of `size` points, a power of two of at least 16, unscaled: radix-4 Stockham between `x` and `y`.
 * Returns 0 if the result is in `x`, 1 if it is in `y`. Twiddles: stage by stage, six columns each.
 */
export function transform(xr: usize, xi: usize, yr: usize, yi: usize, tw: usize, size: i32): i32 {
  firstStage<v128>(xr, xi, f32x4.splat(0), yr, yi, tw, <usize>size >> 2);
  return laterStages(xr, xi, yr, yi, tw, size);
}

/**
 * Half the transform of samples less `offset`, the even ones real, the odd ones imaginary, for `untangle`. The first
 * stage's twiddles are halved.
 */
export function transformReal(
  samples: usize,
  offset: f32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  tw: usize,
  size: i32,
): i32 {
  firstStage<f32>(samples, samples, f32x4.splat(offset), yr, yi, tw, <usize>size >> 2);
  return laterStages(xr, xi, yr, yi, tw, size);
}

/**
 * Bins 0 to m of a real signal, replacing the half-length transform `z` (`transformReal`), from both ends to the
 * middle.
 */
export function untangle(zr: usize, zi: usize, cos: usize, sin: usize, m: i32): void {
  const bytes = <usize>m << 2;
  const r0 = load<f32>(zr);
  const i0 = load<f32>(zi);
  store<f32>(zr, 2 * (r0 + i0));
  store<f32>(zi, 0);
  store<f32>(zr + bytes, 2 * (r0 - i0));
  store<f32>(zi + bytes, 0);
  const middle = bytes >> 1;
  for (let at: usize = 4; at <= middle; at += 16) {
    const mirror = bytes - at - 12;
    const kr = v128.load(zr + at);
    const ki = v128.load(zi + at);
    const a = v128.load(zr + mirror);
    const b = v128.load(zi + mirror);
    const mr = v128.shuffle<f32>(a, a, 3, 2, 1, 0);
    const mi = v128.shuffle<f32>(b, b, 3, 2, 1, 0);
    const evenR = f32x4.add(kr, mr);
    const evenI = f32x4.sub(ki, mi);
    const oddR = f32x4.add(ki, mi);
    const oddI = f32x4.sub(mr, kr);
    const c = v128.load(cos + at);
    const s = v128.load(sin + at);
    const turnedR = f32x4.add(f32x4.mul(c, oddR), f32x4.mul(s, oddI));
    const turnedI = f32x4.sub(f32x4.mul(c, oddI), f32x4.mul(s, oddR));
    v128.store(zr + at, f32x4.add(evenR, turnedR));
    v128.store(zi + at, f32x4.add(evenI, turnedI));
    const backR = f32x4.sub(evenR, turnedR);
    const backI = f32x4.sub(turnedI, evenI);
    v128.store(zr + mirror, v128.shuffle<f32>(backR, backR, 3, 2, 1, 0));
    v128.store(zi + mirror, v128.shuffle<f32>(backI, backI, 3, 2, 1, 0));
  }
}

/**
 * |H|² of bins 1 to m−1, where H is the Hann-windowed spectrum: a three-point convolution. Bins 0 and m are not
 * written.
 */
export function hannPower(re: usize, im: usize, m: i32, power: usize): void {
  const bytes = <usize>m << 2;
  for (let at: usize = 4; at < bytes; at += 16) {
    const hr = f32x4.sub(
      f32x4.mul(v128.load(re + at), HALF),
      f32x4.mul(f32x4.add(v128.load(re + at - 4), v128.load(re + at + 4)), QUARTER),
    );
    const hi = f32x4.sub(
      f32x4.mul(v128.load(im + at), HALF),
      f32x4.mul(f32x4.add(v128.load(im + at - 4), v128.load(im + at + 4)), QUARTER),
    );
    v128.store(power + at, f32x4.add(f32x4.mul(hr, hr), f32x4.mul(hi, hi)));
  }
}

/** The smallest power whose logarithm is taken, as in `models/signal/spectralEngine.ts`. */
const LEAST: v128 = f32x4.splat(1e-37);
const ONE: v128 = f32x4.splat(1);
const LN2: v128 = f32x4.splat(0.6931471805599453);

/**
 * Natural logarithm of normal positive numbers: ln(2^e·m) with m in √½ to √2, by 2·artanh((m−1)/(m+1)), whose series is
 * truncated at terms below 1e-9 (Abramowitz & Stegun, 4.1.27).
 */
function ln(x: v128): v128 {
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = i32x4.shr_s(bits, 23);
  const m = i32x4.sub(x, i32x4.shl(e, 23));
  const t = f32x4.div(f32x4.sub(m, ONE), f32x4.add(m, ONE));
  const tt = f32x4.mul(t, t);
  let series = f32x4.add(f32x4.splat(2.0 / 7.0), f32x4.mul(tt, f32x4.splat(2.0 / 9.0)));
  series = f32x4.add(f32x4.splat(2.0 / 5.0), f32x4.mul(tt, series));
  series = f32x4.add(f32x4.splat(2.0 / 3.0), f32x4.mul(tt, series));
  series = f32x4.add(f32x4.splat(2.0), f32x4.mul(tt, series));
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(e), LN2), f32x4.mul(t, series));
}

/**
 * Into `out`, float64: Σ power in each of `count` equal parts of bins 1 to m, then Σ bin × power, Σ ln power and
 * Σ power × ln power. A part is a multiple of 16 bins.
 */
export function bands(power: usize, m: i32, count: i32, out: usize): void {
  const per = m / count;
  let weighted: f64 = 0;
  let logs: f64 = 0;
  let weightedLogs: f64 = 0;
  for (let b = 0; b < count; b++) {
    let sum: f64 = 0;
    let moment: f64 = 0;
    const from = b * per + 1;
    for (let k = 0; k < per; k += 16) {
      let place = f32x4.add(f32x4.splat(<f32>k), f32x4(0, 1, 2, 3));
      let ps = f32x4.splat(0);
      let pk = f32x4.splat(0);
      let pl = f32x4.splat(0);
      let ppl = f32x4.splat(0);
      for (let i = 0; i < 16; i += 4) {
        const p = v128.load(power + (<usize>(from + k + i) << 2));
        const l = ln(f32x4.pmax(p, LEAST));
        ps = f32x4.add(ps, p);
        pk = f32x4.add(pk, f32x4.mul(place, p));
        pl = f32x4.add(pl, l);
        ppl = f32x4.add(ppl, f32x4.mul(p, l));
        place = f32x4.add(place, f32x4.splat(4));
      }
      sum += lanes(ps);
      moment += lanes(pk);
      logs += lanes(pl);
      weightedLogs += lanes(ppl);
    }
    weighted += <f64>from * sum + moment;
    store<f64>(out + (<usize>b << 3), sum);
  }
  const after = out + (<usize>count << 3);
  store<f64>(after, weighted);
  store<f64>(after, logs, 8);
  store<f64>(after, weightedLogs, 16);
}

/** Σ (bin − centre)² × power of bins 1 to m; m a multiple of 16. */
export function spread(power: usize, m: i32, centre: f64): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < m; k += 16) {
    let from = f32x4.add(f32x4.splat(<f32>(<f64>(k + 1) - centre)), f32x4(0, 1, 2, 3));
    let part = f32x4.splat(0);
    for (let i = 0; i < 16; i += 4) {
      const p = v128.load(power + (<usize>(1 + k + i) << 2));
      part = f32x4.add(part, f32x4.mul(f32x4.mul(from, from), p));
      from = f32x4.add(from, f32x4.splat(4));
    }
    sum += lanes(part);
  }
  return sum;
}

/** Bins 1 to m−1 of the `count` highest local maxima, highest first, as int32 into `out`; returns their number. */
export function strongest(power: usize, m: i32, count: i32, out: usize): i32 {
  let found = 0;
  let least: f32 = 0;
  for (let k = 1; k < m; k += 4) {
    const at = power + (<usize>k << 2);
    const v = v128.load(at);
    const rises = v128.and(f32x4.gt(v, f32x4.splat(least)), f32x4.ge(v, v128.load(at - 4)));
    if (!v128.any_true(v128.and(rises, f32x4.gt(v, v128.load(at + 4))))) continue;
    for (let bin = k; bin < k + 4 && bin < m; bin++) {
      const here = power + (<usize>bin << 2);
      const p = load<f32>(here);
      if (!(p > least) || p < load<f32>(here - 4) || p <= load<f32>(here + 4)) continue;
      let place = found < count ? found : count - 1;
      while (place > 0 && load<f32>(power + (<usize>load<i32>(out + (<usize>(place - 1) << 2)) << 2)) < p) {
        store<i32>(out + (<usize>place << 2), load<i32>(out + (<usize>(place - 1) << 2)));
        place--;
      }
      store<i32>(out + (<usize>place << 2), bin);
      if (found < count) found++;
      if (found == count) least = load<f32>(power + (<usize>load<i32>(out + (<usize>(count - 1) << 2)) << 2));
    }
  }
  return found;
}

/** `scale`·√(re²+im²) in place of `re`; its mean and its power about the mean as float64 into `out`. n: multiple of 4. */
export function envelope(re: usize, im: usize, n: i32, scale: f32, out: usize): void {
  const bytes = <usize>n << 2;
  const k = f32x4.splat(scale);
  let sum: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 16) {
    const r = v128.load(re + at);
    const i = v128.load(im + at);
    const e = f32x4.mul(k, f32x4.sqrt(f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i))));
    v128.store(re + at, e);
    sum += lanes(e);
  }
  const mean = sum / <f64>n;
  const m = f32x4.splat(<f32>mean);
  let power: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 16) {
    const d = f32x4.sub(v128.load(re + at), m);
    power += lanes(f32x4.mul(d, d));
  }
  store<f64>(out, mean, 0);
  store<f64>(out, power / <f64>n, 8);
}

/** (re² + im², less its mean) · `window` in place of `re`; n a multiple of 4. */
export function squaredEnvelope(re: usize, im: usize, n: i32, window: usize): void {
  const bytes = <usize>n << 2;
  let sum: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 16) {
    const r = v128.load(re + at);
    const i = v128.load(im + at);
    const p = f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i));
    v128.store(re + at, p);
    sum += lanes(p);
  }
  const mean = f32x4.splat(<f32>(sum / <f64>n));
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(re + at, f32x4.mul(f32x4.sub(v128.load(re + at), mean), v128.load(window + at)));
  }
}
