import { gaussian, type Random, randomOf } from '#models/random/random.ts';

export interface PlantLivesOptions {
  seed: number;
  machines: number;
  /** Share of the machines that an edge monitors. */
  watched: number;
  /** Life of the part: Weibull. */
  life: { shape: number; scaleDays: number };
  /** Warnings of failures: the share with a warning, and its lead time (lognormal). */
  warning: { detected: number; medianDays: number; logDeviation: number };
  /** Estimates of the remaining life: bias factor, and errors per failure and per estimate. */
  estimate: { factor: number; logBias: number; logNoise: number };
  /** The part is replaced before it fails if an estimate is below this many days; 0: never. */
  replaceBelowDays: number;
}

export const PLANT_LIVES: Omit<PlantLivesOptions, 'seed'> = {
  machines: 60,
  watched: 0.7,
  life: { shape: 2.2, scaleDays: 500 },
  warning: { detected: 0.85, medianDays: 60, logDeviation: 0.5 },
  estimate: { factor: 1, logBias: 0.25, logNoise: 0.15 },
  replaceBelowDays: 0,
};

export interface SimulatedMachine {
  name: string;
  watched: boolean;
  installedDay: number;
  failsDay: number;
  /** From this day on there is an alert; infinite: this failure has none. */
  alertDay: number;
  logBias: number;
}

/** Removal of a part on a day. */
export interface PartRemoval {
  machine: string;
  day: number;
  kind: 'failure' | 'preventive';
}

/** Machines with a wearing part, day by day: failures, and an edge's estimates. Seeded. */
export class PlantLives {
  readonly machines: SimulatedMachine[];
  readonly #options: PlantLivesOptions;
  readonly #random: Random;

  /** Machines start at random ages. */
  constructor(options: PlantLivesOptions) {
    this.#options = options;
    this.#random = randomOf(options.seed);
    this.machines = Array.from({ length: options.machines }, (_, i) => {
      const name = `m-${String(i + 1).padStart(3, '0')}`;
      const machine = { name, watched: i < options.watched * options.machines, installedDay: 0 } as SimulatedMachine;
      this.#renew(machine, -Math.floor(options.life.scaleDays * this.#random()));
      while (machine.failsDay <= 0) this.#renew(machine, machine.failsDay);
      return machine;
    });
  }

  /** Removals on a day, in the order of the machines. */
  pass(day: number): PartRemoval[] {
    return this.machines.flatMap((machine) => {
      const failed = machine.failsDay <= day;
      const replaced = !failed && this.#isReplaced(machine, day);
      if (!failed && !replaced) return [];
      this.#renew(machine, day);
      return [{ machine: machine.name, day, kind: failed ? ('failure' as const) : ('preventive' as const) }];
    });
  }

  /** An edge's median estimate of the remaining days; null without an alert. */
  estimate(machine: SimulatedMachine, day: number): number | null {
    if (!machine.watched || day < machine.alertDay) return null;
    const { factor, logNoise } = this.#options.estimate;
    // The same day has the same estimate, however often it is requested.
    const noise = logNoise * gaussian(randomOf(this.#options.seed * 7919 + Math.round(machine.failsDay) * 31 + day));
    return Math.max(0.5, machine.failsDay - day) * factor * Math.exp(machine.logBias + noise);
  }

  #isReplaced(machine: SimulatedMachine, day: number): boolean {
    const { replaceBelowDays } = this.#options;
    if (replaceBelowDays === 0 || day % 7 !== 0) return false;
    return (this.estimate(machine, day) ?? Number.POSITIVE_INFINITY) < replaceBelowDays;
  }

  #renew(machine: SimulatedMachine, day: number): void {
    const { life, warning, estimate } = this.#options;
    const random = this.#random;
    machine.installedDay = day;
    machine.failsDay = day + Math.max(1, Math.round(life.scaleDays * (-Math.log(1 - random())) ** (1 / life.shape)));
    const ahead = warning.medianDays * Math.exp(warning.logDeviation * gaussian(random));
    const announced = random() < warning.detected;
    machine.alertDay = announced ? Math.ceil(machine.failsDay - ahead) : Number.POSITIVE_INFINITY;
    machine.logBias = estimate.logBias * gaussian(random);
  }
}
