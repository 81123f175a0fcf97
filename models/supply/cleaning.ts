import type { PeriodKind } from './periods.ts';

/** What was done to the records on their way to histories. */
export interface Cleaning {
  rows: number;
  /** Returns taken off, and those that met no demand before them. */
  returned: number;
  unmatchedReturns: number;
  converted: number;
  /** Rows of a unit that the item is not counted in. */
  unknownUnit: number;
  /** The period that has not ended yet, and rows of it or later. */
  notEnded: number;
  /** Items whose first period is left out: the records begin in its middle. */
  begunLate: number;
  /** First days of periods in which no item had any demand; the means of their neighbours stand in for them. */
  gaps: string[];
  /** Periods at the end that no record has reached; as many before them stand in for them. */
  notReached: number;
  /** Periods at the end without a record of so few items that nobody can tell whether demand ended or tables are late. */
  silentEnd: number;
  outliers: number;
  unitChanges: number;
  /** Items whose history is that of one that they replaced as well. */
  superseded: number;
  /** Per cent of demand for each per cent of a month's working days; null where it is not plain. */
  workingDays: number | null;
}

/** The account of records on which nothing has been done yet; a new object each time. */
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

/** What was done, a sentence each. */
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
