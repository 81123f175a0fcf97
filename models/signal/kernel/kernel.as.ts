// The signal kernel, in AssemblyScript: compiled to WebAssembly with 128-bit SIMD by `npm run build:kernel`.
// Pointers are byte offsets into its memory; arrays are float32 unless said. `models/signal/kernelEngine.ts` lays them
// out; `models/signal/plainEngine.ts` computes the same in plain TypeScript and is the reference in tests.

const HALF: v128 = f32x4.splat(0.5);
const QUARTER: v128 = f32x4.splat(0.25);
/** Vectors that are summed in float32 before the sum is carried on in float64. */
const RUN: i32 = 32;

function lanes(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    <f64>f32x4.extract_lane(v, 2) +
    <f64>f32x4.extract_lane(v, 3)
  );
}

/** Into `out`, float64: mean, second to fourth central moments, largest, smallest of `n` samples; n a multiple of 128. */
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
      max = f32x4.max(max, v);
      min = f32x4.min(min, v);
    }
    sum += lanes(part);
  }
  const mean = sum / <f64>n;
  const m = f32x4.splat(<f32>mean);
  let s2: f64 = 0;
  let s3: f64 = 0;
  let s4: f64 = 0;
  for (let at = x; at < end; ) {
    let p2 = f32x4.splat(0);
    let p3 = f32x4.splat(0);
    let p4 = f32x4.splat(0);
    for (let i = 0; i < RUN; i++, at += 16) {
      const d = f32x4.sub(v128.load(at), m);
      const dd = f32x4.mul(d, d);
      p2 = f32x4.add(p2, dd);
      p3 = f32x4.add(p3, f32x4.mul(dd, d));
      p4 = f32x4.add(p4, f32x4.mul(dd, dd));
    }
    s2 += lanes(p2);
    s3 += lanes(p3);
    s4 += lanes(p4);
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
}

/** Even samples less `offset` into `re`, odd ones into `im`; `n` samples, a multiple of 8. */
export function split(x: usize, n: i32, offset: f32, re: usize, im: usize): void {
  const o = f32x4.splat(offset);
  const bytes = <usize>n << 1;
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(x + (at << 1));
    const b = v128.load(x + (at << 1), 16);
    v128.store(re + at, f32x4.sub(v128.shuffle<f32>(a, b, 0, 2, 4, 6), o));
    v128.store(im + at, f32x4.sub(v128.shuffle<f32>(a, b, 1, 3, 5, 7), o));
  }
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

/** First stage (stride 1): four butterflies at once, their results transposed into place. */
function firstStage(xr: usize, xi: usize, yr: usize, yi: usize, tw: usize, quarter: usize): void {
  const step = quarter << 2;
  for (let at: usize = 0; at < step; at += 16) {
    const ar = v128.load(xr + at);
    const ai = v128.load(xi + at);
    const br = v128.load(xr + at + step);
    const bi = v128.load(xi + at + step);
    const cr = v128.load(xr + at + 2 * step);
    const ci = v128.load(xi + at + 2 * step);
    const dr = v128.load(xr + at + 3 * step);
    const di = v128.load(xi + at + 3 * step);
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
      f32x4.add(sacR, sbdR),
      f32x4.sub(f32x4.mul(w1r, r1), f32x4.mul(w1i, i1)),
      f32x4.sub(f32x4.mul(w2r, r2), f32x4.mul(w2i, i2)),
      f32x4.sub(f32x4.mul(w3r, r3), f32x4.mul(w3i, i3)),
    );
    storeTransposed(
      yi + (at << 2),
      f32x4.add(sacI, sbdI),
      f32x4.add(f32x4.mul(w1r, i1), f32x4.mul(w1i, r1)),
      f32x4.add(f32x4.mul(w2r, i2), f32x4.mul(w2i, r2)),
      f32x4.add(f32x4.mul(w3r, i3), f32x4.mul(w3i, r3)),
    );
  }
}

/** A later stage: `stride` is a multiple of 4, so that four columns of one butterfly go at once. */
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

