import type { Logger } from 'pino';
import type { GatewayConfig } from './config.ts';
import { createHistorian } from './historian/createHistorian.ts';
import type { Historian } from './historian/historian.ts';
import { ensureAdministrator } from './identity/firstAdministrator.ts';
import { IdentityStore } from './identity/identityStore.ts';
import { Routing } from './notify/routing.ts';
import { PlanStore } from './planning/planStore.ts';
import { Registry } from './registry/registry.ts';
import type { Started } from './started.ts';
import { DATABASES } from './store/databases.ts';
import { holdDirectory } from './store/holdDirectory.ts';
import { incidentText, mendDatabases, rememberDatabases } from './store/mendDatabases.ts';
import { placeOf } from './store/postgres/postgresSettings.ts';
import { SqliteStore } from './store/sqliteStore.ts';
import { SupplyStore } from './supply/supplyStore.ts';
import { decideOrderBy } from './workOrders/decideOrder.ts';

const MEGABYTE = 1024 * 1024;

export interface Stores {
  routing: Routing;
  store: SqliteStore;
  plans: PlanStore;
  supply: SupplyStore;
  registry: Registry;
  historian: Historian;
  identities: IdentityStore;
}

/**
 * Opens all persistent stores; damaged files are repaired first.
 * @throws if a file is unusable or held by another gateway.
 */
export async function openStores(
  config: GatewayConfig,
  started: Started,
  now: () => number,
  log: Logger,
): Promise<Stores> {
  const { dataDirectory, limits, commands } = config;
  started.add('data directory', holdDirectory(dataDirectory), (release) => release());
  const place = placeOf(config);
  const names = typeof place === 'string' ? Object.keys(DATABASES) : [];
  for (const incident of mendDatabases(dataDirectory, names, now())) log.error(incidentText(incident));
  const routing = new Routing(config.notifiers);
  const storeSettings = {
    maxQueueBytes: limits.maxQueueMegabytes * MEGABYTE,
    maxEvidenceBytes: limits.maxEvidenceMegabytes * MEGABYTE,
    routing,
    decideOrder: decideOrderBy(config),
    now,
  };
  const opened = <T extends { close(): void | Promise<void> }>(name: string, part: T): T =>
    started.add(name, part, (p) => p.close());
  const stores = {
    routing,
    store: opened('store', new SqliteStore(place, storeSettings)),
    plans: opened('plans', new PlanStore(place, routing, now)),
    supply: opened('supply', new SupplyStore(place, limits.maxSupplyRows, now)),
    registry: opened('registry', new Registry(place, commands?.keyFile, now)),
    historian: opened('historian', await createHistorian(config, now)),
    identities: opened('identities', new IdentityStore(place, now)),
  };
  if (config.api.accounts !== undefined) await ensureAdministrator(dataDirectory, stores.identities, log);
  rememberDatabases(dataDirectory, names);
  return stores;
}
