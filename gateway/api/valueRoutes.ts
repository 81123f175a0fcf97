import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RecordedFailure } from '#models/alerting/trackRecord.ts';
import { cheapest, tryLimits } from '#models/alerting/tryLimits.ts';
import { type LedgerEntry, ledgerSums, sumOf, valueLedger } from '#models/alerting/valueLedger.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { backtestSchema, valueSchema } from '#models/contracts/value.ts';
import type { GatewayConfig } from '../config.ts';
import { csvLine } from '../csvLine.ts';
import type { Historian } from '../historian/historian.ts';
import { machineCosts } from '../machineCosts.ts';
import type { Store } from '../store/store.ts';
import { errorSchema, type OfMachine } from './routes.ts';

export interface ValueParts {
  store: Store;
  historian: Historian;
  costs: GatewayConfig['costs'];
  /** Failures that maintenance recorded. */
  failures: () => RecordedFailure[];
  now: () => number;
}

const DAY_MS = 86_400_000;
const MOST_ENTRIES = 1000;
const MOST_MACHINES = 500;
/** Intervals of a machine's history that limits are tried on. */
const INTERVALS = 4000;
const LIMITS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const limitsSchema = z
  .string()
  .max(500)
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.number().positive().max(1000)).min(1).max(50));
const daysQuery = z.object({ days: z.coerce.number().min(1).max(3660).default(365), site: nameSchema.optional() });

/** What alerts are worth, and what other limits would have done. */
export function addValueRoutes(server: FastifyInstance, parts: ValueParts): void {
  const { store, historian, costs, now } = parts;
  const app = server.withTypeProvider<ZodTypeProvider>();
  const costsOf = (machine: string) => machineCosts(costs, machine.slice(machine.lastIndexOf('/') + 1));
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
        entries: entries.toReversed().slice(0, MOST_ENTRIES),
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

  app.get(
    '/api/v1/backtest',
    {
      schema: {
        description:
          'What other alert limits, in units of the present one, would have done over the stored health index: alerts raised, false ones, failures foretold and missed, and their cost.',
        querystring: daysQuery.extend({
          asset: nameSchema.optional(),
          limits: limitsSchema.default(LIMITS),
        }),
        response: { 200: backtestSchema, 400: errorSchema },
      },
    },
    async ({ query: { days, site, asset, limits }, identity }, reply) => {
      const sites = sitesOf(site, identity?.sites ?? null);
      const machines = store
        .health()
        .filter((m) => (sites === null || sites.includes(m.site)) && (asset === undefined || m.asset === asset));
      if (machines.length > MOST_MACHINES)
        return reply
          .code(400)
          .send({ error: `${machines.length} machines, at most ${MOST_MACHINES}: name a site or an asset` });
      const [fromMs, toMs] = [now() - days * DAY_MS, now()];
      const histories = await Promise.all(machines.map((machine) => historyOf(historian, machine, fromMs, toMs)));
      const keys = new Set(machines.map(machineKey));
      const inTime = parts.failures().filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
      const failures = failuresBy([...keys], inTime);
      const trials = tryLimits(histories, failures, limits, costsOf);
      const judged = store.judgedAlerts().filter((j) => j.raisedAtMs >= fromMs && keys.has(j.machine));
      const count = (finding: string) => judged.filter((j) => j.finding === finding).length;
      return {
        currency: costs.currency,
        machines: machines.length,
        failures: [...failures.values()].reduce((sum, own) => sum + own.length, 0),
        findings: {
          confirmed: count('confirmed'),
          false_alarm: count('false_alarm'),
          nothing_found: count('nothing_found'),
        },
        trials,
        best: cheapest(trials)?.limit ?? null,
      };
    },
  );
}

const monthOf = ({ atMs }: LedgerEntry) => new Date(atMs).toISOString().slice(0, 7);

/** Largest health index of each interval. */
async function historyOf(historian: Historian, { site, edge, asset }: OfMachine, fromMs: number, toMs: number) {
  const tags = { site, edge, asset };
  const query = { measurement: 'millwright_health', tags, field: 'index', fromMs, toMs, points: INTERVALS } as const;
  const { timeMs, max } = await historian.read(query);
  return { machine: machineKey({ site, edge, asset }), timeMs, index: max };
}

/** Failures by machine. Maintenance names machines by asset, or as `site/edge/asset`. */
export function failuresBy(machines: readonly string[], failures: readonly RecordedFailure[]): Map<string, number[]> {
  const of = (machine: string) =>
    failures.filter((f) => f.machine === machine || f.machine === machine.slice(machine.lastIndexOf('/') + 1));
  return new Map(machines.map((machine) => [machine, of(machine).map(({ atMs }) => atMs)]));
}
