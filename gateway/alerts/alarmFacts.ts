import type { GatewayConfig } from '../config.ts';
import type { AlertStatistics } from '../store/alertStatistics.ts';

/** Statistics from which the alarm-system measures are computed. */
export type AlarmFacts = Pick<AlertStatistics, 'annunciated' | 'judged' | 'raises' | 'stale'>;
export type Costs = GatewayConfig['costs'];
