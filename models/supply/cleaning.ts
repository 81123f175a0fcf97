import type { PeriodKind } from './periods.ts';

/** How records were cleaned for the histories. */
export interface Cleaning {
  rows: number;
  /** Returns that were deducted, and those without an earlier demand. */
  returned: number;
  unmatchedReturns: number;
  converted: number;
  /** Rows in a unit that cannot be converted to the item's. */
  unknownUnit: number;
  /** The current period, and rows of it or later. */
  notEnded: number;
  /** Items whose first period is left out, as the records begin within it. */
  begunLate: number;
  /** First days of periods without any demand of any item, filled with the means of their neighbours. */
  gaps: string[];
  /** Periods at the end without records, filled with as many earlier ones. */
  notReached: number;
  /** Periods at the end without records of items that are too few to tell ended demand from late tables. */
  silentEnd: number;
  outliers: number;
  unitChanges: number;
  /** Items whose history includes that of superseded ones. */
  superseded: number;
  /** Percent of demand for each percent of a month's working days; null: not significant. */
  workingDays: number | null;
}

/** An empty account; a new object each time. */
export function noCleaning(): Cleaning {
  const none = {
    returned: 0,
    unmatchedReturns: 0,
    converted: 0,
    unknownUnit: 0,
    notEnded: 0,
    superseded: 0,
    begunLate: 0,
    notReached: 0,
    silentEnd: 0,
  };
  return { rows: 0, ...none, gaps: [], outliers: 0, unitChanges: 0, workingDays: null };
}

/** What was cleaned, one sentence each. */
export function cleaningLines(c: Cleaning, kind: PeriodKind): string[] {
  const lines = [
    [c.superseded, 'items have gone over to those that replaced them'],
    [c.returned, 'returns are taken off the demand before them'],
    [c.unmatchedReturns, 'returns met less demand than came back'],
    [c.converted, 'rows are converted to the unit of their item'],
    [c.unknownUnit, 'rows are left out: their unit is not that of their item, and no pack size leads to it'],
    [c.begunLate, `items begin with a ${kind} of which the records hold a part alone: it is left out`],
    [c.notReached, `${kind}s at the end have no record yet: as many before are used in their place`],
    [
      c.silentEnd,
      `${kind}s at the end have no record: they are read as ${kind}s without demand, for so few items cannot tell a late table from an end`,
    ],
    [c.notEnded, `rows are of the ${kind} that has not ended, or of later ones`],
    [c.outliers, 'demands are far from what is usual for their item; they are kept'],
    [c.unitChanges, 'items look as if their unit had changed; their numbers are kept'],
  ] as const;
  const gaps = c.gaps.map(
    (period) => `no item has any demand in the ${kind} of ${period}: taken as a gap of the records`,
  );
  const days =
    c.workingDays === null
      ? []
      : [`a month with 1 % more working days has ${c.workingDays.toFixed(1)} % more demand; numbers are kept`];
  return [...lines.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])), ...gaps, ...days];
}
