import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RecordedFailure } from '#models/alerting/trackRecord.ts';
import { type LedgerEntry, ledgerSums, sumOf, valueLedger } from '#models/alerting/valueLedger.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { assetOf } from '#models/contracts/topics.ts';
import { valueSchema } from '#models/contracts/value.ts';
import type { GatewayConfig } from '../config.ts';
import { csvLine } from '../csvLine.ts';
import { machineCosts } from '../machineCosts.ts';
import type { Store } from '../store/store.ts';

export interface ValueParts {
  store: Store;
  costs: GatewayConfig['costs'];
  /** Failures that maintenance recorded. */
  failures: () => RecordedFailure[];
  now: () => number;
}

const DAY_MS = 86_400_000;
const MAX_ENTRIES = 1000;
const daysQuery = z.object({ days: z.coerce.number().min(1).max(3660).default(365), site: nameSchema.optional() });

/** What alerts were worth. */
export function addValueRoutes(server: FastifyInstance, parts: ValueParts): void {
  const { store, costs, now } = parts;
  const app = server.withTypeProvider<ZodTypeProvider>();
  const costsOf = (machine: string) => machineCosts(costs, machine);
  const entriesOf = (days: number, sites: readonly string[] | null) => {
    const judged = store.judgedAlerts().filter(({ foundAtMs }) => foundAtMs >= now() - days * DAY_MS);
    const own = judged.filter(({ machine }) => sites === null || sites.includes(machine.split('/')[0]));
    const machines = [...new Set(own.map(({ machine }) => machine))];
    return valueLedger(own, failuresBy(machines, parts.failures()), costsOf);
  };
  const sitesOf = (site: string | undefined, own: readonly string[] | null) => (site === undefined ? own : [site]);

  app.get(
    '/api/v1/value',
    {
      schema: {
        description:
          'What the alerts with a finding were worth over the last days: each confirmed fault would have been an unplanned stop, each alert about nothing cost a visit.',
        querystring: daysQuery,
        response: { 200: valueSchema },
      },
    },
    async ({ query: { days, site }, identity }) => {
      const entries = entriesOf(days, sitesOf(site, identity?.sites ?? null));
      const sums = <K extends string>(name: K, keyOf: (entry: LedgerEntry) => string) =>
        [...ledgerSums(entries, keyOf)].map(
          ([key, sum]) => ({ ...sum, [name]: key }) as typeof sum & Record<K, string>,
        );
      return {
        currency: costs.currency,
        total: sumOf(entries),
        months: sums('month', monthOf),
        machines: sums('machine', ({ machine }) => machine),
        rules: sums('rule', ({ rule }) => rule),
        entries: entries.toReversed().slice(0, MAX_ENTRIES),
      };
    },
  );

  app.get(
    '/api/v1/value.csv',
    { schema: { description: 'Every entry of the value ledger as separated values.', querystring: daysQuery } },
    async ({ query: { days, site }, identity }, reply) => {
      const rows = entriesOf(days, sitesOf(site, identity?.sites ?? null)).map((entry) => [
        new Date(entry.atMs).toISOString(),
        entry.machine,
        entry.rule,
        entry.kind,
        entry.amount,
        costs.currency,
        entry.alerts.join(' '),
      ]);
      const head = ['time', 'machine', 'rule', 'kind', 'amount', 'currency', 'alerts'];
      return reply.type('text/csv').send(`${[head, ...rows].map(csvLine).join('\n')}\n`);
    },
  );
}

const monthOf = ({ atMs }: LedgerEntry) => new Date(atMs).toISOString().slice(0, 7);

/** Failures by machine. Maintenance names machines by asset, or as `site/edge/asset`. */
export function failuresBy(machines: readonly string[], failures: readonly RecordedFailure[]): Map<string, number[]> {
  const of = (machine: string) => failures.filter((f) => f.machine === machine || f.machine === assetOf(machine));
  return new Map(machines.map((machine) => [machine, of(machine).map(({ atMs }) => atMs)]));
}
