import { matchesName } from '#models/alerting/matchesName.ts';
import type { MachineCosts } from '#models/alerting/valueLedger.ts';
import type { WorkHours } from '#models/alerting/workList.ts';
import { assetOf } from '#models/contracts/topics.ts';
import type { GatewayConfig } from './config.ts';

/**
 * A machine's configured costs of stops and inspections, and hours of work. @param machine its asset, or
 * `site/edge/asset`. Pure.
 */
export const machineCosts = (costs: GatewayConfig['costs'], machine: string): MachineCosts & WorkHours =>
  costs.machines.find(({ match }) => matchesName(match, assetOf(machine))) ?? costs.default;
