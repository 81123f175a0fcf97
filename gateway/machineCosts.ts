import { fitsName } from '#models/alerting/fitsName.ts';
import type { MachineCosts } from '#models/alerting/valueLedger.ts';
import type { WorkHours } from '#models/alerting/workList.ts';
import type { GatewayConfig } from './config.ts';

/** What stops and visits of a machine cost, and how long the work takes, as configured. Pure. */
export const machineCosts = (costs: GatewayConfig['costs'], asset: string): MachineCosts & WorkHours =>
  costs.machines.find(({ match }) => fitsName(match, asset)) ?? costs.default;
