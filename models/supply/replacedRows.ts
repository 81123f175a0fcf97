import { groupedBy } from '#models/groupedBy.ts';
import type { SupplyRow } from './supplyTables.ts';

type Demand = SupplyRow<'demand'>;

/** Columns that an earlier reading of a file may have left blank. */
const DETAILS = ['site', 'reference', 'machine', 'unit'] as const;
/** Days of items on which both readings have the same demand, at least: one alone may be chance. */
const MIN_EQUAL = 2;
/** Share of the days that both readings have on which their demand is the same. */
const EQUAL_SHARE = 0.9;
/** Share of the new days, within those of the stored rows, that the stored rows have as well. */
const KNOWN_SHARE = 0.5;

/** Stored rows beside the new rows that may be the same demand, of one item on one day. */
interface Day {
  date: string;
  stored: Demand[];
  isEqual: boolean;
  isZero: boolean;
}

/**
 * Stored demand that a file brings once more with more columns (a site, a reference) or as shipments in place of usage,
 * since the reader knows more of the file's columns than it did: kept, it would count twice. The same demand on nearly
 * all days that both have is evidence of it; other rows of the item are left alone.
 * @param added rows of the file whose keys are not stored.
 * @param storedOf stored rows of an item whose keys the file does not have.
 */
export function replacedRows(added: readonly Demand[], storedOf: (item: string) => readonly Demand[]): Demand[] {
  const days: Day[] = [];
  const newDates: string[] = [];
  for (const [item, rows] of groupedBy(added, (row) => row.item)) {
    const byDate = groupedBy(rows, (row) => row.date);
    newDates.push(...byDate.keys());
    for (const [date, stored] of groupedBy(storedOf(item), (row) => row.date)) {
      const day = dayOf(date, byDate.get(date) ?? [], stored);
      if (day !== null) days.push(day);
    }
  }
  const compared = days.filter((day) => !day.isZero);
  const equal = compared.filter((day) => day.isEqual);
  if (equal.length < MIN_EQUAL || equal.length < EQUAL_SHARE * compared.length) return [];
  const dates = equal.map((day) => day.date).sort();
  const within = newDates.filter((date) => date >= dates[0] && date <= dates[dates.length - 1]);
  if (equal.length < KNOWN_SHARE * within.length) return [];
  return days.filter((day) => day.isEqual).flatMap((day) => day.stored);
}

function dayOf(date: string, added: readonly Demand[], all: readonly Demand[]): Day | null {
  const stored = all.filter((row) => added.some((other) => isDetailed(row, other)));
  if (stored.length === 0) return null;
  const detailed = added.filter((row) => stored.some((other) => isDetailed(other, row)));
  const [before, now] = [demandOf(stored), demandOf(detailed)];
  const isZero = [...stored, ...detailed].every((row) => row.quantity === 0);
  return { date, stored, isEqual: Math.abs(before - now) <= 1e-9 * Math.max(1, Math.abs(now)), isZero };
}

/** Whether the second row may be the first one with more columns. */
function isDetailed(row: Demand, other: Demand): boolean {
  const isSameKind = row.kind === other.kind || (row.kind === 'usage' && other.kind === 'shipment');
  return isSameKind && DETAILS.every((name) => row[name] === undefined || row[name] === other[name]);
}

const demandOf = (rows: readonly Demand[]) =>
  rows.reduce((sum, { kind, quantity }) => sum + (kind === 'return' ? -quantity : quantity), 0);
