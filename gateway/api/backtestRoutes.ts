import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findCheapest, type IndexHistory, TRIED, tryLimits, withinBudget } from '#models/alerting/tryLimits.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { backtestSchema } from '#models/contracts/value.ts';
import { failuresBy } from '../alerts/alertValue.ts';
import type { Historian } from '../historian/historian.ts';
import type { OfMachine } from '../identity/places.ts';
import { machineCosts } from '../machineCosts.ts';
import { modelHistory } from '../registry/modelHistory.ts';
import { type Registry, RegistryError } from '../registry/registry.ts';
import { errorSchema } from './routes.ts';
import type { ValueParts } from './valueRoutes.ts';

export interface BacktestParts extends ValueParts {
  historian: Historian;
  registry: Registry;
}

const DAY_MS = 86_400_000;
const MAX_MACHINES = 500;
/** Number of intervals into which a machine's history is divided. */
const INTERVALS = 4000;
const numbers = (element: z.ZodNumber, most: number) =>
  z
    .string()
    .max(500)
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(element).min(1).max(most));

/** Backtest of other alert rules, or of a model, on the stored history. */
export function addBacktestRoutes(server: FastifyInstance, parts: BacktestParts): void {
  const { store, historian, registry, costs, now } = parts;
  server.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/backtest',
    {
      schema: {
        description:
          'What other alert rules would have done over the stored health index, or over the index of a model: alerts raised, false ones, failures foretold and missed, and their cost.',
        querystring: z.object({
          days: z.coerce.number().min(0.01).max(3660).default(365),
          site: nameSchema.optional(),
          asset: nameSchema.optional(),
          /** As multiples of the present limit. */
          limits: numbers(z.number().positive().max(1000), 50).default(TRIED.limits),
          /**
           * How long the index must stay above the limit before an alert; each is combined with each limit. 0: two
           * intervals.
           */
          persistMinutes: numbers(z.number().min(0).max(100_000), 10).default(TRIED.persistMinutes),
          /** False alerts allowed per machine and 30-day month. */
          budget: z.coerce.number().min(0).max(1000).optional(),
          /** A process model of the registry, whose index over the machine's stored values is tested. */
          model: z.string().max(200).optional(),
        }),
        response: { 200: backtestSchema, 400: errorSchema },
      },
    },
    async ({ query, identity }, reply) => {
      const { days, site, asset, limits, persistMinutes, budget, model } = query;
      const sites = site === undefined ? (identity?.sites ?? null) : [site];
      const machines = store
        .health()
        .filter((m) => (sites === null || sites.includes(m.site)) && (asset === undefined || m.asset === asset));
      if (machines.length > MAX_MACHINES)
        return reply
          .code(400)
          .send({ error: `${machines.length} machines, at most ${MAX_MACHINES}: name a site or an asset` });
      if (model !== undefined && asset === undefined)
        return reply.code(400).send({ error: 'asset: required, because a model is tested on one machine' });
      const [fromMs, toMs] = [now() - days * DAY_MS, now()];
      const points = () => store.points();
      const read = (machine: OfMachine) =>
        model === undefined
          ? readIndexHistory(historian, machine, fromMs, toMs)
          : modelHistory(machine, model, fromMs, toMs, { historian, registry, points });
      let histories: IndexHistory[];
      try {
        histories = await Promise.all(machines.map(read));
      } catch (error) {
        if (error instanceof RegistryError) return reply.code(400).send({ error: error.message });
        throw error;
      }
      const keys = new Set(machines.map(machineKey));
      const inTime = parts.failures().filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
      const failures = failuresBy([...keys], inTime);
      const rules = persistMinutes.flatMap((minutes) =>
        limits.map((limit) => ({ limit, persistMs: minutes * 60_000 })),
      );
      const trials = tryLimits(histories, failures, rules, (machine) => machineCosts(costs, machine));
      const judged = store.statistics.judged().filter((j) => j.raisedAtMs >= fromMs && keys.has(j.machine));
      const count = (finding: string) => judged.filter((j) => j.finding === finding).length;
      const best = findCheapest(trials);
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
        best: best?.limit ?? null,
        bestPersistMinutes: best?.persistMinutes ?? null,
        inBudget: budget === undefined ? null : withinBudget(trials, budget),
        model: model ?? null,
      };
    },
  );
}

/** Largest health index of each interval. A history shorter than requested has shorter intervals. */
async function readIndexHistory(
  historian: Historian,
  { site, edge, asset }: OfMachine,
  fromMs: number,
  toMs: number,
): Promise<IndexHistory> {
  const tags = { site, edge, asset };
  const query = { measurement: 'millwright_health', tags, field: 'index', toMs, points: INTERVALS } as const;
  const whole = await historian.read({ ...query, fromMs });
  const beginsMs = whole.timeMs[0] ?? toMs;
  const { timeMs, max } =
    beginsMs - fromMs > (toMs - fromMs) / 10 && beginsMs < toMs
      ? await historian.read({ ...query, fromMs: beginsMs })
      : whole;
  return { machine: machineKey({ site, edge, asset }), timeMs, index: max };
}
