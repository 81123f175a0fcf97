import { z } from 'zod';
import type { PlanSettings } from '#models/planning/planSettings.ts';
import { ASSUMED_DAYS } from '#models/planning/suppliers.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';

const factor = z.number().min(0.01).max(100);

/** What a planner tries without keeping it: of all items, or of one. */
export const whatIfSchema = z
  .strictObject({
    /** Of this item alone are stock, lead time, demand and service changed; absent: of all. */
    item: z.string().min(1).max(200).optional(),
    /** Where the stock lies that is changed; absent: wherever the item does. */
    site: z.string().max(200).optional(),
    serviceKind: z.enum(['cycle', 'fill', 'cost']).optional(),
    serviceLevel: z.number().min(0.5).max(0.995).optional(),
    leadTimeFactor: factor.optional(),
    /** Of what is asked for by history: machines do not fail more often for it. */
    demandFactor: factor.optional(),
    /** Units on the shelf; of one item. */
    stock: z.number().min(0).max(1e9).optional(),
    reviewDays: z.number().min(1).max(365).optional(),
    budget: z.number().min(0).max(1e15).optional(),
  })
  .refine((w) => w.stock === undefined || w.item !== undefined, 'stock is of one item: name it');
export type WhatIf = z.infer<typeof whatIfSchema>;

/** The records as they would be. */
export function changedSupply(supply: Supply, change: WhatIf): Supply {
  const concerns = (item: string) => change.item === undefined || change.item === item;
  const { leadTimeFactor = 1, demandFactor = 1, serviceLevel, serviceKind } = change;
  const named = new Set(supply.items.map((i) => i.item));
  const others = [supply.demand, supply.stock, supply.purchases, supply.bom].flat().map((r) => r.item);
  const missing = [...new Set(others)].filter((item) => !named.has(item)).map((item): SupplyRow<'items'> => ({ item }));
  return {
    ...supply,
    demand: supply.demand.map((d) => (concerns(d.item) ? { ...d, quantity: d.quantity * demandFactor } : d)),
    items: [...supply.items, ...missing].map((i) =>
      concerns(i.item)
        ? {
            ...i,
            ...leadTimeOf(i, supply, leadTimeFactor),
            ...(serviceLevel === undefined ? {} : { service_level: serviceLevel }),
            ...(serviceKind === undefined ? {} : { service_kind: serviceKind }),
          }
        : i,
    ),
    purchases: supply.purchases.map((p) => (concerns(p.item) ? stretched(p, leadTimeFactor) : p)),
    stock: changedStock(supply, change),
  };
}

/** An order that took, or takes, so many times as long: as promised, and as it came. */
function stretched(order: SupplyRow<'purchases'>, factor: number): SupplyRow<'purchases'> {
  const ordered = dayOf(order.ordered);
  const later = (date: string) => dateOf(Math.round(ordered + factor * (dayOf(date) - ordered)));
  const { promised, received } = order;
  return { ...order, ...(promised && { promised: later(promised) }), ...(received && { received: later(received) }) };
}

/** The item's own lead time, its supplier's, or the one that is assumed, so many times as long. */
function leadTimeOf(
  item: SupplyRow<'items'>,
  { suppliers, purchases }: Supply,
  factor: number,
): { lead_time_days?: number } {
  if (factor === 1) return {};
  const theirs = suppliers.find((s) => s.supplier === item.supplier)?.lead_time_days;
  // What is learned from orders is stretched with them.
  const learned = purchases.some((p) => p.item === item.item && p.promised !== undefined);
  const known = item.lead_time_days ?? theirs ?? (learned ? undefined : ASSUMED_DAYS);
  return known === undefined ? {} : { lead_time_days: known * factor };
}

function changedStock({ stock }: Supply, { item, site, stock: quantity }: WhatIf): Supply['stock'] {
  if (item === undefined || quantity === undefined) return stock;
  const concerns = (s: SupplyRow<'stock'>) => s.item === item && (site === undefined || (s.site ?? '') === site);
  if (stock.some(concerns)) return stock.map((s) => (concerns(s) ? { ...s, quantity } : s));
  return [...stock, { item, quantity, ...(site ? { site } : {}) }];
}

export function changedSettings(
  settings: PlanSettings,
  { reviewDays, budget, item, serviceKind, serviceLevel }: WhatIf,
): PlanSettings {
  const target = item === undefined && (serviceKind !== undefined || serviceLevel !== undefined);
  const level = serviceLevel ?? (settings.target.kind === 'cost' ? 0.95 : settings.target.level);
  const kind = serviceKind ?? settings.target.kind;
  return {
    ...settings,
    reviewDays: reviewDays ?? settings.reviewDays,
    budget: budget ?? settings.budget,
    ...(target ? { target: kind === 'cost' ? { kind } : { kind, level } } : {}),
  };
}
