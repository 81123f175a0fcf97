import type { GatewayConfig } from '../config.ts';
import type { Historian } from './historian.ts';

export async function createHistorian(config: GatewayConfig, now: () => number): Promise<Historian> {
  switch (config.historian.type) {
    case 'sqlite': {
      const { SqliteHistorian } = await import('./sqliteHistorian.ts');
      const { retentionDays, rollupDays } = config.historian;
      return new SqliteHistorian(config.dataDirectory, retentionDays, rollupDays, now);
    }
    case 'influx': {
      const { InfluxHistorian } = await import('./influxHistorian.ts');
      return new InfluxHistorian(config.historian);
    }
    case 'victoriametrics': {
      const { VictoriaHistorian } = await import('./victoriaHistorian.ts');
      return new VictoriaHistorian(config.historian, now);
    }
  }
}
