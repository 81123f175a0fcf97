import { STANDARD_GRAVITY_M_PER_S2 } from '#models/contracts/units.ts';
import { directionOf } from '#models/machine/drivetrain.ts';
import { gaussian, type Random, randomOf, seedOf } from '#models/random/random.ts';
import { drivetrainOf, LINE_HZ, symptoms, TEETH } from './machineFaults.ts';
import { MachineUse } from './machineUse.ts';
import { NoiseFloor } from './noiseFloor.ts';
import type { MachineKind, Scenario, SimulatedFault, SimulatedMachineConfig } from './scenario.ts';

/** Vibration of a kind of machine at rated load. */
interface VibrationProfile {
  /** At 1×, 2× and 3× the shaft's rate, peak velocity in mm/s. */
  shaftMmPerS: readonly [number, number, number];
  /** Multiples of the shaft's rate with an amplitude: blades, gear mesh, cylinders. */
  tones: readonly { order: number; g: number; sidebandG: number }[];
  lineG: number;
  noiseG: number;
  resonanceHz: number;
}

const VOICES: Record<MachineKind, VibrationProfile> = {
  motor: { shaftMmPerS: [1, 0.3, 0.1], tones: [], lineG: 0.03, noiseG: 0.03, resonanceHz: 4200 },
  pump: {
    shaftMmPerS: [1.2, 0.4, 0.2],
    tones: [{ order: 6, g: 0.05, sidebandG: 0.005 }],
    lineG: 0,
    noiseG: 0.05,
    resonanceHz: 3900,
  },
  fan: {
    shaftMmPerS: [1.5, 0.3, 0.1],
    tones: [{ order: 9, g: 0.04, sidebandG: 0.004 }],
    lineG: 0,
    noiseG: 0.04,
    resonanceHz: 4500,
  },
  gearbox: {
    shaftMmPerS: [1, 0.5, 0.3],
    tones: [{ order: TEETH, g: 0.15, sidebandG: 0.03 }],
    lineG: 0,
    noiseG: 0.06,
    resonanceHz: 4800,
  },
  compressor: {
    shaftMmPerS: [1.3, 0.8, 0.2],
    tones: [{ order: 4, g: 0.08, sidebandG: 0.01 }],
    lineG: 0,
    noiseG: 0.07,
    resonanceHz: 4000,
  },
};

/** Relative damping of the resonance that an impact rings. */
const DAMPING = 0.04;
/** Random slip of the rolling elements: relative standard deviation of the time between impacts. */
const SLIP = 0.01;
/** A healthy shaft vibrates less axially than radially. */
const AXIAL_PART = 0.4;
const AMBIENT_DEGC = 22;
const STANDING_G = 0.002;
/** The load varies with these periods, so that it never repeats exactly. */
const LOAD_PERIODS_S = [41, 13] as const;

export interface ProcessValue {
  point: string;
  unit: 'degC' | 'A' | 'rpm' | 'bar' | 'm3/h';
  value: number;
}

/**
 * A physical model of one machine: shaft harmonics, blade or mesh tones with sidebands, line hum, broadband noise, and
 * the impacts of a bearing defect that excite a resonance (McFadden & Smith, J. Sound Vib. 96 (1984)). Load and speed
 * vary; process values follow them. The same seed and time give the same samples, whatever was requested before.
 */
export class SimulatedMachine {
  readonly config: SimulatedMachineConfig;
  readonly #seed: number;
  readonly #phase: number;
  readonly #use: MachineUse;
  readonly #driver: SimulatedMachine | undefined;
  /** By sample rate. */
  readonly #floors = new Map<number, NoiseFloor>();

  /** @param driver the machine that it is coupled to. */
  constructor(config: SimulatedMachineConfig, seed: number, driver?: SimulatedMachine) {
    this.config = config;
    this.#driver = driver;
    this.#seed = seedOf(seed, config.name);
    this.#phase = 2 * Math.PI * randomOf(this.#seed)();
    this.#use = new MachineUse(config.calendar, this.#seed);
  }