/**
 * Complex transform of `size` points, a power of two of at least 16, unscaled: radix-4 Stockham between `x` and `y`.
 * Returns 0 where the result is in `x`, 1 where it is in `y`. Twiddles: a stage after the other, six columns each.
 */
export function transform(xr: usize, xi: usize, yr: usize, yi: usize, tw: usize, size: i32): i32 {
  let n = <usize>size;
  let stride: usize = 1;
  let flipped = 0;
  while (n >= 4) {
    const quarter = n >> 2;
    if (stride == 1) firstStage(xr, xi, yr, yi, tw, quarter);
    else laterStage(xr, xi, yr, yi, tw, quarter, stride);
    tw += quarter * 24;
    n = quarter;
    stride <<= 2;
    let t = xr;
    xr = yr;
    yr = t;
    t = xi;
    xi = yi;
    yi = t;
    flipped ^= 1;
  }
  if (n == 2) {
    const row = stride << 2;
    for (let q: usize = 0; q < row; q += 16) {
      const ar = v128.load(xr + q);
      const ai = v128.load(xi + q);
      const br = v128.load(xr + q + row);
      const bi = v128.load(xi + q + row);
      v128.store(yr + q, f32x4.add(ar, br));
      v128.store(yi + q, f32x4.add(ai, bi));
      v128.store(yr + q + row, f32x4.sub(ar, br));
      v128.store(yi + q + row, f32x4.sub(ai, bi));
    }
    flipped ^= 1;
  }
  return flipped;
}

/** Bins 0 to m of a real signal from the transform `z` of its halves (`split`); `z` needs room for one more value. */
export function untangle(zr: usize, zi: usize, cos: usize, sin: usize, m: i32, outR: usize, outI: usize): void {
  const bytes = <usize>m << 2;
  const r0 = load<f32>(zr);
  const i0 = load<f32>(zi);
  store<f32>(zr + bytes, r0);
  store<f32>(zi + bytes, i0);
  store<f32>(outR, r0 + i0);
  store<f32>(outI, 0);
  for (let at: usize = 4; at <= bytes; at += 16) {
    const kr = v128.load(zr + at);
    const ki = v128.load(zi + at);
    const a = v128.load(zr + (bytes - at) - 12);
    const b = v128.load(zi + (bytes - at) - 12);
    const mr = v128.shuffle<f32>(a, a, 3, 2, 1, 0);
    const mi = v128.shuffle<f32>(b, b, 3, 2, 1, 0);
    const evenR = f32x4.mul(f32x4.add(kr, mr), HALF);
    const evenI = f32x4.mul(f32x4.sub(ki, mi), HALF);
    const oddR = f32x4.mul(f32x4.add(ki, mi), HALF);
    const oddI = f32x4.mul(f32x4.sub(mr, kr), HALF);
    const c = v128.load(cos + at);
    const s = v128.load(sin + at);
    v128.store(outR + at, f32x4.add(evenR, f32x4.add(f32x4.mul(c, oddR), f32x4.mul(s, oddI))));
    v128.store(outI + at, f32x4.add(evenI, f32x4.sub(f32x4.mul(c, oddI), f32x4.mul(s, oddR))));
  }
}

/** |H|² of bins 1 to m−1, where H is the Hann-windowed spectrum: a three-point convolution. Bins 0 and m are left. */
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

/** Into `out`, float64: Σ power in each of `count` equal parts of bins 1 to m, then Σ bin × power. */
export function bands(power: usize, m: i32, count: i32, out: usize): void {
  const per = m / count;
  let weighted: f64 = 0;
  for (let b = 0; b < count; b++) {
    let sum: f64 = 0;
    let moment: f64 = 0;
    const from = b * per + 1;
    for (let k = 0; k < per; k++) {
      const p = <f64>load<f32>(power + (<usize>(from + k) << 2));
      sum += p;
      moment += <f64>k * p;
    }
    weighted += <f64>from * sum + moment;
    store<f64>(out + (<usize>b << 3), sum);
  }
  store<f64>(out + (<usize>count << 3), weighted);
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
