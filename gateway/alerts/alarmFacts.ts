import type { GatewayConfig } from '../config.ts';
import type { AlertStatistics } from '../store/alertStatistics.ts';

/** What measures of the alarm system are computed of. */
export type AlarmFacts = Pick<AlertStatistics, 'annunciated' | 'judged' | 'raises' | 'stale'>;
export type Costs = GatewayConfig['costs'];
