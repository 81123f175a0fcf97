import { leadTimeLaws } from '#models/demand/forecastTable.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { PERIOD_DAYS, type PeriodKind, SEASON } from '#models/supply/periods.ts';
import { between, type DemandLaw, LAW_LEVELS, NO_DEMAND, stretched } from './demandLaw.ts';

/** Longest interval that laws are learned for, in periods; longer ones are drawn out of it. */
const LONGEST = 60;
/** A part of a period that is none. */
const NEGLIGIBLE = 0.005;

/** Laws of demand of items over intervals of given lengths, learned from all items together. */
export class ItemLaws {
  readonly #periodDays: number;
  /** By whole periods, the laws of all items that have any demand. */
  readonly #laws = new Map<number, Map<ItemHistory, DemandLaw>>();

  /**
   * @param items whose histories all end in the same period.
   * @param period that histories are counted in.
   * @param days of all intervals that will be asked for; they may be less than a period, or between two of them.
   * @param options `elapsed`: of the period that goes on, the part that is over; intervals begin now. `factorOf`: by how
   * many times the demand of an item (by index) over so many whole periods is moved, to agree with sums above it, and
   * where planners override it.
   */
  constructor(
    items: readonly ItemHistory[],
    period: PeriodKind,
    days: readonly number[],
    {
      elapsed = 0,
      factorOf = () => 1,
    }: { elapsed?: number; factorOf?: (item: number, periods: number) => number } = {},
  ) {
    this.#periodDays = PERIOD_DAYS[period];
    const wanted = new Set(days.filter((d) => d > 0).flatMap((d) => this.#around(d)));
    const leadTimes = [...wanted].filter((n) => n > 0).sort((a, b) => a - b);
    const demanded = items.filter((item) => !hasNoDemand(item));
    if (leadTimes.length === 0 || demanded.length === 0) return;
    const indexOf = new Map(items.map((item, i) => [item, i]));
    const laws = leadTimeLaws(demanded, { frequency: [SEASON[period]], quantiles: LAW_LEVELS }, leadTimes, [], elapsed);
    leadTimes.forEach((n, i) => {
      this.#laws.set(
        n,
        new Map(demanded.map((item, j) => [item, counted(item, laws[i][j], factorOf(indexOf.get(item) as number, n))])),
      );
    });
  }

  /** @param days one of those that were named. */
  over(item: ItemHistory, days: number): DemandLaw {
    if (!(days > 0) || hasNoDemand(item)) return NO_DEMAND;
    const [below, above] = this.#around(days);
    const longer = days / this.#periodDays / LONGEST;
    const law = (n: number) => (n === 0 ? NO_DEMAND : (this.#laws.get(n)?.get(item) ?? NO_DEMAND));
    if (longer > 1) return stretched(law(LONGEST), longer);
    return above === undefined ? law(below) : between(law(below), law(above), this.#periods(days) - below);
  }

  #periods(days: number): number {
    return Math.min(LONGEST, days / this.#periodDays);
  }

  /** The whole number of periods that an interval is, or the two that it lies between. */
  #around(days: number): number[] {
    const periods = this.#periods(days);
    const nearest = Math.round(periods);
    if (nearest > 0 && Math.abs(periods - nearest) < NEGLIGIBLE) return [nearest];
    return [Math.floor(periods), Math.floor(periods) + 1];
  }
}

/** Averages of laws lie between whole numbers: what is counted is whole. */
function counted({ history }: ItemHistory, { mean, quantiles }: DemandLaw, times: number): DemandLaw {
  const moved = quantiles.map((q) => times * q);
  return { mean: times * mean, quantiles: history.every(Number.isInteger) ? moved.map(Math.round) : moved };
}

/** Only machines take the item, or nothing is known about it. */
function hasNoDemand({ history, family }: ItemHistory): boolean {
  return history.every((v) => v === 0) && (history.length > 0 || family === undefined);
}
