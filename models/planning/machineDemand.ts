import { PERIOD_DAYS } from '#models/supply/periods.ts';
import { type DemandLaw, LAW_LEVELS, lawQuantile } from './demandLaw.ts';
import type { Foresight } from './foresight.ts';
import type { InstalledBase } from './installedBase.ts';
import {
  type MachineOutlook,
  outlookWithin,
  type RemainingOutlook,
  remainingOutlook,
  type Stream,
} from './machineOutlook.ts';
import {
  combineDemand,
  expectedUnits,
  type MachineShare,
  sharesOf,
  type UnitChances,
  unitsUsed,
} from './partsDemand.ts';
import type { ChanceForecast } from './planMemory.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';
import { NO_RECALIBRATION, type Recalibration, recalibrated } from './recalibration.ts';

/** Horizon of the recorded chances that are later compared with the outcome, in days. */
const CHANCE_HORIZON_DAYS = 30;

/** Demand of machines for one item. */
export class MachineDemand {
  readonly base: InstalledBase;
  readonly #item: string;
  readonly #outlooks: RemainingOutlook[];
  readonly #recalibrations: ReadonlyMap<Stream, Recalibration>;

  constructor(
    item: string,
    base: InstalledBase,
    foresight: Foresight,
    recalibrations: ReadonlyMap<Stream, Recalibration>,
  ) {
    this.base = base;
    this.#item = item;
    this.#recalibrations = recalibrations;
    this.#outlooks = base.machines.map((machine) => remainingOutlook(machine, base.prior, foresight));
  }

  units(horizonDays: number): UnitChances {
    return unitsUsed(this.#within(horizonDays));
  }

  expected(horizonDays: number): number {
    return this.shares(horizonDays).reduce((sum, s) => sum + s.expected, 0);
  }

  shares(horizonDays: number): MachineShare[] {
    return sharesOf(this.#within(horizonDays));
  }

  /** Demand of each period ahead, all other demand included. */
  steps(
    { period }: PlanSettings,
    horizon: number,
    others: (h: number) => { mean: number; quantiles: readonly number[] },
  ): { law: DemandLaw; fan: number[]; byMachines: number }[] {
    const days = PERIOD_DAYS[period];
    let before = this.#within(0);
    return Array.from({ length: horizon }, (_, h) => {
      const now = this.#within((h + 1) * days);
      const own = now.map((m, i) => within(m, before[i]));
      before = now;
      const units = unitsUsed(own);
      const law = combineDemand(units, spread(others(h)));
      return { law, byMachines: expectedUnits(units), fan: FAN_LEVELS.map((level) => lawQuantile(law, level)) };
    });
  }

  /** Today's chances, before any recalibration. */
  chanceForecasts(today: number): ChanceForecast[] {
    return this.#outlooks.flatMap((outlook, i): ChanceForecast[] => {
      const { taken, stream } = outlookWithin(outlook, CHANCE_HORIZON_DAYS);
      if (stream === 'planned') return [];
      const { watch } = this.base.machines[i];
      const saidDays = watch.kind === 'alarmed' ? (watch.life?.medianDays ?? null) : null;
      const its = { day: today, item: this.#item, machine: outlook.machine, stream };
      return [{ ...its, chance: taken, horizonDays: CHANCE_HORIZON_DAYS, saidDays }];
    });
  }

  #within(horizonDays: number) {
    return this.#outlooks.map((outlook) =>
      outlookWithin(outlook, horizonDays, (stream, chance) =>
        recalibrated(chance, this.#recalibrations.get(stream) ?? NO_RECALIBRATION),
      ),
    );
  }
}

/** Demand of a machine in one period: by its end, less that by its beginning. Several units are Poisson-distributed. */
function within(by: MachineOutlook, before: MachineOutlook): MachineOutlook {
  const expected = (m: MachineOutlook) => m.times.reduce((sum, p, n) => sum + p * n, 0);
  const mean = Math.max(0, expected(by) - expected(before));
  const plannedUnits = by.plannedUnits - before.plannedUnits;
  if (mean <= 1) return { ...by, taken: mean, times: [1 - mean, mean], plannedUnits };
  let chance = Math.exp(-mean);
  const times = Array.from({ length: Math.ceil(mean + 6 * Math.sqrt(mean)) + 1 }, (_, n) => {
    const now = chance;
    chance *= mean / (n + 1);
    return now;
  });
  return { ...by, taken: 1 - times[0], times, plannedUnits };
}

/** A distribution from a fan of few levels, by linear interpolation. */
function spread({ mean, quantiles }: { mean: number; quantiles: readonly number[] }): DemandLaw {
  const last = FAN_LEVELS.length - 1;
  return {
    mean,
    quantiles: LAW_LEVELS.map((level) => {
      const above = FAN_LEVELS.findIndex((l) => l >= level);
      if (above <= 0) return quantiles[above < 0 ? last : 0];
      const part = (level - FAN_LEVELS[above - 1]) / (FAN_LEVELS[above] - FAN_LEVELS[above - 1]);
      return (1 - part) * quantiles[above - 1] + part * quantiles[above];
    }),
  };
}
