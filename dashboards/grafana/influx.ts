import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { type DataSourceRef, QueryVariableBuilder, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';

export const DATASOURCE: DataSourceRef = { type: 'influxdb', uid: 'millwright-influxdb' };

interface InfluxQuery extends Dataquery {
  refId: string;
  query: string;
  rawQuery: true;
  resultFormat: 'time_series' | 'table';
  alias?: string;
  datasource: DataSourceRef;
}

/** A verbatim InfluxQL query. The SDK's marker method is not enumerable, to keep it out of the JSON. */
export function influxQl(query: string, resultFormat: InfluxQuery['resultFormat'], alias?: string): Builder<Dataquery> {
  const plain = {
    refId: 'A',
    query,
    rawQuery: true as const,
    resultFormat,
    datasource: DATASOURCE,
    ...(alias ? { alias } : {}),
  };
  const target = Object.defineProperty(plain, '_implementsDataqueryVariant', {
    value: () => undefined,
  }) as unknown as InfluxQuery;
  return { build: () => target };
}

/** A dashboard variable whose values come from a query. */
export function variable(name: string, label: string, query: string) {
  return new QueryVariableBuilder(name)
    .label(label)
    .query(query)
    .datasource(DATASOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}
