import { groupedBy } from '#models/groupedBy.ts';
import type { Supply } from '#models/supply/supplyTables.ts';
import { foresightOf, installedBase, type MachineNews, siteOfMachine } from './installedBase.ts';
import { MachineDemand } from './machineDemand.ts';
import { placeKey } from './placeKey.ts';
import type { Place } from './places.ts';
import { estimateOutcomes, findRemovals, type PlanMemory, recalibrations } from './planMemory.ts';
import type { PlanSettings } from './planSettings.ts';

/** Demand of machines, by the place that supplies their parts. */
export function machinesOf(
  supply: Supply,
  places: readonly Place[],
  news: MachineNews,
  memory: PlanMemory,
  settings: PlanSettings,
  today: number,
): Map<string, MachineDemand> {
  const removals = [...supply.maintenance, ...removalsFromUsage(supply.demand, settings.today)];
  const removalDays = findRemovals(supply.bom, removals);
  const maps = recalibrations(memory.chances, removalDays, today);
  const outcomes = estimateOutcomes(memory.chances, removalDays);
  const foresight = foresightOf(
    { bom: supply.bom, maintenance: removals },
    news,
    new Map(Object.entries(memory.watchedSince)),
    outcomes,
  );
  const demands = new Map<string, MachineDemand>();
  const placesByItem = groupedBy(places, (place) => place.item);
  const boms = groupedBy(
    supply.bom.filter((b) => placesByItem.has(b.item)),
    (b) => placeKey(placeOfMachine(placesByItem.get(b.item) as Place[], siteOfMachine(b.machine, news))),
  );
  const records = groupedBy(removals, (m) => m.machine);
  for (const [key, bom] of boms) {
    const base = installedBase(bom, records, news, today, settings.usualLifeDays);
    demands.set(key, new MachineDemand(bom[0].item, base, foresight, maps));
  }
  return demands;
}

/**
 * Machines are supplied from the place at their own site, otherwise from the first place of the item: the one without a
 * site, if any.
 */
function placeOfMachine(places: readonly Place[], site: string | null): Place {
  return places.find((place) => place.site === site) ?? places[0];
}

/** Usage that names its machine ends a part's life like a maintenance record. */
function removalsFromUsage(demand: Supply['demand'], upTo: string): Supply['maintenance'] {
  return demand.flatMap(({ item, machine, kind, date, quantity }) =>
    kind === 'usage' && machine !== undefined && date <= upTo
      ? [{ item, machine, date, quantity, kind: 'failure' }]
      : [],
  );
}
