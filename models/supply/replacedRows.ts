import { groupedBy } from '#models/groupedBy.ts';
import type { SupplyRow } from './supplyTables.ts';

type Demand = SupplyRow<'demand'>;

/** Columns that an earlier version of the reader may have left blank. */
const DETAILS = ['site', 'reference', 'machine', 'unit'] as const;
/** Fewest item days on which both readings have the same demand: one alone may be chance. */
const MIN_EQUAL = 2;
/** Share of the common days on which both readings have the same demand. */
const EQUAL_SHARE = 0.9;
/** Share of the new days, within the range of the stored rows, that have stored rows. */
const KNOWN_SHARE = 0.5;

/** Stored and new rows of one item and day that may be the same demand. */
interface Day {
  date: string;
  stored: Demand[];
  isEqual: boolean;
  isZero: boolean;
}

/**
 * Stored demand that a file repeats with more columns (a site, a reference), or as shipments instead of usage, since
 * the reader now recognises more columns: kept, it would count twice. Evidence is the same demand on nearly all common
 * days; other rows of the item are left alone.
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
