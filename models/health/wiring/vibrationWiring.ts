import type { WiringFault } from '#models/contracts/alert.ts';
import { lineAt, type SignalInspection } from './signalInspection.ts';

/** A wiring fault that one inspection found, and its remedy. */
export interface WiringFinding {
  kind: WiringFault;
  remedy: string;
}

export interface VibrationWiringContext {
  ratedHz: number;
  /** Whether a sensor other than vibration shows that the machine is running. */
  isKnownToRun: boolean;
}

/** Speeds within this part of the rated one count as rated: slip, load and nameplate rounding. */
const AS_RATED = 0.12;
/** The 1× line of a shaft counts as missing below this part of the line seen instead. */
const MISSING = 0.1;
/** Below these levels an accelerometer, or a velocity sensor, on a running machine is dead. */
const DEAD_G = 0.005;
const DEAD_MM_PER_S = 0.02;
/** Flatness of white noise; the floor of machine vibration slopes or resonates. */
const WHITE = 0.85;
/** No machine survives this velocity. */
const IMPOSSIBLE_MM_PER_S = 150;
/** Minimum velocity of a machine with lines of its own. */
const MIN_MM_PER_S = 0.01;
const GRAVITY = 9.80665;
/** Velocity range of running machines, mm/s. */
const USUAL_MM_PER_S = [0.1, 15] as const;
/** Maximum spread of line ratios between two sensors that differ by one scale. */
const SPREAD = 1.5;
/** Common scale errors: m/s² for g, mg for g, inches for millimetres. */
const SCALES = [
  { by: GRAVITY, words: 'm/s² under the unit g' },
  { by: 1000, words: 'thousandths of its unit' },
  { by: 25.4, words: 'millimetres under a unit in inches' },
] as const;

/** Checks a vibration point's wiring from one inspection. Pure. */
export function vibrationWiring(look: SignalInspection, context: VibrationWiringContext): WiringFinding[] {
  return [deadChannel(look, context), wrongSpeed(look, context), wrongScale(look), invertedAxis(look)].flatMap(
    (finding) => finding ?? [],
  );
}

function deadChannel(look: SignalInspection, { isKnownToRun }: VibrationWiringContext): WiringFinding | null {
  const { rms, unit, flatness, shaftHz } = look;
  if (!isKnownToRun || shaftHz <= 0 || rms === 0) return null;
  const isQuiet = rms < (unit === 'g' ? DEAD_G : DEAD_MM_PER_S);
  // Mains hum picked up by an open cable is not a shaft line.
  const turns = [1, 2, 3].some((order) => lineAt(look, order * shaftHz) > 0);
  if (!isQuiet || flatness < WHITE || turns) return null;
  const remedy = `only ${rms.toPrecision(2)} ${unit} of white noise while the machine runs: check the sensor, its cable and its power supply`;
  return { kind: 'dead_channel', remedy };
}

/** Whether the line at a frequency is the largest. */
function isStrongest(look: SignalInspection, hz: number): boolean {
  const line = lineAt(look, hz);
  return line > 0 && line === look.lines[0].mmPerS;
}

/** Detects lines at half or twice the reported speed. */
function wrongSpeed(look: SignalInspection, { ratedHz }: VibrationWiringContext): WiringFinding | null {
  const { shaftHz } = look;
  if (shaftHz <= 0) return null;
  const at = (order: number) => lineAt(look, order * shaftHz);
  const fitsRated = (hz: number) => ratedHz > 0 && Math.abs(hz / ratedHz - 1) < AS_RATED;
  const isDoubled = fitsRated(shaftHz / 2) && isStrongest(look, shaftHz / 2);
  const isHalved =
    fitsRated(2 * shaftHz) && isStrongest(look, 2 * shaftHz) && at(1) < MISSING * at(2) && at(3) < MISSING * at(2);
  if (!isDoubled && !isHalved) return null;
  const [times, hz, pulses] = isDoubled ? ['twice', shaftHz / 2, 'double'] : ['half', 2 * shaftHz, 'halve'];
  const rpm = (60 * hz).toFixed(0);
  const remedy = `the vibration has its lines at ${rpm} rpm, and ${(60 * shaftHz).toFixed(0)} rpm is reported, ${times} of that: ${pulses} the pulses a turn, or correct the scale of the speed`;
  return { kind: 'wrong_speed', remedy };
}

