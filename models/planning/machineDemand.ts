import { PERIOD_DAYS } from '#models/supply/periods.ts';
import { type DemandLaw, LAW_LEVELS, lawQuantile } from './demandLaw.ts';
import type { Foresight } from './foresight.ts';
import type { InstalledBase } from './installedBase.ts';
import { outlookWithin, type RemainingOutlook, remainingOutlook, type Stream } from './machineOutlook.ts';
import { type MachineShare, sharesOf, together, type UnitChances, unitsTaken } from './partsDemand.ts';
import type { ToldChance } from './planMemory.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';
import { NO_RECALIBRATION, type Recalibration, recalibrated } from './recalibration.ts';

/** Days ahead that chances are told for, and held against what came. */
const TOLD_DAYS = 30;

/** What the machines that take one item will take of it. */
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
    return unitsTaken(this.#within(horizonDays));
  }

  expected(horizonDays: number): number {
    return this.shares(horizonDays).reduce((sum, s) => sum + s.expected, 0);
  }

  shares(horizonDays: number): MachineShare[] {
    return sharesOf(this.#within(horizonDays));
  }

  /** Each period ahead, with everything else that is asked for in it. */
  steps(
    { period }: PlanSettings,
    horizon: number,
    others: (h: number) => { mean: number; quantiles: readonly number[] },
  ): { law: DemandLaw; fan: number[]; byMachines: number }[] {
    const days = PERIOD_DAYS[period];
    let before = this.#within(0);
    return Array.from({ length: horizon }, (_, h) => {
      const now = this.#within((h + 1) * days);
      const own = now.map((m, i) => {
        // Taken in this period: by its end, and not by the one before.
        const once = Math.max(0, expectedTimes(m.times) - expectedTimes(before[i].times));
        const taken = Math.min(1, once);
        return { ...m, taken, times: [1 - taken, taken, 0] as const };
      });
      before = now;
      const units = unitsTaken(own);
      const law = together(units, spread(others(h)));
      const byMachines = units.reduce((sum, mass, k) => sum + mass * k, 0);
      return { law, byMachines, fan: FAN_LEVELS.map((level) => lawQuantile(law, level)) };
    });
  }

  /** Chances as they are told today, before any recalibration. */
  told(today: number): ToldChance[] {
    return this.#outlooks.flatMap((outlook, i): ToldChance[] => {
      const { taken, stream } = outlookWithin(outlook, TOLD_DAYS);
      if (stream === 'planned') return [];
      const { watch } = this.base.machines[i];
      const saidDays = watch.kind === 'alarmed' ? (watch.life?.medianDays ?? null) : null;
      const its = { day: today, item: this.#item, machine: outlook.machine, stream };
      return [{ ...its, chance: taken, horizonDays: TOLD_DAYS, saidDays }];
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

const expectedTimes = ([, once, twice]: readonly [number, number, number]) => once + 2 * twice;

/** A law from a fan of few levels, straight between them. */
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
