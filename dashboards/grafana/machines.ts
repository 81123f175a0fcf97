import { DashboardBuilder, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE, influxQl, variable } from './influx.ts';

const MACHINE = `"site" =~ /^$site$/ AND "asset" =~ /^$asset$/ AND $timeFilter`;

const limitAtOne = () =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: 1, color: 'orange' },
    { value: 2.5, color: 'red' },
  ]);

/** The dashboard of machines, their alerts and trends; provisioned in Grafana. */
export function machinesDashboard(): DashboardBuilder {
  return new DashboardBuilder('Millwright machines')
    .uid('millwright-machines')
    .tags(['millwright'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .withVariable(variable('site', 'Site', 'SHOW TAG VALUES FROM "millwright_health" WITH KEY = "site"'))
    .withVariable(
      variable(
        'asset',
        'Machine',
        'SHOW TAG VALUES FROM "millwright_health" WITH KEY = "asset" WHERE "site" =~ /^$site$/',
      ),
    )
    .withPanel(
      new StatBuilder()
        .title('Health index now (1 is the alert limit)')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 0, w: 24, h: 6 })
        .decimals(2)
        .thresholds(limitAtOne())
        .withTarget(
          influxQl(
            `SELECT last("index") FROM "millwright_health" WHERE ${MACHINE} GROUP BY "asset"`,
            'time_series',
            '$tag_asset',
          ),
        ),
    )
    .withPanel(
      new TableBuilder()
        .title('Alerts')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 6, w: 24, h: 7 })
        .withTarget(
          influxQl(
            `SELECT "change", "severity", "text", "fault", "index" FROM "millwright_alerts" WHERE ${MACHINE} ORDER BY time DESC LIMIT 100`,
            'table',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Health index')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 13, w: 12, h: 9 })
        .thresholds(limitAtOne())
        .withTarget(
          influxQl(
            `SELECT max("index") FROM "millwright_health" WHERE ${MACHINE} GROUP BY time($__interval), "asset" fill(none)`,
            'time_series',
            '$tag_asset',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Vibration velocity, 10–1000 Hz')
        .datasource(DATASOURCE)
        .gridPos({ x: 12, y: 13, w: 12, h: 9 })
        .unit('velocityms')
        .withTarget(
          influxQl(
            `SELECT max("velocityRmsMmPerS") / 1000 FROM "millwright_features" WHERE ${MACHINE} GROUP BY time($__interval), "asset", "point" fill(none)`,
            'time_series',
            '$tag_asset $tag_point',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Vibration, RMS')
        .datasource(DATASOURCE)
        .gridPos({ x: 0, y: 22, w: 12, h: 9 })
        .withTarget(
          influxQl(
            `SELECT max("rms") FROM "millwright_features" WHERE ${MACHINE} GROUP BY time($__interval), "asset", "point" fill(none)`,
            'time_series',
            '$tag_asset $tag_point',
          ),
        ),
    )
    .withPanel(
      new TimeseriesBuilder()
        .title('Temperature')
        .datasource(DATASOURCE)
        .gridPos({ x: 12, y: 22, w: 12, h: 9 })
        .unit('celsius')
        .withTarget(
          influxQl(
            `SELECT mean("mean") FROM "millwright_features" WHERE "point" = 'temperature' AND ${MACHINE} GROUP BY time($__interval), "asset" fill(none)`,
            'time_series',
            '$tag_asset',
          ),
        ),
    );
}
