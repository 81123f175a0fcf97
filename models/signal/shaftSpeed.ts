import { type LineSpectrum, STANDS_OUT } from './lineSpectrum.ts';

const HARMONICS = 5;
/** One tall line that is not the shaft's must not outweigh several that are. */
const TALLEST = 100;
/** The next best rate that is no multiple or part of it must be this much worse. */
const CLEARLY = 1.15;
const RELATED = 0.02;
const SKIRT_BINS = 6;
const STRANGER_BINS = 0.35;
/** Beyond the tolerance lines lead so far, and no further. */
const MARGIN = 1.25;
const PLACED_BINS = 0.75;
/** Bins wider than this part of the rate. */
const COARSE = 0.015;
/** A measured speed may be off by so much; one from a nameplate, with slip and load, by four times that. */
export const MEASURED_SPEED = 0.02;
export const NOMINAL_SPEED = 0.08;
/** Another rate than the given one is taken only where its lines are this much higher. */
const BETTER = 1.02;

export interface ShaftEstimate {
  hz: number;
  /** As a part of the rate: half a bin at the highest harmonic that stands out, or the tolerance where none does. */
  uncertainty: number;
}

/**
 * A shaft's rate told from the signal alone, within a range: where the first five harmonics stand out most, the first
 * among them. Null where no rate does so clearly.
 */
export function estimateShaftHz(spectrum: LineSpectrum, lowHz: number, highHz: number): number | null {
  const step = Math.max(spectrum.stepHz / (2 * HARMONICS), lowHz * 1e-4);
  const tried: { hz: number; height: number }[] = [];
  for (let hz = lowHz; hz <= highHz; hz += step) {
    const first = spectrum.line(hz);
    // On the skirt of a line beside it, harmonics of something else would count for this rate.
    const onTop = Math.abs(first.hz - hz) <= spectrum.stepHz / 2;
    if (onTop && first.prominence >= STANDS_OUT) tried.push({ hz, height: height([spectrum], hz) });
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
 * @param strangersHz where lines of something else stand, such as twice the mains frequency.
 */
export function refineShaftHz(
  spectra: readonly LineSpectrum[],
  givenHz: number,
  tolerance = MEASURED_SPEED,
  strangersHz: readonly number[] = [],
): ShaftEstimate {
  const stepHz = Math.min(...spectra.map((s) => s.stepHz));
  const step = Math.max(2e-4, stepHz / givenHz / 6);
  let best = { hz: givenHz, height: height(spectra, givenHz, strangersHz) };
  for (let part = -tolerance; part <= tolerance; part += step) {
    const hz = givenHz * (1 + part);
    const its = height(spectra, hz, strangersHz);
    if (its > best.height * BETTER) best = { hz, height: its };
  }
  const lines = spectra.flatMap((spectrum) => ownLines(spectrum, best.hz, strangersHz));
  const highest = Math.max(0, ...lines.map(({ k }) => k));
  const uncertainty = highest > 0 ? Math.min(tolerance, stepHz / 2 / highest / best.hz) : tolerance;
  const hz = meanOfLines(lines, best.hz);
  const most = MARGIN * tolerance * givenHz;
  return { hz: Math.min(givenHz + most, Math.max(givenHz - most, hz)), uncertainty };
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

/** Those of a rate that is known roughly. In coarse bins a neighbour within a bin is another line. */
function ownLines(spectrum: LineSpectrum, hz: number, strangersHz: readonly number[]): Harmonic[] {
  const isCoarse = spectrum.stepHz >= COARSE * hz;
  return prominentHarmonics(spectrum, hz).filter(
    (line) =>
      (!isCoarse || Math.abs(line.hz - line.k * hz) <= PLACED_BINS * spectrum.stepHz) &&
      !isForeignLine(line, spectrum, strangersHz),
  );
}

/** Whether a line stands where another one than the shaft's may be. */
function isForeignLine(line: { hz: number }, { stepHz }: LineSpectrum, strangersHz: readonly number[]): boolean {
  return strangersHz.some((hz) => Math.abs(line.hz - hz) < STRANGER_BINS * stepHz);
}

function height(spectra: readonly LineSpectrum[], hz: number, strangersHz: readonly number[] = []): number {
  let sum = 0;
  for (const spectrum of spectra) {
    for (let k = 1; k <= HARMONICS; k++) {
      const line = spectrum.line(k * hz);
      const { top, prominence } = line;
      if (top && !isForeignLine(line, spectrum, strangersHz)) sum += Math.log1p(Math.min(TALLEST, prominence));
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
