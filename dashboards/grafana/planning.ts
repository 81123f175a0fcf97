import { DashboardBuilder, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE, influxQl, variable } from './influx.ts';

const ITEM = `"item" =~ /^$item$/`;
/** Forecasts lie beyond any range that a user selects. */
const AHEAD = 'time > now() - 1095d AND time < now() + 730d';

const risk = () =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: 0.3, color: 'orange' },
    { value: 0.5, color: 'red' },
  ]);

/** The dashboard of stock-out risks, orders, and demand against its forecast; provisioned in Grafana. */
export function planningDashboard(): DashboardBuilder {
  return new DashboardBuilder('Millwright planning')
    .uid('millwright-planning')
    .tags(['millwright'])
    .time({ from: 'now-2y', to: 'now+1y' })
    .refresh('1m')
    .withVariable(variable('item', 'Item', 'SHOW TAG VALUES FROM "millwright_plan" WITH KEY = "item"'))
    .withPanel(
      new StatBuilder()
        .title('Chance of running out before a delivery')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 0, w: 24, h: 6 })
        .unit('percentunit')
        .thresholds(risk())
        .withTarget(
          influxQl(
            `SELECT last("runOutProbability") FROM "millwright_plan" WHERE ${ITEM} GROUP BY "item", "site"`,
            'time_series',
            '$tag_item $tag_site',
          ),
        ),
    )
    .withPanel(
      new TableBuilder()
        .title('What to order now')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 6, w: 24, h: 8 })
        .withTarget(
          influxQl(
            `SELECT last("orderNow") AS "order now", last("orderCost") AS "cost", last("stock") AS "stock", last("onOrder") AS "on order", last("expectedDemand") AS "will need", last("costOfWaiting") AS "cost of waiting" FROM "millwright_plan" WHERE ${ITEM} GROUP BY "item", "site"`,
            'table',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Demand that came')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 14, w: 12, h: 9 })
        .withTarget(
          influxQl(
            `SELECT "quantity" FROM "millwright_demand" WHERE ${ITEM} AND ${AHEAD} GROUP BY "item", "site"`,
            'time_series',
            '$tag_item $tag_site',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Demand that is expected, with its 5 and 95 % quantiles')
        .datasource(DATASOURCE)
        .gridPos({ x: 12, y: 14, w: 12, h: 9 })
        .withTarget(
          influxQl(
            `SELECT "mean", "q05", "q95" FROM "millwright_forecast" WHERE ${ITEM} AND ${AHEAD} GROUP BY "item", "site"`,
            'time_series',
            '$tag_item $tag_site $col',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Of it, for machines')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 23, w: 24, h: 8 })
        .withTarget(
          influxQl(
            `SELECT "byMachines" FROM "millwright_forecast" WHERE ${ITEM} AND ${AHEAD} GROUP BY "item", "site"`,
            'time_series',
            '$tag_item $tag_site',
          ),
        ),
    );
}
