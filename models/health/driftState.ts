/** Numbers only: they are the snapshot, in this order. */
export interface DriftState {
  seen: number;
  lastMs: number;
  /** 1: the last interval lay beyond a limit. */
  disputed: number;
  level: number;
  /** Level of the last three minutes, and its number of intervals. */
  reference: number;
  referenceOf: number;
  /** Changes: their count, mean square, mean product of neighbours, and the last one. */
  changes: number;
  square: number;
  product: number;
  last: number;
  /** Student factor of their limit, and the number of independent changes it was computed for. */
  factor: number;
  factorOf: number;
  /** Mean level of the last day, and its number of intervals. */
  centre: number;
  centreOf: number;
  day: number;
  dayOf: number;
  dayHigh: number;
  dayLow: number;
  dayChange: number;
  /** Limits from whole days of the change, the highest and the lowest level; computed once a day. */
  ownChange: number;
  ownHigh: number;
  ownLow: number;
}

export const FRESH: DriftState = {
  seen: 0,
  lastMs: 0,
  disputed: 0,
  level: 0,
  reference: 0,
  referenceOf: 0,
  changes: 0,
  square: 0,
  product: 0,
  last: 0,
  factor: 0,
  factorOf: 0,
  centre: 0,
  centreOf: 0,
  day: -1,
  dayOf: 0,
  dayHigh: 0,
  dayLow: 0,
  dayChange: 0,
  ownChange: 0,
  ownHigh: 0,
  ownLow: 0,
};
export const KEYS = Object.keys(FRESH) as (keyof DriftState)[];
