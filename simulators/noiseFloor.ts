import { gaussian, type Random } from '#models/random/random.ts';
import type { MachineKind } from './scenario.ts';

/** A pole pair: natural frequency, and damping relative to critical. */
interface Mode {
  hz: number;
  damping: number;
}

const modes = (...pairs: readonly (readonly [hz: number, damping: number])[]): Mode[] =>
  pairs.map(([hz, damping]) => ({ hz, damping }));

/**
 * The path from a machine's random excitation to a sensor on its casing. Each is the all-pole model of order 16 (Yule and
 * Walker) of one recording's spectrum, its lines removed by a running median; recordings 097 (sound bearing), 118, 222, 3002
 * and 200 of the Case Western Reserve University Bearing Data Center, 12 kHz, in this order.
 */
const PATHS: Record<MachineKind, readonly Mode[]> = {
  motor: modes(
    [521, 0.21],
    [1015, 0.34],
    [1771, 0.169],
    [2621, 0.048],
    [3212, 0.05],
    [3926, 0.046],
    [4374, 0.029],
    [4947, 0.027],
  ),
  pump: modes(
    [542, 0.188],
    [1143, 0.315],
    [1963, 0.159],
    [2738, 0.031],
    [3210, 0.035],
    [3433, 0.019],
    [4397, 0.028],
    [5199, 0.024],
  ),
  fan: modes(
    [594, 0.179],
    [1381, 0.294],
    [2302, 0.417],
    [2658, 0.062],
    [3318, 0.029],
    [3319, 0.096],
    [4534, 0.019],
    [5254, 0.025],
  ),
  gearbox: modes(
    [653, 0.072],
    [1350, 0.069],
    [1849, 0.123],
    [2678, 0.033],
    [2958, 0.03],
    [3581, 0.035],
    [4311, 0.023],
    [5091, 0.025],
  ),
  compressor: modes(
    [508, 0.187],
    [1109, 0.133],
    [2179, 0.22],
    [2783, 0.055],
    [3427, 0.036],
    [3780, 0.031],
    [4742, 0.12],
    [5209, 0.008],
  ),
};

/** White noise of the sensor and its amplifier, as a share of the total. */
const SENSOR_PART = 0.03;
/** Modes this near to the Nyquist frequency (relative to the rate) would not be the machine's. */
const HIGHEST_PART = 0.47;
/** Samples until the slowest mode has settled: it decays by 1/e within 4 ms. */
const SETTLING_S = 0.025;

/** Coloured noise of a kind of machine at a sample rate. */
export class NoiseFloor {
  /** Feedback coefficients of each mode. */
  readonly #poles: readonly (readonly [number, number])[];
  readonly #settling: number;
  readonly #gain: number;

  constructor(kind: MachineKind, sampleRateHz: number) {
    const inRange = PATHS[kind].filter(({ hz }) => hz < HIGHEST_PART * sampleRateHz);
    this.#poles = inRange.map(({ hz, damping }) => {
      const perSample = (2 * Math.PI * hz) / sampleRateHz;
      const radius = Math.exp(-damping * perSample);
      return [2 * radius * Math.cos(perSample * Math.sqrt(1 - damping ** 2)), -radius * radius] as const;
    });
    this.#settling = Math.ceil(SETTLING_S * sampleRateHz);
    // Filtered white noise of unit variance has the energy of the filter's impulse response.
    const response = new Float64Array(2 * this.#settling);
    response[0] = 1;
    this.#filter(response);
    this.#gain = Math.sqrt(1 - SENSOR_PART ** 2) / Math.hypot(...response);
  }

  /** Adds noise with a standard deviation. */
  add(x: Float32Array, standardDeviation: number, random: Random): void {
    const noise = new Float64Array(this.#settling + x.length);
    for (let i = 0; i < noise.length; i++) noise[i] = gaussian(random);
    const white = noise.slice(this.#settling);
    this.#filter(noise);
    for (let i = 0; i < x.length; i++)
      x[i] += standardDeviation * (this.#gain * noise[this.#settling + i] + SENSOR_PART * white[i]);
  }

  #filter(x: Float64Array): void {
    for (const [one, two] of this.#poles) {
      let [last, before] = [0, 0];
      for (let i = 0; i < x.length; i++) {
        const next = x[i] + one * last + two * before;
        before = last;
        last = next;
        x[i] = next;
      }
    }
  }
}
