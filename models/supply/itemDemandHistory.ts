export interface ItemDemandHistory {
  item: string;
  site: string;
  /** The first period of `quantity`, and of all that follow one after another. */
  firstPeriod: number;
  /** Demand a period, oldest first, never below 0. */
  quantity: number[];
  /** Of it, what machines of the bill of materials took at their failures and services. */
  byMachines: number[];
  /** Periods that are unlike the others: they are marked, not changed. */
  outliers: { period: number; quantity: number; usual: number }[];
  /** From this period on sizes are so many times what they were: perhaps another unit. */
  unitChange: { period: number; factor: number } | null;
}
