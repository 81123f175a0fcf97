import { afterAll, describe, test, vi } from 'vitest';
import { hasPostgres, startPostgres } from '../../../simulators/endToEnd/postgresServer.ts';
import { leaveTestPlaces } from '../testPlace.fixture.ts';
import { PostgresDatabase } from './postgresDatabase.ts';

/** The store tests that run on SQLite, on a PostgreSQL server of their own. */
const SUITES: Record<string, () => Promise<unknown>> = {
  store: () => import('../sqliteStore.test.ts'),
  alerts: () => import('../alertTable.test.ts'),
  notifications: () => import('../../notify/notifications.test.ts'),
  accounts: () => import('../../identity/identityStore.test.ts'),
  decisions: () => import('../../planning/decisions.test.ts'),
  registry: () => import('../../registry/registry.test.ts'),
  suppressions: () => import('../suppressionTable.test.ts'),
  'work orders': () => import('../../workOrders/workOrderTable.test.ts'),
  supply: () => import('../../supply/supply.test.ts'),
  scenarios: () => import('../../api/scenarioRoutes.test.ts'),
  audit: () => import('../../api/auditRoutes.test.ts'),
};

const server = hasPostgres() ? await startPostgres(false) : null;
if (server === null) test.skip('PostgreSQL is not installed');
else {
  process.env.MILLWRIGHT_TEST_POSTGRES = server.url;
  // Each database has a thread and a connection, and most tests do not close their stores.
  const opened = vi.spyOn(PostgresDatabase.prototype, 'transaction').mock;
  for (const [name, suite] of Object.entries(SUITES))
    describe(name, async () => {
      await suite();
      afterAll(() => {
        for (const db of new Set(opened.contexts.splice(0))) (db as PostgresDatabase).close();
      });
    });
  afterAll(async () => {
    vi.restoreAllMocks();
    leaveTestPlaces();
    delete process.env.MILLWRIGHT_TEST_POSTGRES;
    await server.process.end('SIGQUIT');
  });
}
