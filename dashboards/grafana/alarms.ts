import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  type DataSourceRef,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: 'millwright-prometheus' };

interface PromQuery extends Dataquery {
  refId: string;
  expr: string;
  legendFormat: string;
  datasource: DataSourceRef;
}

/** A verbatim PromQL query for a metric of the gateway. */
function promQl(expr: string, legendFormat: string): Builder<Dataquery> {
  const plain = { refId: 'A', expr, legendFormat, datasource: DATASOURCE };
  const target = Object.defineProperty(plain, '_implementsDataqueryVariant', {
    value: () => undefined,
  }) as unknown as PromQuery;
  return { build: () => target };
}

/** @param target the limit of EEMUA 191 and ISA-18.2. */
const above = (target: number) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: target, color: 'red' },
  ]);

const stat = (title: string, expr: string, target: number, x: number) =>
  new StatBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .gridPos({ x, y: 0, w: 6, h: 6 })
    .thresholds(above(target))
    .withTarget(promQl(expr, '{{site}}'));

const series = (title: string, expr: string, legend: string, { x, y }: { x: number; y: number }) =>
  new TimeseriesBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .gridPos({ x, y, w: 12, h: 8 })
    .withTarget(promQl(expr, legend));

/** The dashboard of alarm-system performance, from the gateway's metrics; provisioned in Grafana. */
export function alarmsDashboard(): DashboardBuilder {
  return (
    new DashboardBuilder('Millwright alarm system')
      .uid('millwright-alarms')
      .tags(['millwright'])
      .time({ from: 'now-7d', to: 'now' })
      .refresh('1m')
      // Thresholds are just above the limits: a value at its limit is still acceptable.
      .withPanel(
        stat(
          'Alerts in 10 minutes, mean of a day (at most 1)',
          'millwright_gateway_alarm_rate_per_10_minutes',
          1.0001,
          0,
        ),
      )
      .withPanel(stat('Peak in 10 minutes (at most 10)', 'millwright_gateway_alarm_peak_per_10_minutes', 10.0001, 6))
      .withPanel(
        stat('Time in floods (at most 1 %)', 'millwright_gateway_alarm_flood_ratio', 0.0101, 12).unit('percentunit'),
      )
      .withPanel(stat('Stale alerts (at most 5)', 'millwright_gateway_alarm_stale', 6, 18))
      .withPanel(
        series('Alerts in 10 minutes', 'millwright_gateway_alarm_rate_per_10_minutes', '{{site}}', { x: 0, y: 6 }),
      )
      .withPanel(series('Floods of the last day', 'millwright_gateway_alarm_floods', '{{site}}', { x: 12, y: 6 }))
      .withPanel(
        series('Chattering points', 'millwright_gateway_alarm_chattering_sources', '{{site}}', { x: 0, y: 14 }),
      )
      .withPanel(series('Active alerts', 'millwright_gateway_alerts_active', '{{severity}}', { x: 12, y: 14 }))
      .withPanel(
        series('Escalations that wait', 'millwright_gateway_escalations_deferred', 'escalations', { x: 0, y: 22 }),
      )
      .withPanel(
        series('Event-loop delay, 99 %', 'nodejs_eventloop_lag_p99_seconds', '{{job}} {{instance}}', {
          x: 12,
          y: 22,
        }).unit('s'),
      )
  );
}
