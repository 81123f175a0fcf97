import { HISTORIAN_MIGRATIONS } from '../historian/sqliteHistorian.ts';
import { IDENTITY_MIGRATIONS } from '../identity/identityStore.ts';
import { PLAN_MIGRATIONS } from '../planning/planStore.ts';
import { REGISTRY_MIGRATIONS } from '../registry/registry.ts';
import { SUPPLY_MIGRATIONS } from '../supply/supplyStore.ts';
import { STORE_MIGRATIONS } from './sqliteStore.ts';

/**
 * Every database of a gateway with its migrations, in backup order: the store, with its historian queue, is copied
 * before the historian, so that every row is in at least one of them.
 */
export const DATABASES: Readonly<Record<string, readonly string[]>> = {
  'gateway.db': STORE_MIGRATIONS,
  'planning.db': PLAN_MIGRATIONS,
  'supply.db': SUPPLY_MIGRATIONS,
  'registry.db': REGISTRY_MIGRATIONS,
  'historian.db': HISTORIAN_MIGRATIONS,
  'identity.db': IDENTITY_MIGRATIONS,
};
