import { type LineSpectrum, STANDS_OUT } from './lineSpectrum.ts';

const HARMONICS = 5;
/** One tall line that is not the shaft's must not outweigh several that are. */
const TALLEST = 100;
/** The next best rate that is no multiple or part of it must be this much worse. */
const CLEARLY = 1.15;
const RELATED = 0.02;
const SKIRT_BINS = 6;

/**
 * A shaft's rate told from the signal alone, within a range: where the first five harmonics stand out most, the first
 * among them. Null where no rate does so clearly.
 */
export function estimateShaftHz(spectrum: LineSpectrum, lowHz: number, highHz: number): number | null {
  const step = Math.max(spectrum.stepHz / (2 * HARMONICS), lowHz * 1e-4);
  const tried: { hz: number; height: number }[] = [];
  for (let hz = lowHz; hz <= highHz; hz += step) {
    if (spectrum.line(hz).prominence < STANDS_OUT) continue;
    let height = 0;
    for (let k = 1; k <= HARMONICS; k++) height += Math.log1p(Math.min(TALLEST, spectrum.line(k * hz).prominence));
    tried.push({ hz, height });
  }
  if (tried.length === 0) return null;
  const best = tried.reduce((a, b) => (b.height > a.height ? b : a));
  const others = tried.filter(
    ({ hz }) => !related(hz, best.hz, spectrum.stepHz) && !related(best.hz, hz, spectrum.stepHz),
  );
  const next = others.reduce((most, { height }) => Math.max(most, height), 0);
  if (best.height < CLEARLY * next) return null;
  let [sum, weight] = [0, 0];
  for (let k = 1; k <= HARMONICS; k++) {
    const line = spectrum.line(k * best.hz);
    if (line.prominence < STANDS_OUT) continue;
    sum += k * line.hz;
    weight += k * k;
  }
  return sum / weight;
}

/** Whether a rate lies near a multiple of another, or on the skirt of that one's line. */
function related(hz: number, ofHz: number, stepHz: number): boolean {
  const nearest = Math.max(1, Math.round(hz / ofHz)) * ofHz;
  return Math.abs(hz - nearest) < Math.max(RELATED * hz, SKIRT_BINS * stepHz);
}