/** Only implausible levels: a merely high one may be unbalance, which scales up 1× just as a wrong scale does. */
function wrongScale({ velocityMmPerS: velocity, lines, shaftHz }: SignalInspection): WiringFinding | null {
  const isTooHigh = velocity > IMPOSSIBLE_MM_PER_S;
  const isTooLow = shaftHz > 0 && velocity < MIN_MM_PER_S && lines.length > 2;
  if (!isTooHigh && !isTooLow) return null;
  const plausible = SCALES.find(({ by }) => {
    const scaled = isTooHigh ? velocity / by : velocity * by;
    return scaled >= USUAL_MM_PER_S[0] && scaled <= USUAL_MM_PER_S[1];
  });
  const cause = plausible ? `, as with ${isTooHigh ? '' : 'the reverse of '}${plausible.words}` : '';
  const remedy = `${velocity.toPrecision(2)} mm/s is no vibration of a running machine${cause}: correct the unit of the point or the scale of its source`;
  return { kind: 'wrong_scale', remedy };
}

/**
 * Whether two points of one machine differ by a common scale error, in every line and overall. Bearings of one machine
 * differ from line to line.
 */
export function scaleBetween(look: SignalInspection, other: SignalInspection): WiringFinding | null {
  if (look.unit !== other.unit || look.shaftHz <= 0) return null;
  // A point with an implausible level is the wrong one, without comparison.
  if (wrongScale(look) || wrongScale(other)) return null;
  const ratios = [look.rms / other.rms, look.velocityMmPerS / other.velocityMmPerS];
  for (const order of [1, 2]) {
    const [own, its] = [lineAt(look, order * look.shaftHz), lineAt(other, order * other.shaftHz)];
    if (own === 0 || its === 0) return null;
    ratios.push(own / its);
  }
  const scale = SCALES.find(({ by }) => ratios.every((ratio) => ratio > by / SPREAD && ratio < by * SPREAD));
  if (!scale) return null;
  const remedy = `every line is about ${scale.by.toFixed(0)} times that of the other sensor of the machine, as with ${scale.words}: correct the unit or the scale of one of them`;
  return { kind: 'wrong_scale', remedy };
}

/** A vertical axis that measures gravity must show it upwards. */
function invertedAxis({ mean, unit }: SignalInspection): WiringFinding | null {
  if (unit !== 'g' || Math.abs(mean + 1) > 0.1) return null;
  return {
    kind: 'inverted_axis',
    remedy: 'gravity is measured as −1 g: turn the sensor, or change the sign of the axis',
  };
}

/** Minimum relative difference of two shaft rates for their lines to be resolved. */
const APART = 0.04;
const BINS_APART = 2;
const BELONGS = 3;
/** A shaft whose rate is a multiple of another's shares its lines: the lower one must exceed it by this factor. */
const OUTWEIGHS = 2;

/** Whether a point has the lines of another machine's shaft and lacks those of its own. */
export function matchesSpeed(look: SignalInspection, otherHz: number): boolean {
  const { shaftHz, stepHz } = look;
  if (shaftHz <= 0 || otherHz <= 0) return false;
  const isNear = (a: number, b: number) => Math.abs(a - b) < Math.max(APART * b, BINS_APART * stepHz);
  if (isNear(otherHz, shaftHz)) return false;
  const at = (hz: number) => lineAt(look, hz);
  const first = at(otherHz);
  if (!isStrongest(look, otherHz)) return false;
  const isMultiple = Math.abs(shaftHz / otherHz - Math.max(1, Math.round(shaftHz / otherHz))) < APART;
  if (isMultiple) return first > OUTWEIGHS * at(shaftHz);
  const own = [1, 2, 3].map((k) => k * shaftHz).filter((hz) => [1, 2, 3, 4].every((k) => !isNear(hz, k * otherHz)));
  return own.length > 0 && own.every((hz) => BELONGS * at(hz) < first);
}
