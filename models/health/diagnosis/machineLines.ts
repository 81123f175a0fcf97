import type { Unit } from '#models/contracts/units.ts';
import type { Drivetrain } from '#models/machine/drivetrain.ts';
import { type LineSpectrum, STANDS_OUT } from '#models/signal/lineSpectrum.ts';
import { MM_PER_S2_A_G, type Motion, motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';

/** One sensor's spectrum. */
export interface SensorSpectrum {
  direction: 'radial' | 'axial';
  spectrum: LineSpectrum;
  unit: Unit;
  kurtosis: number;
}

/** Relative error of a refined speed, and the search range for lines. */
export const SPEED_PART = 0.003;
/** Beyond that, a line is located to this part of a bin: one further away is a different line. */
const PLACED_BINS = 0.5;
/** Upper bound of the search range, to exclude a neighbour one shaft rate away. */
const NEIGHBOUR = 0.4;

/** Velocities and accelerations at shaft orders, the largest among the sensors of a direction. */
export class MachineLines {
  readonly hasAxial: boolean;
  readonly hasRadial: boolean;
  readonly kurtosis: number;
  readonly stepHz: number;
  readonly #sensors: readonly SensorSpectrum[];
  readonly #shaftHz: number;
  /** Other expected line positions: a line belongs to the nearest. */
  readonly #places: readonly number[];

  constructor(sensors: readonly SensorSpectrum[], shaftHz: number, drivetrain?: Drivetrain) {
    this.#places = placesOf(shaftHz, drivetrain);
    this.#sensors = sensors.filter((s) => motionOf(s.unit) !== null);
    this.#shaftHz = shaftHz;
    this.hasAxial = this.#sensors.some((s) => s.direction === 'axial');
    this.hasRadial = this.#sensors.some((s) => s.direction === 'radial');
    this.kurtosis = Math.max(0, ...this.#sensors.map((s) => s.kurtosis));
    this.stepHz = Math.max(0, ...this.#sensors.map((s) => s.spectrum.stepHz));
  }

  /** mm/s RMS of a line that stands out; 0 otherwise. */
  velocityAt(hz: number, direction: 'radial' | 'axial' = 'radial'): number {
    return this.#largest(hz, direction, 'velocity');
  }

  velocity(order: number, direction: 'radial' | 'axial' = 'radial'): number {
    return this.velocityAt(order * this.#shaftHz, direction);
  }

  /** Upper bound in mm/s RMS at an order, even if no separate line stands out there. */
  ceiling(order: number, direction: 'radial' | 'axial' = 'radial'): number {
    const hz = order * this.#shaftHz;
    return this.#sensors
      .filter((s) => s.direction === direction && hz < s.spectrum.nyquistHz)
      .map(
        ({ spectrum, unit }) =>
          spectrum.band(hz - 1.5 * spectrum.stepHz, hz + 1.5 * spectrum.stepHz) * motionFactor(unit, hz, 'velocity'),
      )
      .reduce((a, b) => Math.max(a, b), 0);
  }

  /** g RMS of a line that stands out, in any direction; 0 otherwise. */
  accelerationAt(hz: number): number {
    const largest = Math.max(this.#largest(hz, 'radial', 'acceleration'), this.#largest(hz, 'axial', 'acceleration'));
    return largest / MM_PER_S2_A_G;
  }

  /** g RMS and flatness above a frequency, of the loudest sensor. */
  above(hz: number): { g: number; flatness: number } {
    return this.#sensors
      .filter(({ spectrum }) => spectrum.nyquistHz > 1.5 * hz)
      .map(({ spectrum, unit }) => ({
        g: spectrum.converted(hz, spectrum.nyquistHz, (at) => motionFactor(unit, at, 'acceleration')) / MM_PER_S2_A_G,
        flatness: spectrum.flatness(hz, Math.min(2 * hz, spectrum.nyquistHz)),
      }))
      .reduce((a, b) => (b.g > a.g ? b : a), { g: 0, flatness: 0 });
  }

  #largest(hz: number, direction: 'radial' | 'axial', motion: Motion): number {
    const reachHz = Math.min(SPEED_PART * hz, NEIGHBOUR * this.#shaftHz);
    return this.#sensors
      .filter((s) => s.direction === direction && hz < s.spectrum.nyquistHz)
      .map(({ spectrum, unit }) => {
        const line = spectrum.line(hz, reachHz);
        const offHz = Math.abs(line.hz - hz);
        const isIts =
          offHz <= reachHz + PLACED_BINS * spectrum.stepHz &&
          // Coinciding positions differ by rounding only.
          this.#places.every((place) => Math.abs(line.hz - place) > 0.9 * offHz || Math.abs(place - hz) < 1e-3 * hz);
        return isIts && line.top && line.prominence > STANDS_OUT ? line.rms * motionFactor(unit, line.hz, motion) : 0;
      })
      .reduce((a, b) => Math.max(a, b), 0);
  }
}

const HARMONICS = 10;
/** Fractions of the shaft's rate at which a rubbing rotor has lines. */
export const SUB_ORDERS = [1 / 3, 1 / 2, 2 / 3, 3 / 2, 5 / 2] as const;
export const BELT_HARMONICS = 4;

function placesOf(shaftHz: number, { beltOrder, poles, lineHz }: Partial<Drivetrain> = {}): number[] {
  const belt = beltOrder ?? 0;
  return [
    ...Array.from({ length: HARMONICS }, (_, i) => (i + 1) * shaftHz),
    ...SUB_ORDERS.map((order) => order * shaftHz),
    ...(belt > 0 ? Array.from({ length: BELT_HARMONICS }, (_, i) => (i + 1) * belt * shaftHz) : []),
    ...(poles !== undefined && lineHz !== undefined ? [2 * lineHz] : []),
  ];
}
