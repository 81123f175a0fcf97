import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { dayOf } from '#models/supply/dates.ts';
import { LAW_LEVELS } from './demandLaw.ts';
import type { MachineDemand } from './machineDemand.ts';
import { type OrderFacts, orderPlan } from './orderPlan.ts';
import type { Place } from './places.ts';
import type { PlanSettings } from './planSettings.ts';
import type { DeliveryLaw } from './suppliers.ts';

/** A Monday, so that the current week has only just begun. */
export const TODAY = '2026-07-06';
export const SETTINGS: PlanSettings = {
  today: TODAY,
  period: 'week',
  horizon: 8,
  reviewDays: 7,
  target: { kind: 'fill', level: 0.9 },
  usualLifeDays: 1500,
  holdingRateAYear: 0.2,
  budget: null,
};

/** Exactly two a day, so that every sum over days is known. */
export const LAWS = {
  over: (_: unknown, days: number) => ({ mean: 2 * days, quantiles: LAW_LEVELS.map(() => 2 * days) }),
};
export const FORECAST = {
  class: 'smooth',
  method: 'theta',
  why: 'regular demand',
  mean: new Array<number>(60).fill(14),
  flags: [],
} as unknown as ItemForecast;
export const inDays = (...days: number[]): DeliveryLaw => ({
  days: days.map((d) => ({ days: d, chance: 1 / days.length })),
  orders: 3,
  promise: 'item',
});

export interface Change {
  place?: Partial<Place>;
  item?: Partial<NonNullable<Place['facts']>>;
  facts?: Partial<OrderFacts>;
}
export function orderFacts({ place = {}, item = {}, facts: more = {} }: Change = {}): OrderFacts {
  return {
    place: {
      item: 'seal',
      site: 'north',
      history: new Array<number>(100).fill(14),
      byMachines: [],
      outliers: [],
      unitChange: null,
      facts: { item: 'seal', unit_cost: 10, ...item },
      stock: 0,
      stockFrom: 'row',
      coming: [],
      ...place,
    },
    forecast: FORECAST,
    history: { id: 'seal', history: [] },
    machines: null,
    delivery: inDays(10),
    segment: 'AX',
    fixedOrder: null,
    ...more,
  };
}
export const planOf = (change: Change = {}, settings: Partial<PlanSettings> = {}) =>
  orderPlan(orderFacts(change), LAWS, { ...SETTINGS, ...settings });

/** Open orders of ten: made ten days ago, promised in `promisedIn` days; null: without a promise. */
export const coming = (...promisedIn: (number | null)[]): Place['coming'] =>
  promisedIn.map((days, i) => ({
    order: `PO-${i}`,
    units: 10,
    ordered: dayOf(TODAY) - 10,
    promised: days === null ? null : dayOf(TODAY) + days,
  }));

/** Two machines that together use half a unit a day, most of it by one. */
export const MACHINES = {
  base: { machines: [{}, {}], lives: { ended: 5, ongoing: 2 } },
  units: (days: number) => ({ step: 0.5, chances: [...new Array<number>(days).fill(0), 1] }),
  expected: (days: number) => days / 2,
  shares: () =>
    Array.from({ length: 30 }, (_, i) => ({ machine: `pump-${i}`, stream: 'quiet', chance: 0, expected: 0 })),
} as unknown as MachineDemand;
