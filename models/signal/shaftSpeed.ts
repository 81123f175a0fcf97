import { type LineSpectrum, STANDS_OUT } from './lineSpectrum.ts';

const HARMONICS = 5;
/** One tall line that is not the shaft's must not outweigh several that are. */
const TALLEST = 100;
/** The next best rate that is no multiple or part of it must be this much worse. */
const CLEARLY = 1.15;
const RELATED = 0.02;
const SKIRT_BINS = 6;
/** A given speed may be off by so much, and another is taken only where its lines are this much higher. */
const REACH = 0.02;
const BETTER = 1.02;

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
    ({ hz }) => !related(hz, best.hz, spectrum.stepHz) && !related(best.hz, hz, spectrum.stepHz),
  );
  const next = others.reduce((most, other) => Math.max(most, other.height), 0);
  return best.height < CLEARLY * next ? null : meanOfLines([spectrum], best.hz);
}

/** The shaft's rate within 2 % of the given one, where the harmonics of the spectra stand out most. */
export function refineShaftHz(spectra: readonly LineSpectrum[], givenHz: number): number {
  const step = Math.max(2e-4, Math.min(...spectra.map((s) => s.stepHz)) / givenHz / 6);
  let best = { hz: givenHz, height: height(spectra, givenHz) };
  for (let part = -REACH; part <= REACH; part += step) {
    const hz = givenHz * (1 + part);
    const its = height(spectra, hz);
    if (its > best.height * BETTER) best = { hz, height: its };
  }
  return meanOfLines(spectra, best.hz);
}

function height(spectra: readonly LineSpectrum[], hz: number): number {
  let sum = 0;
  for (const spectrum of spectra) {
    for (let k = 1; k <= HARMONICS; k++) sum += Math.log1p(Math.min(TALLEST, spectrum.line(k * hz).prominence));
  }
  return sum;
}

/** The rate as the harmonics that stand out tell it, higher ones weighing more; as it was where none does. */
function meanOfLines(spectra: readonly LineSpectrum[], hz: number): number {
  let [sum, weight] = [0, 0];
  for (const spectrum of spectra) {
    for (let k = 1; k <= HARMONICS; k++) {
      const line = spectrum.line(k * hz);
      if (line.prominence < STANDS_OUT) continue;
      sum += k * line.hz;
      weight += k * k;
    }
  }
  return weight > 0 ? sum / weight : hz;
}

/** Whether a rate lies near a multiple of another, or on the skirt of that one's line. */
function related(hz: number, ofHz: number, stepHz: number): boolean {
  const nearest = Math.max(1, Math.round(hz / ofHz)) * ofHz;
  return Math.abs(hz - nearest) < Math.max(RELATED * hz, SKIRT_BINS * stepHz);
}
