import { type LineSpectrum, STANDS_OUT } from './lineSpectrum.ts';

const HARMONICS = 5;
/** One tall line that is not the shaft's must not outweigh several that are. */
const TALLEST = 100;
/** The next best rate that is no multiple or part of it must be this much worse. */
const CLEARLY = 1.15;
const RELATED = 0.02;
const SKIRT_BINS = 6;
/**
 * Harmonics that place a rate which is known roughly, each counting 1/k²: near the higher ones stand lines of something
 * else, such as those of an inverter a slip beside them.
 */
const LOCATING = 3;
/** Rates that are tried: so far apart, as a part of the rate, or so many a bin. */
const STEP = 2e-4;
const STEPS_A_BIN = 20;
const STRANGER_BINS = 0.35;
/** A speed at the edge of its tolerance may lie so much beyond it, but no more than a quarter of the tolerance. */
const EDGE = 0.005;
/** Further from its place a line is another one. */
const PLACED_BINS = 0.4;
/** A measured speed may be off by so much; one from a nameplate, with slip and load, by four times that. */
export const MEASURED_SPEED = 0.02;
export const NOMINAL_SPEED = 0.08;

export interface ShaftEstimate {
  hz: number;
  /** As a part of the rate: half a bin at the highest harmonic of its own, or the tolerance where none does. */
  uncertainty: number;
}

/**
 * A shaft's rate in Hz, estimated from the signal alone, within a range: where the first five harmonics stand out
 * most, the first among them. Null where no rate does so clearly.
 * @param lowHz above 0.
 */
export function estimateShaftHz(spectrum: LineSpectrum, lowHz: number, highHz: number): number | null {
  const step = Math.max(spectrum.stepHz / (2 * HARMONICS), lowHz * 1e-4);
  const tried: { hz: number; height: number }[] = [];
  for (let hz = lowHz; hz <= highHz; hz += step) {
    const first = spectrum.line(hz);
    // On the skirt of a line beside it, harmonics of something else would count for this rate.
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
 * The shaft's rate within a tolerance of the given one, where the harmonics of the spectra stand out most.
 * @param spectra at least one, of sensors of one machine at one time.
 * @param givenHz above 0.
 * @param tolerance of the given rate, as a part of it: `MEASURED_SPEED` or `NOMINAL_SPEED`.
 * @param strangersHz where lines of something else stand, such as twice the mains frequency.
 */
export function refineShaftHz(
  spectra: readonly LineSpectrum[],
  givenHz: number,
  tolerance = MEASURED_SPEED,
  strangersHz: readonly number[] = [],
): ShaftEstimate {
  const stepHz = Math.min(...spectra.map((s) => s.stepHz));
  const step = Math.min(STEP, stepHz / givenHz / STEPS_A_BIN);
  const most = tolerance + Math.min(EDGE, tolerance / 4);
  let best = { hz: givenHz, likeness: likeness(spectra, givenHz, strangersHz) };
  for (let part = -most; part <= most; part += step) {
    const hz = givenHz * (1 + part);
    const its = likeness(spectra, hz, strangersHz);
    if (its > best.likeness) best = { hz, likeness: its };
  }
  const lines = spectra.flatMap((spectrum) => ownLines(spectrum, best.hz, strangersHz));
  const highest = Math.max(0, ...lines.map(({ k }) => k));
  const uncertainty = highest > 0 ? Math.min(tolerance, stepHz / 2 / highest / best.hz) : tolerance;
  return { hz: meanOfLines(lines, best.hz), uncertainty };
}

interface Harmonic {
  k: number;
  hz: number;
  prominence: number;
}

/** The harmonics of a rate that stand out, by number. */
function prominentHarmonics(spectrum: LineSpectrum, hz: number): Harmonic[] {
  return Array.from({ length: HARMONICS }, (_, i) => ({ k: i + 1, ...spectrum.line((i + 1) * hz) })).filter(
    (line) => line.top && line.prominence >= STANDS_OUT,
  );
}

/** Those of a rate that is known roughly, each nearer to where the lower ones put it than lines of something else are. */
function ownLines(spectrum: LineSpectrum, hz: number, strangersHz: readonly number[]): Harmonic[] {
  const own: Harmonic[] = [];
  for (const line of prominentHarmonics(spectrum, hz)) {
    const placeHz = line.k * meanOfLines(own, hz);
    const isNear = Math.abs(line.hz - placeHz) <= PLACED_BINS * spectrum.stepHz;
    if (isNear && !isForeignLine(line, spectrum, strangersHz)) own.push(line);
  }
  return own;
}

/** Whether a line stands where another one than the shaft's may be. */
function isForeignLine(line: { hz: number }, { stepHz }: LineSpectrum, strangersHz: readonly number[]): boolean {
  return strangersHz.some((hz) => Math.abs(line.hz - hz) < STRANGER_BINS * stepHz);
}

function height(spectrum: LineSpectrum, hz: number): number {
  let sum = 0;
  for (let k = 1; k <= HARMONICS; k++) {
    const { top, prominence } = spectrum.line(k * hz);
    if (top) sum += Math.log1p(Math.min(TALLEST, prominence));
  }
  return sum;
}

/** How far the first harmonics of exactly this rate stand out of the spectra. */
function likeness(spectra: readonly LineSpectrum[], hz: number, strangersHz: readonly number[]): number {
  let sum = 0;
  for (const spectrum of spectra) {
    for (let k = 1; k <= LOCATING; k++) {
      const line = { hz: k * hz };
      if (!isForeignLine(line, spectrum, strangersHz)) sum += Math.log1p(spectrum.prominenceAt(line.hz)) / k ** 2;
    }
  }
  return sum;
}

/** The rate as its harmonics tell it, higher ones weighing more; as it was where there is none. */
function meanOfLines(lines: readonly Harmonic[], hz: number): number {
  let [sum, weight] = [0, 0];
  for (const line of lines) {
    // The variance of a line's place falls with its power; a harmonic k tells the rate k times as finely.
    sum += line.k * line.prominence * line.hz;
    weight += line.k ** 2 * line.prominence;
  }
  return weight > 0 ? sum / weight : hz;
}

/** Whether a rate lies near a multiple of another, or on the skirt of that one's line. */
function isNearMultiple(hz: number, ofHz: number, stepHz: number): boolean {
  const nearest = Math.max(1, Math.round(hz / ofHz)) * ofHz;
  return Math.abs(hz - nearest) < Math.max(RELATED * hz, SKIRT_BINS * stepHz);
}
