import type { PlanSeries } from '#models/contracts/plan.ts';
import { naiveOf } from '#models/demand/backtest.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { SEASON } from '#models/supply/periods.ts';
import type { MachineDemand } from './machineDemand.ts';
import type { OrderFacts } from './orderPlan.ts';
import { placeKey } from './placeKey.ts';
import type { DemandForecast, PlanMemory } from './planMemory.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';

/** Interval between recorded chances of a machine: those of consecutive days are nearly the same. */
const RECORD_INTERVAL_DAYS = 7;

interface Forecasted {
  planned: readonly OrderFacts[];
  /** By place, before planners' overrides. */
  forecasts: readonly ItemForecast[];
  series: readonly PlanSeries[];
  machines: ReadonlyMap<string, MachineDemand>;
}

/** Records the current forecasts: once per period, and the chances of each machine once a week. */
export function recordForecasts(
  memory: PlanMemory,
  { planned, forecasts, series, machines }: Forecasted,
  nextPeriod: number,
  today: number,
  settings: PlanSettings,
): PlanMemory {
  const already = new Set(memory.demands.filter((d) => d.period === nextPeriod).map(placeKey));
  const demands = planned.flatMap(({ place, forecast }, i): DemandForecast[] => {
    const { item, site, history } = place;
    if (already.has(placeKey(place)) || history.length === 0) return [];
    const [naive] = naiveOf(history, SEASON[settings.period], 1);
    const { mean, quantiles } = series[i].forecast;
    const fan = FAN_LEVELS.map((level) => quantiles[String(level)][0]);
    const its = { item, site, class: forecast.class, period: nextPeriod };
    const own = forecast.mean[0] - forecasts[i].mean[0];
    if (own === 0) return [{ ...its, mean: mean[0], naive, fan, actual: null }];
    return [{ ...its, mean: mean[0] - own, overridden: mean[0], naive, fan, actual: null }];
  });
  const lately = memory.chances.filter((c) => c.day > today - RECORD_INTERVAL_DAYS && c.day <= today);
  const known = new Set(lately.map((c) => `${c.machine}\t${c.item}`));
  const chances = [...machines.values()]
    .flatMap((m) => m.chanceForecasts(today))
    .filter((c) => !known.has(`${c.machine}\t${c.item}`));
  return { ...memory, demands: [...memory.demands, ...demands], chances: [...memory.chances, ...chances] };
}
