import type { Unit } from '#models/contracts/units.ts';
import { type LineSpectrum, STANDS_OUT } from '#models/signal/lineSpectrum.ts';
import { MM_PER_S2_A_G, type Motion, motionFactor, motionOf } from '#models/signal/vibrationUnit.ts';

/** One sensor's spectrum. */
export interface SensorSpectrum {
  direction: 'radial' | 'axial';
  spectrum: LineSpectrum;
  unit: Unit;
  kurtosis: number;
}

/** A given speed is off by so much after it was refined, and lines are looked for that far. */
export const SPEED_PART = 0.003;
/** But not as far as a neighbour one shaft rate away. */
const NEIGHBOUR = 0.4;

/** Velocities and accelerations at shaft orders, the largest of the sensors of a direction. */
export class MachineLines {
  readonly hasAxial: boolean;
  readonly hasRadial: boolean;
  readonly kurtosis: number;
  readonly stepHz: number;
  readonly #sensors: readonly SensorSpectrum[];
  readonly #shaftHz: number;

  constructor(sensors: readonly SensorSpectrum[], shaftHz: number) {
    this.#sensors = sensors.filter((s) => motionOf(s.unit) !== null);
    this.#shaftHz = shaftHz;
    this.hasAxial = this.#sensors.some((s) => s.direction === 'axial');
    this.hasRadial = this.#sensors.some((s) => s.direction === 'radial');
    this.kurtosis = Math.max(0, ...this.#sensors.map((s) => s.kurtosis));
    this.stepHz = Math.max(0, ...this.#sensors.map((s) => s.spectrum.stepHz));
  }

  /** mm/s RMS of a line that stands out; 0 of others. */
  velocityAt(hz: number, direction: 'radial' | 'axial' = 'radial'): number {
    return this.#largest(hz, direction, 'velocity');
  }

  velocity(order: number, direction: 'radial' | 'axial' = 'radial'): number {
    return this.velocityAt(order * this.#shaftHz, direction);
  }

  /** g RMS of a line that stands out, in any direction; 0 of others. */
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
        return line.top && line.prominence > STANDS_OUT ? line.rms * motionFactor(unit, line.hz, motion) : 0;
      })
      .reduce((a, b) => Math.max(a, b), 0);
  }
}
