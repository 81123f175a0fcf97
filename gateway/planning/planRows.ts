import type { SupplyPlan } from '#models/planning/planSupply.ts';
import type { SeriesRow } from '../historian/historian.ts';

const usOf = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1000;

/**
 * A plan as series: `millwright_plan` at the time of the plan, `millwright_forecast` at the periods ahead, and
 * `millwright_demand` at past periods. A later plan replaces the rows of an earlier one.
 * @param periods number of past periods that may have changed since the last plan.
 */
export function planRows({ items, series }: SupplyPlan, atMs: number, periods: number): SeriesRow[] {
  const plans = items.map(
    (i): SeriesRow => ({
      measurement: 'millwright_plan',
      tags: { item: i.item, site: i.site },
      timeUs: atMs * 1000,
      fields: {
        stock: i.stock,
        onOrder: i.onOrder,
        expectedDemand: i.expectedDemand,
        expectedByMachines: i.expectedByMachines,
        reorderPoint: i.reorderPoint,
        orderUpTo: i.orderUpTo,
        orderNow: i.orderNow,
        orderCost: i.orderCost,
        runOutProbability: i.runOutProbability,
        costOfWaiting: i.costOfWaiting,
        leadTimeDays: i.leadTimeDays,
      },
    }),
  );
  const forecasts = series.flatMap(({ item, site, forecast }) =>
    forecast.date.map((date, h): SeriesRow => {
      const levels = Object.entries(forecast.quantiles).map(([level, q]) => [`q${level.slice(2)}`, q[h]]);
      return {
        measurement: 'millwright_forecast',
        tags: { item, site },
        timeUs: usOf(date),
        fields: { mean: forecast.mean[h], byMachines: forecast.byMachines[h], ...Object.fromEntries(levels) },
      };
    }),
  );
  const demands = series.flatMap(({ item, site, history }) => {
    const first = Math.max(0, history.date.length - periods);
    return history.date.slice(first).map(
      (date, t): SeriesRow => ({
        measurement: 'millwright_demand',
        tags: { item, site },
        timeUs: usOf(date),
        fields: { quantity: history.quantity[first + t], byMachines: history.byMachines[first + t] },
      }),
    );
  });
  return [...plans, ...forecasts, ...demands];
}
