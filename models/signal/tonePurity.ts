import { Matrix, solve } from 'ml-matrix';

/** Frequencies up to this multiple of the tone's are kept; twice the tone belongs to it. */
const UP_TO = 2.5;
/** Kept samples per period of the highest frequency. */
const OVERSAMPLED = 2.5;
/** Half the length of the low-pass, in kept samples, and its cut-off, as a part of half their rate. */
const REACH = 3;
const PASSES = 0.8;
/** Gauss–Newton steps, and their maximum relative deviation from the given frequency. */
const STEPS = 3;
const FARTHEST = 0.01;
/** Fewer kept samples do not determine two tones and a trend. */
const MIN_SAMPLES = 16;

/**
 * Residual of pieces of a signal near a tone, relative to the tone's amplitude: spectra show it as sidebands if pieces
 * are long enough, and merge it with the line if not. The tone, twice it and a trend are fitted to each of the longest
 * pieces by least squares, the frequency by Gauss–Newton steps. Pure.
 * @param toneHz known to 1 %.
 * @returns 0: a pure tone; null: the pieces are too short, or there is no tone.
 */
export function impurityOf(pieces: readonly Float32Array[], sampleRateHz: number, toneHz: number): number | null {
  const longest = Math.max(0, ...pieces.map((piece) => piece.length));
  const factor = Math.max(1, Math.floor(sampleRateHz / (OVERSAMPLED * UP_TO * toneHz)));
  const fits = pieces
    .filter((piece) => piece.length === longest)
    .map((piece) => decimated(piece, factor))
    .filter((x) => x.length >= MIN_SAMPLES && x.some((v) => v !== 0))
    .map((x) => fitTone(x, sampleRateHz / factor, toneHz));
  const tone = fits.reduce((sum, fit) => sum + fit.tonePower, 0);
  const rest = fits.reduce((sum, fit) => sum + fit.restPower, 0);
  return tone > 0 ? Math.sqrt(rest / tone) : null;
}

function fitTone(x: Float64Array, rateHz: number, givenHz: number): { tonePower: number; restPower: number } {
  const y = Matrix.columnVector([...x]);
  let hz = givenHz;
  for (let step = 0; step < STEPS; step++) {
    const columns = toneColumns(x.length, rateHz, hz);
    const slope = slopeOf(columns, solve(columns, y).to1DArray(), rateHz);
    const more = solve(columns.clone().addColumn(slope), y).get(columns.columns, 0);
    hz = Math.min(givenHz * (1 + FARTHEST), Math.max(givenHz * (1 - FARTHEST), hz + more));
  }
  const columns = toneColumns(x.length, rateHz, hz);
  const coefficients = solve(columns, y);
  const left = Matrix.sub(y, columns.mmul(coefficients)).to1DArray();
  const [cosine, sine] = coefficients.to1DArray();
  return { tonePower: (cosine ** 2 + sine ** 2) / 2, restPower: left.reduce((sum, v) => sum + v * v, 0) / x.length };
}

/** Cosine and sine of the tone and of twice it, a constant and a trend; times are from the middle. */
function toneColumns(length: number, rateHz: number, hz: number): Matrix {
  return new Matrix(
    Array.from({ length }, (_, i) => {
      const middle = i - (length - 1) / 2;
      const turn = (2 * Math.PI * hz * middle) / rateHz;
      return [Math.cos(turn), Math.sin(turn), Math.cos(2 * turn), Math.sin(2 * turn), 1, middle / length];
    }),
  );
}

/** Derivative of the tones with respect to the frequency, per Hz. */
function slopeOf(columns: Matrix, [a, b, c, d]: number[], rateHz: number): number[] {
  return Array.from({ length: columns.rows }, (_, i) => {
    const [cos1, sin1, cos2, sin2] = columns.getRow(i);
    const t = (2 * Math.PI * (i - (columns.rows - 1) / 2)) / rateHz;
    return t * (b * cos1 - a * sin1) + 2 * t * (d * cos2 - c * sin2);
  });
}

/** Low-passes (windowed sinc) and decimates a signal, without the ends that the filter does not fill. */
function decimated(x: Float32Array, factor: number): Float64Array {
  const half = REACH * factor;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = (PASSES * (i - half)) / factor;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    return sinc * (0.54 + 0.46 * Math.cos((Math.PI * (i - half)) / half));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  const length = Math.max(0, Math.floor((x.length - taps.length) / factor) + 1);
  return Float64Array.from({ length }, (_, i) => taps.reduce((sum, tap, t) => sum + tap * x[i * factor + t], 0) / gain);
}
