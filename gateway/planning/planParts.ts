import type { PartDemand } from '#models/contracts/api.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import { partsDemand } from '#models/planning/partsDemand.ts';
import type { PartConfig } from '../config.ts';

const DAY_S = 86_400;

/** Demand for each part within its lead time, from what the edges know of the machines that take it. */
export function planParts(parts: readonly PartConfig[], health: readonly HealthMessage[]): PartDemand[] {
  const lives = new Map(health.map((h) => [h.asset, h.remainingLife]));
  return parts.map(({ part, machines, partsPerFailure, leadTimeDays, meanLifeDays, serviceLevel }) => {
    const installed = machines.map((machine) => ({ machine, remainingLife: lives.get(machine) ?? null }));
    const horizon = { horizonS: leadTimeDays * DAY_S, meanLifeS: meanLifeDays * DAY_S, partsPerFailure };
    return { part, leadTimeDays, serviceLevel, ...partsDemand(installed, { ...horizon, service: serviceLevel }) };
  });
}