  /** Load relative to the rated one: 0.55 to 0.95, less by its calendar, 0 at standstill. */
  load(timeS: number): number {
    if (this.#driver) return this.#driver.load(timeS);
    return this.#use.load(timeS) * this.#swing(timeS);
  }

  #swing(timeS: number): number {
    const [slow, fast] = LOAD_PERIODS_S;
    const swing =
      Math.sin((2 * Math.PI * timeS) / slow + this.#phase) +
      0.4 * Math.sin((2 * Math.PI * timeS) / fast + 2 * this.#phase);
    return 0.75 + (0.2 * swing) / 1.4;
  }

  /** Slip grows with load: 3 % at full load. A driven machine turns in proportion to its rated speed. */
  rpm(timeS: number): number {
    if (this.#driver) return (this.config.ratedRpm / this.#driver.config.ratedRpm) * this.#driver.rpm(timeS);
    return this.#use.speed(timeS) * this.config.ratedRpm * (1.01 - 0.03 * this.load(timeS));
  }

  processValues(timeS: number): ProcessValue[] {
    const random = randomOf(seedOf(this.#seed, 'values', Math.round(timeS * 1000)));
    const noise = (scale: number) => scale * gaussian(random);
    // A casing warms slowly: it follows the load of the last minute, not the momentary one.
    const warmLoad = (this.load(timeS) + this.load(timeS - 20) + this.load(timeS - 40) + this.load(timeS - 60)) / 4;
    const load = this.load(timeS);
    const rpm = this.rpm(timeS);
    // Pumps and motors at standstill use no power and move nothing.
    const on = rpm > 0 ? 1 : 0;
    const values: ProcessValue[] = [
      { point: 'speed', unit: 'rpm', value: rpm + noise(0.3) },
      {
        point: 'temperature',
        unit: 'degC',
        value: AMBIENT_DEGC + this.#use.ambientOffset(timeS) + 45 * warmLoad + noise(0.2) + this.#drift(timeS),
      },
      { point: 'current', unit: 'A', value: on * (30 + 60 * load) + noise(0.5) },
    ];
    if (this.config.kind === 'pump')
      values.push({ point: 'flow', unit: 'm3/h', value: on * (40 + 80 * load) + noise(0.5) });
    if (this.config.kind === 'compressor')
      values.push({ point: 'pressure', unit: 'bar', value: 6 + 2 * load + noise(0.02) });
    return values;
  }

  /** Acceleration in g at a sensor, from `timeS` on. */
  waveform(sensor: string, timeS: number, sampleRateHz: number, samples: number): Float32Array<ArrayBuffer> {
    const random = randomOf(seedOf(this.#seed, sensor, Math.round(timeS * 1000)));
    const x = new Float32Array(samples);
    const shaftHz = this.rpm(timeS) / 60;
    // A sensor's noise on a machine at standstill.
    if (shaftHz === 0) return x.map(() => STANDING_G * gaussian(random));
    const along = directionOf(sensor) === 'axial' ? AXIAL_PART : 1;
    this.#addTones(x, shaftHz, this.load(timeS), along, sampleRateHz, random);
    this.#addDriver(x, sensor, timeS, sampleRateHz);
    for (const fault of this.config.faults) {
      if (fault.type === 'temperature_drift' || !isThere(fault, timeS)) continue;
      if ('point' in fault) {
        const g = severityAt(fault.firstG, fault.limitG, fault, timeS);
        // The other bearing's sensor receives it through the shaft and the casing, at a sixth of the amplitude.
        const amplitudeG = fault.point === sensor ? g : g / 6;
        if (amplitudeG > 0) this.#addImpacts(x, fault.type, amplitudeG, shaftHz, sampleRateHz, random);
        continue;
      }
      const mmPerS = severityAt(fault.firstMmPerS, fault.limitMmPerS, fault, timeS);
      const added = symptoms(fault.type, mmPerS, sensor, shaftHz, drivetrainOf(this.config));
      addTones(x, added.tones, sampleRateHz, random);
      if (added.noiseG > 0) addHighNoise(x, added.noiseG, random);
      if (added.impactG > 0) this.#addImpacts(x, 'tooth', added.impactG, shaftHz, sampleRateHz, random);
    }
    return x;
  }

  /** Adds the vibration transmitted by the coupling, from the driver's sensor of the same name, or its first. */
  #addDriver(x: Float32Array, sensor: string, timeS: number, sampleRateHz: number): void {
    if (!this.#driver || !this.config.coupling) return;
    const { sensors } = this.#driver.config;
    const nearest = sensors.includes(sensor) ? sensor : sensors[0];
    const its = this.#driver.waveform(nearest, timeS, sampleRateHz, x.length);
    for (let i = 0; i < x.length; i++) x[i] += this.config.coupling.part * its[i];
  }

  #addTones(x: Float32Array, shaftHz: number, load: number, along: number, rate: number, random: Random): void {
    const voice = VOICES[this.config.kind];
    const tones: { hz: number; g: number }[] = voice.shaftMmPerS.map((mmPerS, i) => {
      const hz = (i + 1) * shaftHz;
      return { hz, g: (along * mmPerS * (0.8 + 0.3 * load) * 2 * Math.PI * hz) / (1000 * STANDARD_GRAVITY_M_PER_S2) };
    });
    for (const { order, g, sidebandG } of voice.tones) {
      tones.push({ hz: order * shaftHz, g: g * (0.6 + 0.5 * load) });
      for (const side of [-1, 1]) tones.push({ hz: (order + side) * shaftHz, g: sidebandG });
    }
    if (voice.lineG > 0) tones.push({ hz: 2 * LINE_HZ, g: voice.lineG });
    addTones(x, tones, rate, random);
    this.#floorAt(rate).add(x, voice.noiseG * (0.7 + 0.4 * load), random);
  }

  #floorAt(rate: number): NoiseFloor {
    const floor = this.#floors.get(rate) ?? new NoiseFloor(this.config.kind, rate);
    this.#floors.set(rate, floor);
    return floor;
  }

  #addImpacts(
    x: Float32Array,
    type: BearingFault | 'tooth',
    g: number,
    shaftHz: number,
    rate: number,
    random: Random,
  ): void {
    const { resonanceHz } = VOICES[this.config.kind];
    const { bpfo, bpfi, bsf, ftf } = this.config.bearing;
    const order = { outer_race: bpfo, inner_race: bpfi, ball: 2 * bsf, cage: ftf, tooth: 1 }[type];
    // A defect that turns with the shaft or the cage passes the load zone once a turn, and is loud only there.
    const zoneOrder = { outer_race: 0, inner_race: 1, ball: ftf, cage: 0, tooth: 0 }[type];
    // Teeth do not slip.
    const slip = type === 'tooth' ? 0 : SLIP;
    const periodS = 1 / (order * shaftHz);
    const decay = 2 * Math.PI * resonanceHz * DAMPING;
    const length = Math.ceil((5 / decay) * rate);
    for (let t = -periodS * random(); t < x.length / rate; t += periodS * (1 + slip * gaussian(random))) {
      const zone = zoneOrder === 0 ? 1 : 0.2 + 0.8 * Math.max(0, Math.cos(2 * Math.PI * zoneOrder * shaftHz * t)) ** 2;
      // The response to an impact reaches the sensor along many paths, with either sign.
      const sign = random() < 0.5 ? -1 : 1;
      const height = sign * g * zone * (1 + 0.1 * gaussian(random));
      const from = Math.max(0, Math.ceil(t * rate));
      for (let i = from; i < Math.min(x.length, from + length); i++) {
        const since = i / rate - t;
        x[i] += height * Math.exp(-decay * since) * Math.sin(2 * Math.PI * resonanceHz * since);
      }
    }
  }

  #drift(timeS: number): number {
    let sum = 0;
    for (const fault of this.config.faults) {
      if (fault.type !== 'temperature_drift' || !isThere(fault, timeS)) continue;
      sum += Math.min(fault.limitDegC, ((timeS - fault.onsetS) / 60) * fault.degCPerMinute);
    }
    return sum;
  }
}

type BearingFault = Extract<SimulatedFault, { point: string }>['type'];

function isThere({ onsetS, repairedAtS = Number.POSITIVE_INFINITY }: SimulatedFault, timeS: number): boolean {
  return timeS >= onsetS && timeS < repairedAtS;
}

/** A severity that doubles at fixed intervals from the onset, up to its limit. */
function severityAt(first: number, limit: number, fault: { onsetS: number; doublingS: number }, timeS: number): number {
  return Math.min(limit, first * 2 ** ((timeS - fault.onsetS) / fault.doublingS));
}

/** The machines of a scenario with their couplings. */
export function machinesOf({ machines, seed }: Scenario): SimulatedMachine[] {
  const driving = new Map(
    machines.filter((m) => !m.coupling).map((config) => [config.name, new SimulatedMachine(config, seed)]),
  );
  return machines.map(
    (config) =>
      driving.get(config.name) ?? new SimulatedMachine(config, seed, driving.get(config.coupling?.drivenBy ?? '')),
  );
}

function addTones(x: Float32Array, tones: readonly { hz: number; g: number }[], rate: number, random: Random): void {
  for (const { hz, g } of tones) {
    const phase = 2 * Math.PI * random();
    const step = (2 * Math.PI * hz) / rate;
    for (let i = 0; i < x.length; i++) x[i] += g * Math.sin(phase + step * i);
  }
}

/** Noise whose second difference leaves it above a quarter of Nyquist, with standard deviation `g`. */
function addHighNoise(x: Float32Array, g: number, random: Random): void {
  let [before, last] = [gaussian(random), gaussian(random)];
  for (let i = 0; i < x.length; i++) {
    const next = gaussian(random);
    // 1, −2, 1: the variance of the difference is six times the noise's.
    x[i] += (g * (next - 2 * last + before)) / Math.sqrt(6);
    before = last;
    last = next;
  }
}
