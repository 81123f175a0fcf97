import { dayOf } from '#models/supply/dates.ts';
import { demandRows } from '#models/supply/demandHistories.ts';
import type { Supply } from '#models/supply/supplyTables.ts';
import { placeKey } from './placeKey.ts';
import type { Place } from './places.ts';
import type { DeliveryLaw } from './suppliers.ts';

/** The site that repairs for all others, and the days from its shelf to theirs. */
export interface Depot {
  site: string;
  days: number;
}

/** Whether an item is repaired after a failure: its `repair_days` are known. */
export const isRepairable = ({ facts }: Pick<Place, 'facts'>): boolean => facts?.repair_days !== undefined;

/**
 * Adds units in repair to the places' open orders: each unit used in the last `repair_days` left a failed one, which
 * returns unless scrapped: to the depot where there is one, else to its own site.
 */
export function withRepairs(places: readonly Place[], supply: Supply, today: number, depot: Depot | null): Place[] {
  if (!places.some(isRepairable)) return [...places];
  const keys = new Set(places.map(placeKey));
  const repaired = new Map<string, Place['coming']>();
  const carry = new Map<string, number>();
  const facts = new Map(places.filter(isRepairable).map((place) => [place.item, place]));
  for (const { item, site, date, quantity } of unitsUsed(supply)) {
    const place = facts.get(item);
    const { repair_days: days = 0, scrap_share: scrap = 0 } = place?.facts ?? {};
    const day = dayOf(date);
    if (place === undefined || day > today || day <= today - days) continue;
    const to = [depot?.site, site, place.site]
      .map((s) => placeKey({ item, site: s ?? '' }))
      .find((key) => keys.has(key));
    if (to === undefined) continue;
    // Whole units return: fractions are carried over.
    const due = (carry.get(to) ?? 0) + quantity * (1 - scrap);
    const units = Math.round(due);
    carry.set(to, due - units);
    if (units > 0)
      repaired.set(to, [
        ...(repaired.get(to) ?? []),
        { order: 'in repair', units, ordered: day, promised: Math.round(day + days) },
      ]);
  }
  return places.map((place) => {
    const coming = repaired.get(placeKey(place));
    return coming === undefined ? place : { ...place, coming: [...place.coming, ...coming] };
  });
}

/** Units used, from the oldest. */
const unitsUsed = (supply: Supply) => demandRows(supply).sort((a, b) => (a.date < b.date ? -1 : 1));

/** Time until a used unit is replaced: by its repair or, where scrapped, by a purchase. */
export function repairLaw({ facts }: Pick<Place, 'facts'>, purchase: DeliveryLaw): DeliveryLaw {
  if (facts?.repair_days === undefined) return purchase;
  const { repair_days: days, scrap_share: scrap = 0 } = facts;
  const points = new Map([[Math.round(days), 1 - scrap]]);
  for (const { days: purchased, chance } of scrap > 0 ? purchase.days : [])
    points.set(purchased, (points.get(purchased) ?? 0) + scrap * chance);
  const law = [...points].filter(([, chance]) => chance > 0).sort((a, b) => a[0] - b[0]);
  return { ...purchase, days: law.map(([at, chance]) => ({ days: at, chance })) };
}
