import { type Motion, motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';
import type { Recording } from './recording.ts';

/** The path of a shaft's centre over one turn, from two sensors at a right angle; µm. */
export interface Orbit {
  x: number[];
  y: number[];
  /** Turns over which it is averaged. */
  turns: number;
  shaftHz: number;
}

const HARMONICS = 10;
const POINTS = 256;
const [FEWEST_TURNS, MOST_TURNS] = [4, 32];
/** Relative range and number of steps of the search around the given speed: an error blurs the average. */
const [SEARCH, STEPS] = [0.01, 41];
/** The part of the frequencies below Nyquist that an anti-aliasing filter passes. */
const PASSED = 0.9;
const MICROMETRES = 1000;

interface Stretch {
  samples: Float32Array;
  sampleRateHz: number;
  /** Time of the first sample after the start of the overlap, seconds. */
  startS: number;
}

/**
 * The synchronously averaged orbit of two recordings of one machine: the first ten harmonics of the shaft, as
 * displacement, over whole turns that both recorded. Null if they do not overlap for four turns, the speed is unknown,
 * or a unit is not of vibration. Pure. Assumes synchronous clocks: an offset of 1 ms shifts 1× at 25 Hz by 9°.
 */
export function orbitOf(horizontal: Recording, vertical: Recording): Orbit | null {
  const given = horizontal.lines.shaftHz ?? vertical.lines.shaftHz;
  const [motionX, motionY] = [motionOf(horizontal.unit), motionOf(vertical.unit)];
  if (given === undefined || motionX === null || motionY === null) return null;
  const both = longestOverlap(horizontal, vertical);
  const turns = both === null ? 0 : Math.min(MOST_TURNS, Math.floor(both.lengthS * given * (1 - SEARCH)));
  if (both === null || turns < FEWEST_TURNS) return null;
  const shaftHz = refineSpeed([both.x, both.y], given, turns);
  const x = displacement(both.x, horizontal, motionX, shaftHz, turns);
  const y = displacement(both.y, vertical, motionY, shaftHz, turns);
  return { x, y, turns, shaftHz };
}

/** The longest period in which both have a piece with samples. */
function longestOverlap(a: Recording, b: Recording): { x: Stretch; y: Stretch; lengthS: number } | null {
  let best: { x: Stretch; y: Stretch; lengthS: number } | null = null;
  a.pieces.forEach((x, i) => {
    b.pieces.forEach((y, j) => {
      const [startX, startY] = [a.startsUs[i] / 1e6, b.startsUs[j] / 1e6];
      const from = Math.max(startX, startY);
      const to = Math.min(startX + x.length / a.sampleRateHz, startY + y.length / b.sampleRateHz);
      if (to - from <= (best?.lengthS ?? 0)) return;
      best = {
        x: { samples: x, sampleRateHz: a.sampleRateHz, startS: startX - from },
        y: { samples: y, sampleRateHz: b.sampleRateHz, startS: startY - from },
        lengthS: to - from,
      };
    });
  });
  return best;
}

/** The speed at which 1× is strongest in both. */
function refineSpeed(stretches: readonly Stretch[], given: number, turns: number): number {
  let [best, strongest] = [given, -1];
  for (let i = 0; i < STEPS; i++) {
    const hz = given * (1 + SEARCH * ((2 * i) / (STEPS - 1) - 1));
    const power = stretches.reduce((sum, one) => sum + Math.hypot(...component(one, hz, turns / hz)) ** 2, 0);
    if (power > strongest) [best, strongest] = [hz, power];
  }
  return best;
}

/**
 * Cosine and sine amplitude of a frequency over the first `lengthS` seconds, through a Hann window: harmonics do not leak
 * into each other where the speed is not quite right.
 */
function component({ samples, sampleRateHz, startS }: Stretch, hz: number, lengthS: number): [number, number] {
  const first = Math.max(0, Math.ceil(-startS * sampleRateHz));
  const last = Math.min(samples.length, Math.floor((lengthS - startS) * sampleRateHz));
  let [cosine, sine, weights] = [0, 0, 0];
  for (let i = first; i < last; i++) {
    const atS = startS + i / sampleRateHz;
    const weight = 1 - Math.cos((2 * Math.PI * atS) / lengthS);
    weights += weight;
    cosine += weight * samples[i] * Math.cos(2 * Math.PI * hz * atS);
    sine += weight * samples[i] * Math.sin(2 * Math.PI * hz * atS);
  }
  const scale = weights > 0 ? 2 / weights : 0;
  return [scale * cosine, scale * sine];
}

/** Order of the derivative of displacement: each integration delays a sine by a quarter of a period. */
const DERIVATIVE: Record<Motion, number> = { displacement: 0, velocity: 1, acceleration: 2 };

/** One turn of displacement, µm. */
function displacement(stretch: Stretch, of: Recording, motion: Motion, shaftHz: number, turns: number): number[] {
  const path = new Array<number>(POINTS).fill(0);
  const most = Math.min(HARMONICS, Math.floor((PASSED * of.sampleRateHz) / 2 / shaftHz));
  for (let k = 1; k <= most; k++) {
    const [cosine, sine] = component(stretch, k * shaftHz, turns / shaftHz);
    const factor = MICROMETRES * motionFactor(of.unit, k * shaftHz, 'displacement');
    const back = (DERIVATIVE[motion] * Math.PI) / 2;
    for (let i = 0; i < POINTS; i++) {
      const angle = (2 * Math.PI * k * i) / POINTS - back;
      path[i] += factor * (cosine * Math.cos(angle) + sine * Math.sin(angle));
    }
  }
  return path;
}
