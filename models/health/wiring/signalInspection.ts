import type { Unit } from '#models/contracts/units.ts';
import { velocityBandHz } from '#models/machine/iso20816.ts';
import { LineSpectrum, MIN_SPECTRUM, STANDS_OUT } from '#models/signal/lineSpectrum.ts';
import { motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';

/** Summary of a few seconds of one vibration point. */
export interface SignalInspection {
  /** Lines that stand out, the largest first, mm/s RMS. */
  lines: { hz: number; mmPerS: number }[];
  stepHz: number;
  nyquistHz: number;
  /** RMS about the mean, in g (acceleration) or mm/s (velocity). */
  rms: number;
  unit: 'g' | 'mm/s';
  /** RMS in the band that ISO 20816 judges, mm/s. */
  velocityMmPerS: number;
  /** Geometric over arithmetic mean of the power density: 1 is white noise. */
  flatness: number;
  /** In the point's unit. */
  mean: number;
  /** Shaft rate reported for the same time. */
  shaftHz: number;
}

const COARSE = 512;
const MAX_LINES = 40;
/** First bin in which lines are searched: below is the leakage of the mean. */
const FIRST_BIN = 3;
const LINES_TO_HZ = 1000;
/** A harmonic lies within this part of its nominal frequency, or a bin. */
const HARMONIC_TOLERANCE = 0.012;

/**
 * Measures a piece of signal for the wiring checks. Null if there is too little signal, or it is not vibration or is a
 * displacement.
 * @param pieces of one signal in `unit`, each without a gap.
 * @param rate samples a second.
 * @param shaftHz as reported for the same time.
 */
export function inspectSignal(
  pieces: readonly Float32Array[],
  rate: number,
  unit: Unit,
  shaftHz: number,
): SignalInspection | null {
  const motion = motionOf(unit);
  const long = pieces.some((p) => p.length >= MIN_SPECTRUM);
  if (!long || motion === null || motion === 'displacement') return null;
  const spectrum = new LineSpectrum(pieces, rate);
  const { mean, rms } = moments(pieces);
  const toG = motionFactor(unit, 1, 'acceleration') / motionFactor('g', 1, 'acceleration');
  const [fromHz, toHz] = velocityBandHz(60 * shaftHz);
  return {
    lines: linesOf(spectrum, unit),
    stepHz: spectrum.stepHz,
    nyquistHz: spectrum.nyquistHz,
    rms: motion === 'acceleration' ? rms * toG : rms * motionFactor(unit, 1, 'velocity'),
    unit: motion === 'acceleration' ? 'g' : 'mm/s',
    velocityMmPerS: spectrum.converted(fromHz, Math.min(toHz, spectrum.nyquistHz), (hz) =>
      motionFactor(unit, hz, 'velocity'),
    ),
    flatness: flatnessOf(pieces, rate),
    mean,
    shaftHz,
  };
}

/** mm/s RMS of the line at a frequency; 0 if none stands out. */
export function lineAt({ lines, stepHz }: SignalInspection, hz: number): number {
  const reach = Math.max(stepHz, HARMONIC_TOLERANCE * hz);
  return lines.find((line) => Math.abs(line.hz - hz) <= reach)?.mmPerS ?? 0;
}

function linesOf(spectrum: LineSpectrum, unit: Unit): SignalInspection['lines'] {
  const lines: SignalInspection['lines'] = [];
  const to = Math.min(LINES_TO_HZ, spectrum.nyquistHz - 2 * spectrum.stepHz);
  for (let hz = FIRST_BIN * spectrum.stepHz; hz < to; hz += spectrum.stepHz) {
    const line = spectrum.line(hz);
    const isHere = line.top && Math.abs(line.hz - hz) <= spectrum.stepHz / 2;
    if (isHere && line.prominence > STANDS_OUT)
      lines.push({ hz: line.hz, mmPerS: line.rms * motionFactor(unit, line.hz, 'velocity') });
  }
  return lines.sort((a, b) => b.mmPerS - a.mmPerS).slice(0, MAX_LINES);
}

/** From a coarse spectrum: with more averages, white noise comes closer to 1. */
function flatnessOf(pieces: readonly Float32Array[], rate: number): number {
  const length = Math.min(COARSE, Math.max(...pieces.map((p) => p.length)));
  const cut = pieces.flatMap((p) =>
    Array.from({ length: Math.floor(p.length / length) }, (_, i) => p.subarray(i * length, (i + 1) * length)),
  );
  const spectrum = new LineSpectrum(cut, rate);
  return spectrum.flatness(0.02 * spectrum.nyquistHz, 0.9 * spectrum.nyquistHz);
}

function moments(pieces: readonly Float32Array[]): { mean: number; rms: number } {
  let [sum, squares, count] = [0, 0, 0];
  for (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) {
      sum += piece[i];
      squares += piece[i] * piece[i];
    }
    count += piece.length;
  }
  const mean = sum / count;
  // The variance of a constant is rounding.
  const [first] = pieces[0];
  if (pieces.every((piece) => piece.every((v) => v === first))) return { mean, rms: 0 };
  return { mean, rms: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
