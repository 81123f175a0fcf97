import { fitsName } from '#models/alerting/fitsName.ts';
import type { MachineCosts } from '#models/alerting/valueLedger.ts';
import type { GatewayConfig } from './config.ts';

/** What stops and visits of a machine cost, as configured. Pure. */
export const machineCosts = (costs: GatewayConfig['costs'], asset: string): MachineCosts =>
  costs.machines.find(({ match }) => fitsName(match, asset)) ?? costs.default;
