import { z } from 'zod';
import type { OrderDecision } from '#models/contracts/planDecision.ts';
import type { PlanSettings } from '#models/planning/planSettings.ts';
import { ASSUMED_DAYS } from '#models/planning/suppliers.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import { findSuccessors } from '#models/supply/supersessions.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';

const factor = z.number().min(0.01).max(100);

/** A trial change of the plan, for all items or for one; nothing is stored. */
export const whatIfSchema = z
  .strictObject({
    /** The only item whose stock, lead time, demand and service change; absent: all items. */
    item: z.string().min(1).max(200).optional(),
    /** Site whose stock changes; absent: every site of the item. */
    site: z.string().max(200).optional(),
    serviceKind: z.enum(['cycle', 'fill', 'cost']).optional(),
    serviceLevel: z.number().min(0.5).max(0.995).optional(),
    leadTimeFactor: factor.optional(),
    /** Scales the demand from history: machines do not fail more often for it. */
    demandFactor: factor.optional(),
    /** Units in stock, of one item. */
    stock: z.number().min(0).max(1e9).optional(),
    /** Units ordered now instead of the proposed quantity, of one item. */
    order: z.number().min(0).max(1e9).optional(),
    reviewDays: z.number().min(1).max(365).optional(),
    budget: z.number().min(0).max(1e15).optional(),
  })
  .refine((w) => w.stock === undefined || w.item !== undefined, 'stock is of one item: name it')
  .refine((w) => w.order === undefined || w.item !== undefined, 'an order is of one item: name it');
export type WhatIf = z.infer<typeof whatIfSchema>;

/** The records with the trial change. @param supply as prepared for planning by `prepareSupply`. */
export function applyWhatIf(supply: Supply, change: WhatIf): Supply {
  const heirs = findSuccessors(supply.items);
  const concerns = (item: string) => change.item === undefined || change.item === (heirs.get(item) ?? item);
  const { leadTimeFactor = 1, demandFactor = 1, serviceLevel, serviceKind } = change;
  const named = new Set(supply.items.map((i) => i.item));
  const others = [supply.demand, supply.stock, supply.purchases, supply.bom].flat().map((r) => r.item);
  const missing = [...new Set(others)].filter((item) => !named.has(item)).map((item): SupplyRow<'items'> => ({ item }));
  const leadTime = leadTimesOf(supply);
  return {
    ...supply,
    demand: supply.demand.map((d) => (concerns(d.item) ? { ...d, quantity: d.quantity * demandFactor } : d)),
    items: [...supply.items, ...missing].map((i) =>
      concerns(i.item)
        ? {
            ...i,
            ...(leadTimeFactor === 1 ? {} : stretchedDays(leadTime(i), leadTimeFactor)),
            ...(serviceLevel === undefined ? {} : { service_level: serviceLevel }),
            ...(serviceKind === undefined ? {} : { service_kind: serviceKind }),
          }
        : i,
    ),
    purchases: supply.purchases.map((p) => (concerns(p.item) ? stretched(p, leadTimeFactor) : p)),
    stock: changedStock(supply, change),
  };
}

/** An order with its lead time scaled: a received one was placed earlier, an open one arrives later. */
function stretched(order: SupplyRow<'purchases'>, factor: number): SupplyRow<'purchases'> {
  const { promised, received } = order;
  const [from, to] = [dayOf(order.ordered), received === undefined ? null : dayOf(received)];
  const ordered = to === null ? from : Math.round(to - factor * (to - from));
  const later = (date: string) => dateOf(Math.round(ordered + factor * (dayOf(date) - from)));
  return { ...order, ordered: dateOf(ordered), ...(promised && { promised: later(promised) }) };
}

const stretchedDays = (days: number | undefined, factor: number) =>
  days === undefined ? {} : { lead_time_days: days * factor };

/** Lead times of items as planned; undefined if learned from orders, which are scaled themselves. */
function leadTimesOf({ suppliers, purchases }: Supply): (item: SupplyRow<'items'>) => number | undefined {
  const days = new Map(suppliers.map((s) => [s.supplier, s.lead_time_days]));
  const byNewest = [...purchases].sort((a, b) => (a.ordered < b.ordered ? -1 : 1));
  const usual = new Map(byNewest.flatMap((p) => (p.supplier ? [[p.item, p.supplier] as const] : [])));
  const learned = new Set(purchases.flatMap((p) => (p.promised === undefined ? [] : [p.item])));
  return ({ item, supplier, lead_time_days }) =>
    lead_time_days ?? days.get(supplier ?? usual.get(item) ?? '') ?? (learned.has(item) ? undefined : ASSUMED_DAYS);
}

function changedStock({ stock }: Supply, { item, site, stock: quantity }: WhatIf): Supply['stock'] {
  if (item === undefined || quantity === undefined) return stock;
  const concerns = (s: SupplyRow<'stock'>) => s.item === item && (site === undefined || (s.site ?? '') === site);
  if (!stock.some(concerns)) return [...stock, { item, quantity, ...(site ? { site } : {}) }];
  // Several rows of one place, such as those of a superseded item, add up to its stock.
  const applied = new Set<string>();
  return stock.map((s) => {
    if (!concerns(s)) return s;
    const again = applied.has(s.site ?? '');
    applied.add(s.site ?? '');
    return { ...s, quantity: again ? 0 : quantity };
  });
}

/** Decisions of planners, with the trial order as one more. */
export function changeOrders(
  orders: readonly OrderDecision[],
  { item, site = '', order }: WhatIf,
  atMs: number,
): readonly OrderDecision[] {
  if (item === undefined || order === undefined) return orders;
  const tried = { item, site, action: 'freeze' as const, quantity: order, until: null, state: 'open' as const };
  const unknown = { id: 'tried', proposed: 0, reason: null, by: '', order: null, ordersBefore: [] };
  return [...orders, { ...unknown, ...tried, decidedAtMs: atMs, updatedAtMs: atMs }];
}

export function changeSettings(
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
