import { type LineSpectrum, STANDS_OUT } from './lineSpectrum.ts';

const HARMONICS = 5;
/** Cap of a line's weight: a single tall foreign line must not outweigh several shaft lines. */
const TALLEST = 100;
/** Factor by which the next best rate that is not a multiple or fraction must be worse. */
const CLEARLY = 1.15;
const RELATED = 0.02;
const SKIRT_BINS = 6;
/**
 * Number of harmonics that locate a roughly known rate, each weighing 1/k²: foreign lines are near the higher ones,
 * such as those of an inverter, a slip away.
 */
const LOCATING = 3;
/** Spacing of candidate rates, relative to the rate, or the number per bin. */
const STEP = 2e-4;
const STEPS_A_BIN = 20;
const FOREIGN_BINS = 0.35;
/** Search margin beyond the tolerance, at most a quarter of it. */
const EDGE = 0.005;
/** A line further from its expected position is a different one. */
const PLACED_BINS = 0.4;
/** Relative error of a measured speed; one from a nameplate, with slip and load, is off by up to four times that. */
export const MEASURED_SPEED = 0.02;
export const NOMINAL_SPEED = 0.08;

export interface ShaftEstimate {
  hz: number;
  /** Relative to the rate: half a bin at its highest own harmonic, or the tolerance if there is none. */
  uncertainty: number;
}

/**
 * Estimates a shaft's rate in Hz, within a range, from the signal alone: the rate whose first five harmonics, including
 * the first, stand out most. Null if no rate is clear.
 * @param lowHz above 0.
 */
export function estimateShaftHz(spectrum: LineSpectrum, lowHz: number, highHz: number): number | null {
  const step = Math.max(spectrum.stepHz / (2 * HARMONICS), lowHz * 1e-4);
  const tried: { hz: number; height: number }[] = [];
  for (let hz = lowHz; hz <= highHz; hz += step) {
    const first = spectrum.line(hz);
    // On the skirt of a neighbouring line, foreign harmonics would count for this rate.
    const onTop = Math.abs(first.hz - hz) <= spectrum.stepHz / 2;
    if (onTop && first.prominence >= STANDS_OUT) tried.push({ hz, height: height(spectrum, hz) });
  }
  if (tried.length === 0) return null;
  const best = tried.reduce((a, b) => (b.height > a.height ? b : a));
  const others = tried.filter(
    ({ hz }) => !isNearMultiple(hz, best.hz, spectrum.stepHz) && !isNearMultiple(best.hz, hz, spectrum.stepHz),
  );
  const next = others.reduce((most, other) => Math.max(most, other.height), 0);
  return best.height < CLEARLY * next ? null : meanOfLines(prominentHarmonics(spectrum, best.hz), best.hz);
}

/**
 * The shaft's rate, within a tolerance of the given one, whose harmonics stand out most in the spectra.
 * @param spectra at least one, from simultaneous sensors of one machine.
 * @param givenHz above 0.
 * @param tolerance relative to the given rate: `MEASURED_SPEED` or `NOMINAL_SPEED`.
 * @param foreignHz frequencies of foreign lines, such as twice the mains frequency.
 */
export function refineShaftHz(
  spectra: readonly LineSpectrum[],
  givenHz: number,
  tolerance = MEASURED_SPEED,
  foreignHz: readonly number[] = [],
): ShaftEstimate {
  const stepHz = Math.min(...spectra.map((s) => s.stepHz));
  const step = Math.min(STEP, stepHz / givenHz / STEPS_A_BIN);
  const most = tolerance + Math.min(EDGE, tolerance / 4);
  let best = { hz: givenHz, likeness: likeness(spectra, givenHz, foreignHz) };
  for (let part = -most; part <= most; part += step) {
    const hz = givenHz * (1 + part);
    const its = likeness(spectra, hz, foreignHz);
    if (its > best.likeness) best = { hz, likeness: its };
  }
  const lines = spectra.flatMap((spectrum) => ownLines(spectrum, best.hz, foreignHz));
  const highest = Math.max(0, ...lines.map(({ k }) => k));
  const uncertainty = highest > 0 ? Math.min(tolerance, stepHz / 2 / highest / best.hz) : tolerance;
  return { hz: meanOfLines(lines, best.hz), uncertainty };
}

interface Harmonic {
  k: number;
  hz: number;
  prominence: number;
}

/** The prominent harmonics of a rate. */
function prominentHarmonics(spectrum: LineSpectrum, hz: number): Harmonic[] {
  return Array.from({ length: HARMONICS }, (_, i) => ({ k: i + 1, ...spectrum.line((i + 1) * hz) })).filter(
    (line) => line.top && line.prominence >= STANDS_OUT,
  );
}

/**
 * Harmonics of a roughly known rate that are nearer to the position expected from lower ones than foreign lines are.
 */
function ownLines(spectrum: LineSpectrum, hz: number, foreignHz: readonly number[]): Harmonic[] {
  const own: Harmonic[] = [];
  for (const line of prominentHarmonics(spectrum, hz)) {
    const placeHz = line.k * meanOfLines(own, hz);
    const isNear = Math.abs(line.hz - placeHz) <= PLACED_BINS * spectrum.stepHz;
    if (isNear && !isForeignLine(line, spectrum, foreignHz)) own.push(line);
  }
  return own;
}

/** Whether a line may be foreign. */
function isForeignLine(line: { hz: number }, { stepHz }: LineSpectrum, foreignHz: readonly number[]): boolean {
  return foreignHz.some((hz) => Math.abs(line.hz - hz) < FOREIGN_BINS * stepHz);
}

function height(spectrum: LineSpectrum, hz: number): number {
  let sum = 0;
  for (let k = 1; k <= HARMONICS; k++) {
    const { top, prominence } = spectrum.line(k * hz);
    if (top) sum += Math.log1p(Math.min(TALLEST, prominence));
  }
  return sum;
}

/** How far the first harmonics of exactly this rate stand out in the spectra. */
function likeness(spectra: readonly LineSpectrum[], hz: number, foreignHz: readonly number[]): number {
  let sum = 0;
  for (const spectrum of spectra) {
    for (let k = 1; k <= LOCATING; k++) {
      const line = { hz: k * hz };
      if (!isForeignLine(line, spectrum, foreignHz)) sum += Math.log1p(spectrum.prominenceAt(line.hz)) / k ** 2;
    }
  }
  return sum;
}

/** The rate from its harmonics, higher ones weighing more; unchanged if there are none. */
function meanOfLines(lines: readonly Harmonic[], hz: number): number {
  let [sum, weight] = [0, 0];
  for (const line of lines) {
    // The variance of a line's frequency falls with its power; harmonic k resolves the rate k times as finely.
    sum += line.k * line.prominence * line.hz;
    weight += line.k ** 2 * line.prominence;
  }
  return weight > 0 ? sum / weight : hz;
}

/** Whether a rate is near a multiple of another, or on the skirt of that line. */
function isNearMultiple(hz: number, ofHz: number, stepHz: number): boolean {
  const nearest = Math.max(1, Math.round(hz / ofHz)) * ofHz;
  return Math.abs(hz - nearest) < Math.max(RELATED * hz, SKIRT_BINS * stepHz);
}
