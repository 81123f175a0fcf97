export interface ItemDemandHistory {
  item: string;
  site: string;
  /** The first period of `quantity`, which is contiguous. */
  firstPeriod: number;
  /** Demand a period, oldest first, never below 0. */
  quantity: number[];
  /** Of `quantity`, units used by machines of the bill of materials at their failures and services. */
  byMachines: number[];
  /** Unusual periods: marked, not changed. */
  outliers: { period: number; quantity: number; usual: number }[];
  /** From this period on, sizes are multiplied by the factor: perhaps another unit. */
  unitChange: { period: number; factor: number } | null;
}
