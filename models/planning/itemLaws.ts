import { leadTimeLaws } from '#models/demand/forecastTable.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { PERIOD_DAYS, type PeriodKind, SEASON } from '#models/supply/periods.ts';
import { between, type DemandLaw, LAW_LEVELS, NO_DEMAND, stretched } from './demandLaw.ts';

/** Longest interval that distributions are learned for, in periods; longer ones are extrapolated. */
const LONGEST = 60;
/** Shorter parts of a period are ignored. */
const NEGLIGIBLE = 0.005;

/** Demand distributions of items over intervals of given lengths, learned from all items together. */
export class ItemLaws {
  readonly #periodDays: number;
  /** By number of whole periods, the distributions of all items that have any demand. */
  readonly #laws = new Map<number, Map<ItemHistory, DemandLaw>>();

  /**
   * @param items whose histories all end in the same period.
   * @param period that histories are counted in.
   * @param days of all intervals that `over` will be called with; they need not be whole periods.
   * @param options `elapsed`: share of the current period that has passed; intervals begin now. `factorOf`: factor on
   * the demand of an item (by index) over a number of whole periods, from reconciliation and planners' overrides.
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
    const lengths = new Set(days.filter((d) => d > 0).flatMap((d) => this.#around(d)));
    const leadTimes = [...lengths].filter((n) => n > 0).sort((a, b) => a - b);
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

  /** @param days one of the lengths given to the constructor. */
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

  /** The number of whole periods that an interval has, or the two numbers that it lies between. */
  #around(days: number): number[] {
    const periods = this.#periods(days);
    const nearest = Math.round(periods);
    if (nearest > 0 && Math.abs(periods - nearest) < NEGLIGIBLE) return [nearest];
    return [Math.floor(periods), Math.floor(periods) + 1];
  }
}

/** Rounds interpolated demand of items that are counted in whole units. */
function counted({ history }: ItemHistory, { mean, quantiles }: DemandLaw, times: number): DemandLaw {
  const moved = quantiles.map((q) => times * q);
  return { mean: times * mean, quantiles: history.every(Number.isInteger) ? moved.map(Math.round) : moved };
}

/** Only machines use the item, or nothing is known about it. */
function hasNoDemand({ history, family }: ItemHistory): boolean {
  return history.every((v) => v === 0) && (history.length > 0 || family === undefined);
}
