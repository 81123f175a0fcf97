import type { NamedLine } from '#models/contracts/evidence.ts';
import type { Unit } from '#models/contracts/units.ts';
import { type Curve, envelopeSpectrum } from '#models/signal/pictures.ts';
import { interpolatedPeak } from '#models/signal/spectralPeaks.ts';
import { MM_PER_S2_A_G, type Motion, motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';
import { amplitudes, welch } from '#models/signal/welch.ts';
import { t } from '../i18n/i18n.ts';
import { longestPiece, type Recording } from './recording.ts';

/** `measured`: in the sensor's unit. */
export type Quantity = 'measured' | Motion;
export type AmplitudeAs = 'peak' | 'rms' | 'dB';
export type FrequencyAs = 'Hz' | 'cpm' | 'orders';

/** Display settings of both spectra of a recording, and the cursor position. */
export interface Setting {
  quantity: Quantity;
  amplitude: AmplitudeAs;
  frequency: FrequencyAs;
  isLogarithmic: boolean;
  cursorHz: number | null;
  harmonics: number;
  /** Spacing of the cursor's sidebands; 0 for none. */
  sidebandHz: number;
}

export const FIRST_SETTING: Setting = {
  quantity: 'measured',
  amplitude: 'peak',
  frequency: 'Hz',
  isLogarithmic: false,
  cursorHz: null,
  harmonics: 5,
  sidebandHz: 0,
};

export interface Peak {
  hz: number;
  amplitude: number;
  /** The nearest named line; null if none is near enough. */
  name: string | null;
}

const LONGEST = 2 ** 17;
const SHORTEST = 256;
/**
 * Integration divides by the frequency, so that lower frequencies contain only amplified noise. ISO 20816-1 begins here
 * for slow machines.
 */
const INTEGRATED_FROM_HZ = 2;
/** Conversion from mm, mm/s and mm/s² to the units that analysts use. */
const SHOWN: Record<Motion, { unit: string; perMillimetre: number }> = {
  acceleration: { unit: 'g', perMillimetre: 1 / MM_PER_S2_A_G },
  velocity: { unit: 'mm/s', perMillimetre: 1 },
  displacement: { unit: 'µm', perMillimetre: 1000 },
};

/** Quantities that a sensor's signal can be converted to. */
export const quantitiesOf = (unit: Unit): Quantity[] =>
  motionOf(unit) ? ['measured', 'acceleration', 'velocity', 'displacement'] : ['measured'];

export const unitOf = (quantity: Quantity, unit: Unit): string =>
  quantity === 'measured' ? unit : SHOWN[quantity].unit;

/**
 * Peak amplitudes of the vibration in the unit of `quantity`, power-averaged over all segments of all pieces, with
 * segments of half the longest piece. @throws RangeError if no piece holds 256 samples.
 */
export function vibrationSpectrum(recording: Recording, quantity: Quantity): Curve {
  const { pieces, sampleRateHz, unit } = recording;
  const longest = longestPiece(recording).length;
  if (longest < SHORTEST) throw new RangeError(t('{{count}} samples are too few for a spectrum', { count: longest }));
  const length = 2 ** Math.floor(Math.log2(Math.min(LONGEST, Math.max(SHORTEST, longest / 2))));
  const spectra = pieces.filter((p) => p.length >= length).map((p) => welch(p, sampleRateHz, length));
  const { stepHz } = spectra[0];
  const amplitude = averaged(spectra.map((s) => ({ amplitude: amplitudes(s, 'peak'), weight: s.averages })));
  if (quantity !== 'measured')
    amplitude.forEach((a, k) => {
      amplitude[k] = a * conversion(unit, k * stepHz, quantity);
    });
  return { fromHz: 0, stepHz, amplitude };
}

/** Weighted root mean square of curves of equal length. */
function averaged(curves: readonly { amplitude: Float64Array; weight: number }[]): Float64Array {
  const total = curves.reduce((sum, c) => sum + c.weight, 0);
  return curves[0].amplitude.map((_, k) =>
    Math.sqrt(curves.reduce((sum, c) => sum + c.weight * c.amplitude[k] ** 2, 0) / total),
  );
}

function conversion(unit: Unit, hz: number, motion: Motion): number {
  if (hz < INTEGRATED_FROM_HZ && motionOf(unit) !== motion) return 0;
  return motionFactor(unit, hz, motion) * SHOWN[motion].perMillimetre;
}

/**
 * The upper limit of the axis: this multiple of the highest named line, and at least this many Hz; a defect leaves no
 * lines above it.
 */
const ENVELOPE_SPARE = 1.3;
const ENVELOPE_LEAST_HZ = 200;

/** Peak amplitudes of the envelope, power-averaged over the pieces that are as long as the longest. */
export function envelopeOf(recording: Recording): Curve {
  const { pieces, sampleRateHz, lines } = recording;
  const highest = Math.max(ENVELOPE_LEAST_HZ, ...lines.envelope.map((l) => ENVELOPE_SPARE * l.hz));
  const length = 2 ** Math.floor(Math.log2(longestPiece(recording).length));
  const whole = pieces.filter((p) => p.length >= length).map((p) => p.subarray(0, length));
  const curves = whole.map((p) => envelopeSpectrum(p, sampleRateHz, highest));
  const amplitude = averaged(curves.map((c) => ({ amplitude: c.amplitude, weight: 1 })));
  // The first bins contain leakage from the envelope's mean.
  amplitude.fill(0, 0, 3);
  return { ...curves[0], amplitude };
}

/** Amplitudes for display; dB relative to 1 unit RMS, limited to 120 dB below it. */
export function convertAmplitude(amplitude: number, as: AmplitudeAs): number {
  if (as === 'peak') return amplitude;
  const rms = amplitude / Math.SQRT2;
  return as === 'rms' ? rms : 20 * Math.log10(Math.max(rms, 1e-6));
}

/** The factor from Hz to the axis unit. Orders need the shaft rate. */
export function frequencyScale(as: FrequencyAs, shaftHz: number | undefined): number {
  if (as === 'cpm') return 60;
  return as === 'orders' && shaftHz ? 1 / shaftHz : 1;
}

/** At most `count` points between two frequencies, each the maximum of its bins, so that no line is lost. */
export function reducePoints(
  { fromHz, stepHz, amplitude }: Curve,
  [lowHz, highHz]: readonly [number, number],
  count: number,
): { hz: number[]; amplitude: number[] } {
  const first = Math.max(0, Math.floor((lowHz - fromHz) / stepHz));
  const last = Math.min(amplitude.length - 1, Math.ceil((highHz - fromHz) / stepHz));
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const shown = { hz: [] as number[], amplitude: [] as number[] };
  for (let from = first; from <= last; from += step) {
    let at = from;
    for (let k = from + 1; k < Math.min(from + step, last + 1); k++) if (amplitude[k] > amplitude[at]) at = k;
    shown.hz.push(fromHz + at * stepHz);
    shown.amplitude.push(amplitude[at]);
  }
  return shown;
}

/** Tolerance between a line and its expected frequency: 1 % is the slip of a loaded bearing. */
const REACH = 0.01;
const REACH_BINS = 1.5;

/** The highest `count` local maxima between two frequencies, highest first, interpolated between bins. */
export function findHighestPeaks(
  { fromHz, stepHz, amplitude }: Curve,
  [lowHz, highHz]: readonly [number, number],
  lines: readonly NamedLine[],
  count: number,
): Peak[] {
  const first = Math.max(1, Math.ceil((lowHz - fromHz) / stepHz));
  const last = Math.min(amplitude.length - 2, Math.floor((highHz - fromHz) / stepHz));
  const bins: number[] = [];
  for (let k = first; k <= last; k++)
    if (amplitude[k] > 0 && amplitude[k] >= amplitude[k - 1] && amplitude[k] > amplitude[k + 1]) bins.push(k);
  bins.sort((a, b) => amplitude[b] - amplitude[a]);
  const power = amplitude.map((a) => a * a);
  return bins.slice(0, count).map((k) => {
    const hz = fromHz + interpolatedPeak(power, k).bin * stepHz;
    return { hz, amplitude: amplitude[k], name: nearest(lines, hz, REACH_BINS * stepHz)?.name ?? null };
  });
}

function nearest(lines: readonly NamedLine[], hz: number, reachHz: number): NamedLine | null {
  const near = lines.filter((l) => Math.abs(l.hz - hz) <= Math.max(reachHz, REACH * l.hz));
  return near.sort((a, b) => Math.abs(a.hz - hz) - Math.abs(b.hz - hz))[0] ?? null;
}

/** The frequency of the highest bin within `bins` of a frequency, so that a manually set cursor snaps to the line. */
export function snapToPeak({ fromHz, stepHz, amplitude }: Curve, hz: number, bins: number): number {
  const centre = Math.round((hz - fromHz) / stepHz);
  let at = Math.min(Math.max(centre, 0), amplitude.length - 1);
  for (let k = Math.max(0, centre - bins); k <= Math.min(amplitude.length - 1, centre + bins); k++)
    if (amplitude[k] > amplitude[at]) at = k;
  return fromHz + at * stepHz;
}

/** The lines of a cursor: harmonics up to `harmonics`, and `sidebands` on either side of each. */
export function computeCursorLines(hz: number, harmonics: number, sidebandHz: number, sidebands: number): NamedLine[] {
  return Array.from({ length: harmonics }, (_, i) => i + 1).flatMap((k) => {
    const centre = { name: k === 1 ? t('cursor') : t('{{k}}× cursor', { k }), hz: k * hz };
    if (!(sidebandHz > 0)) return [centre];
    const beside = Array.from({ length: sidebands }, (_, i) => i + 1).flatMap((n) => [
      { name: `${centre.name} − ${n}`, hz: k * hz - n * sidebandHz },
      { name: `${centre.name} + ${n}`, hz: k * hz + n * sidebandHz },
    ]);
    return [centre, ...beside.filter((l) => l.hz > 0)];
  });
}

/** The highest amplitude within `reachHz` of a frequency; null outside the curve. */
export function highestNear({ fromHz, stepHz, amplitude }: Curve, hz: number, reachHz: number): number | null {
  const first = Math.max(0, Math.round((hz - reachHz - fromHz) / stepHz));
  const last = Math.min(amplitude.length - 1, Math.round((hz + reachHz - fromHz) / stepHz));
  if (first > last) return null;
  let highest = amplitude[first];
  for (let k = first + 1; k <= last; k++) highest = Math.max(highest, amplitude[k]);
  return highest;
}
