/** Frequencies up to this many times the tone's are looked at; multiples of it are taken for tones of their own. */
const UP_TO = 2.5;
/** Kept samples a period of the highest frequency, and half the low-pass's length in them. */
const OVERSAMPLED = 2.5;
const REACH = 3;
const STEPS = 3;
/** How far a given frequency is corrected, as a part of it. */
const FARTHEST = 0.01;

/**
 * What pieces of a signal hold near a tone beside the tone itself, as a part of its amplitude: what a spectrum shows as
 * sidebands where pieces are long enough, and hides in its lines where they are not. 0: a pure tone.
 */
export function impurityOf(pieces: readonly Float32Array[], sampleRateHz: number, toneHz: number): number | null {
  const longest = Math.max(0, ...pieces.map((p) => p.length));
  const factor = Math.max(1, Math.floor(sampleRateHz / (OVERSAMPLED * UP_TO * toneHz)));
  let [rest, tone] = [0, 0];
  for (const piece of pieces) {
    if (piece.length < longest) continue;
    const x = decimated(piece, factor);
    const rate = sampleRateHz / factor;
    const columns = (hz: number) =>
      [1, 2].flatMap((k) => [wave(x.length, (k * hz) / rate, 0.25), wave(x.length, (k * hz) / rate, 0)]);
    const steady = [
      new Float64Array(x.length).fill(1),
      Float64Array.from({ length: x.length }, (_, i) => i / x.length - 0.5),
    ];
    let hz = toneHz;
    for (let step = 0; step < STEPS; step++) {
      const own = columns(hz);
      const { coefficients: c } = solved(x, [...own, ...steady]);
      // What a little more of the frequency does to the tones.
      const slope = Float64Array.from({ length: x.length }, (_, i) => {
        const t = (2 * Math.PI * (i - (x.length - 1) / 2)) / rate;
        return t * (-c[0] * own[1][i] + c[1] * own[0][i]) + 2 * t * (-c[2] * own[3][i] + c[3] * own[2][i]);
      });
      const more = solved(x, [...own, ...steady, slope]).coefficients[own.length + 2];
      hz = Math.min(toneHz * (1 + FARTHEST), Math.max(toneHz * (1 - FARTHEST), hz + more));
    }
    const last = solved(x, [...columns(hz), ...steady]);
    rest += last.rest / x.length;
    tone += (last.coefficients[0] ** 2 + last.coefficients[1] ** 2) / 2;
  }
  return tone > 0 ? Math.sqrt(rest / tone) : null;
}

/** Part of a turn 0.25: a cosine; 0: a sine; about the middle. */
function wave(length: number, cycles: number, turn: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(2 * Math.PI * (cycles * (i - (length - 1) / 2) + turn)));
}

/** Least squares. `rest`: the sum of squares that is left. */
function solved(x: Float64Array, columns: readonly Float64Array[]): { coefficients: Float64Array; rest: number } {
  const m = columns.length;
  const rows = columns.map((a) =>
    Float64Array.from([...columns, x], (b) => a.reduce((sum, v, i) => sum + v * b[i], 0)),
  );
  for (let k = 0; k < m; k++) {
    let pivot = k;
    for (let r = k + 1; r < m; r++) if (Math.abs(rows[r][k]) > Math.abs(rows[pivot][k])) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const by = rows[k][k] || 1e-300;
    for (let r = 0; r < m; r++) {
      const times = r === k ? 0 : rows[r][k] / by;
      if (times !== 0) for (let s = k; s <= m; s++) rows[r][s] -= times * rows[k][s];
    }
  }
  const coefficients = Float64Array.from(rows, (row, k) => row[m] / (row[k] || 1e-300));
  const rest = x.reduce(
    (sum, v, i) => sum + (v - columns.reduce((fit, c, j) => fit + coefficients[j] * c[i], 0)) ** 2,
    0,
  );
  return { coefficients, rest };
}

/** Every so many samples of a low-passed signal, without the ends that the low-pass does not fill. */
function decimated(x: Float32Array, factor: number): Float64Array {
  const half = REACH * factor;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = (0.8 * (i - half)) / factor;
    return (
      (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)) * (0.54 + 0.46 * Math.cos((Math.PI * (i - half)) / half))
    );
  });
  const sum = taps.reduce((a, b) => a + b, 0);
  return Float64Array.from({ length: Math.max(0, Math.floor((x.length - 2 * half - 1) / factor) + 1) }, (_, i) => {
    let v = 0;
    for (let t = 0; t < taps.length; t++) v += taps[t] * x[i * factor + t];
    return v / sum;
  });
}
