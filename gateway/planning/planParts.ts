import type { PartDemand } from '#models/contracts/api.ts';
import type { HealthMessage, RemainingLife } from '#models/contracts/health.ts';
import { partsDemand } from '#models/planning/partsDemand.ts';
import type { PartConfig } from '../config.ts';

const DAY_S = 86_400;

/**
 * Demand for each part within its lead time, from what the edges know of the machines that take it. A machine is named by
 * its asset or, where two have one name, by `site/edge/asset`; of several that fit the one with the shortest life counts.
 */
export function planParts(parts: readonly PartConfig[], health: readonly HealthMessage[]): PartDemand[] {
  const lives = new Map<string, RemainingLife>();
  for (const { site, edge, asset, remainingLife } of health) {
    lives.set(`${site}/${edge}/${asset}`, remainingLife);
    const known = lives.get(asset);
    lives.set(asset, known === undefined ? remainingLife : shorter(known, remainingLife));
  }
  return parts.map(({ part, machines, partsPerFailure, leadTimeDays, meanLifeDays, serviceLevel }) => {
    const installed = machines.map((machine) => ({ machine, remainingLife: lives.get(machine) ?? null }));
    const horizon = { horizonS: leadTimeDays * DAY_S, meanLifeS: meanLifeDays * DAY_S, partsPerFailure };
    return { part, leadTimeDays, serviceLevel, ...partsDemand(installed, { ...horizon, service: serviceLevel }) };
  });
}

function shorter(a: RemainingLife, b: RemainingLife): RemainingLife {
  if (a.assessment !== 'assessed') return b;
  if (b.assessment !== 'assessed') return a;
  return a.medianS <= b.medianS ? a : b;
}
