import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AlertRecord, alertRecordSchema, alertViewSchema, severitySchema } from '#models/contracts/alert.ts';
import {
  acknowledgeRequestSchema,
  alarmActionRequestSchema,
  columnsSchema,
  findingRequestSchema,
  ledgerViewSchema,
  machineSchema,
  type Watch,
} from '#models/contracts/api.ts';
import { type Command, commandSchema, type Order, orderSchema } from '#models/contracts/command.ts';
import { evidenceViewSchema, isSignal, signalEvidenceSchema } from '#models/contracts/evidence.ts';
import { spectrumSchema } from '#models/contracts/featureVector.ts';
import { unexplained } from '#models/contracts/ledger.ts';
import { nameSchema } from '#models/contracts/names.ts';
import { LAST_MS } from '#models/contracts/numbers.ts';
import { statusMessageSchema } from '#models/contracts/status.ts';
import { machineKey, type Origin } from '#models/contracts/topics.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { createAlertBundle, hasDecision } from '../bundle/createAlertBundle.ts';
import { evidenceWav } from '../evidence.ts';
import type { Historian } from '../historian/historian.ts';
import type { OfMachine } from '../identity/places.ts';
import type { Store } from '../store/store.ts';
import { problemFields } from './problem.ts';
import { listNewest } from './siteScope.ts';

export interface ApiParts {
  store: Store;
  historian: Historian;
  now: () => number;
  acknowledged: (alert: AlertRecord) => void;
  /** Signs a command and publishes it; null without a key. @throws if the broker is disconnected. */
  command: ((origin: Origin, order: Order) => Promise<Command>) | null;
  /** Whether each machine is watched at present. */
  watches: () => (machine: OfMachine) => Watch;
  /** Version of Millwright. */
  version: string;
}

/** Routes give `error`, the reason; the other fields are filled in, see problem.ts. */
export const errorSchema = z.object({ error: z.string(), ...z.object(problemFields).partial().shape });
const machineParams = z.object({ site: nameSchema, edge: nameSchema, asset: nameSchema });
const seriesQuery = machineParams.extend({
  measurement: z.enum(['millwright_features', 'millwright_health']),
  point: nameSchema.optional(),
  field: z.string().min(1).max(64),
  fromMs: z.coerce.number().min(0).max(LAST_MS),
  toMs: z.coerce.number().min(0).max(LAST_MS),
  points: z.coerce.number().int().min(1).max(5000).default(500),
});

/** Everything under `/api/v1`. */
export function addRoutes(
  server: FastifyInstance,
  { store, historian, now, acknowledged, command, watches, version }: ApiParts,
): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/machines', { schema: { response: { 200: z.array(machineSchema) } } }, async () => {
    const points = groupedBy(store.points(), machineKey);
    const standing = groupedBy(store.standingAlerts(), machineKey);
    const watch = watches();
    return store.health().map((health) => {
      const own = points.get(machineKey(health)) ?? [];
      const waveforms = own.filter((p) => p.hasSpectrum).map((p) => p.point);
      const activeAlerts = (standing.get(machineKey(health)) ?? []).reduce((sum, { n }) => sum + n, 0);
      const units = Object.fromEntries(own.flatMap(({ point, unit }) => (unit === null ? [] : [[point, unit]])));
      return { health, watch: watch(health), points: own.map((p) => p.point), waveforms, units, activeAlerts };
    });
  });

  app.get(
    '/api/v1/alerts',
    {
      schema: {
        querystring: z.object({
          state: z.enum(['active', 'all']).default('active'),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
          site: nameSchema.optional(),
          asset: nameSchema.optional(),
          severity: severitySchema.optional(),
          /** The id of the last alert on the previous page. */
          after: z.string().max(300).optional(),
        }),
        response: { 200: z.array(alertRecordSchema), 404: errorSchema },
      },
    },
    async ({ query: { state, after, site, ...filter }, identity }, reply) => {
      const before = after === undefined ? undefined : store.alert(after);
      if (before === null) return reply.code(404).send({ error: `no alert ${after}` });
      const list = (of?: string, machine?: OfMachine) => {
        if (machine !== undefined && filter.asset !== undefined && machine.asset !== filter.asset) return [];
        return store.alerts({ ...filter, site: of, ...machine, active: state === 'active', before });
      };
      const machinesOf = (own: string, area: string) => store.machinesOf(own, area);
      return listNewest(list, identity, site, filter.limit, (alert) => alert.raisedAtMs, machinesOf);
    },
  );

  app.get(
    '/api/v1/alerts/:id',
    {
      schema: { params: z.object({ id: z.string().max(300) }), response: { 200: alertViewSchema, 404: errorSchema } },
    },
    async ({ params }, reply) => {
      const [alert, evidence] = [store.alert(params.id), store.evidence(params.id)];
      if (alert === null) return reply.code(404).send({ error: `no alert ${params.id}` });
      return { ...alert, hasBundle: evidence !== null && hasDecision(evidence) };
    },
  );

  app.get(
    '/api/v1/alerts/:id/bundle',
    {
      schema: {
        description:
          'The evidence of an alert in one tar archive: its signal with features and baseline, or its values with what was known before them; configuration, steps of the decision, and a manifest with the SHA-256 of each. `millwright replay-alert` reproduces its verdict.',
        params: z.object({ id: z.string().max(300) }),
      },
    },
    async ({ params }, reply) => {
      const [alert, evidence] = [store.alert(params.id), store.evidence(params.id)];
      if (alert === null) return reply.code(404).send({ error: `no alert ${params.id}` });
      if (evidence === null || !hasDecision(evidence))
        return reply.code(404).send({ error: `no evidence of alert ${params.id} that can be replayed` });
      const name = `${params.id.replace(/[^A-Za-z0-9._-]+/g, '-')}.tar`;
      const bundle = createAlertBundle(alert, evidence, version);
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(bundle);
    },
  );

  app.post(
    '/api/v1/alerts/:id/acknowledge',
    {
      schema: {
        params: z.object({ id: z.string().max(300) }),
        body: acknowledgeRequestSchema,
        response: { 200: alertRecordSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const { by, comment } = body;
      const action = { action: 'acknowledge' as const, ...(comment === undefined ? {} : { comment }) };
      const outcome = store.act(params.id, action, by);
      if (!outcome?.ok) return reply.code(404).send({ error: `no alert ${params.id}` });
      acknowledged(outcome.alarm);
      return outcome.alarm;
    },
  );

  app.post(
    '/api/v1/alerts/:id/actions',
    {
      schema: {
        description:
          'One transition of the ISA-18.2 life cycle: acknowledge, unacknowledge, assign, comment, shelve, unshelve, remove_from_service, return_to_service, close with a finding, reopen.',
        params: z.object({ id: z.string().max(300) }),
        body: alarmActionRequestSchema,
        response: { 200: alertRecordSchema, 404: errorSchema, 409: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const outcome = store.act(params.id, body.change, body.by, body.requestId);
      if (outcome === null) return reply.code(404).send({ error: `no alert ${params.id}` });
      if (!outcome.ok) return reply.code(409).send({ error: outcome.reason });
      if (outcome.isChanged) acknowledged(outcome.alarm);
      return outcome.alarm;
    },
  );

  app.post(
    '/api/v1/alerts/:id/finding',
    {
      schema: {
        description: 'The finding of an alert, which is used to retrain and evaluate models.',
        params: z.object({ id: z.string().max(300) }),
        body: findingRequestSchema,
        response: { 200: alertRecordSchema, 404: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      const { by, comment = null, finding } = body;
      const alert = store.find(params.id, { finding, by, comment, atMs: now() });
      if (!alert) return reply.code(404).send({ error: `no alert ${params.id}` });
      acknowledged(alert);
      return alert;
    },
  );

  app.get(
    '/api/v1/series',
    { schema: { querystring: seriesQuery, response: { 200: columnsSchema, 400: errorSchema } } },
    async ({ query }, reply) => {
      if (query.toMs <= query.fromMs) return reply.code(400).send({ error: 'toMs must be later than fromMs' });
      const { site, edge, asset, point, ...rest } = query;
      return historian.read({ ...rest, tags: { site, edge, asset, point } });
    },
  );

  app.get(
    '/api/v1/spectra/:site/:edge/:asset/:point',
    {
      schema: {
        params: machineParams.extend({ point: nameSchema }),
        response: { 200: spectrumSchema, 404: errorSchema },
      },
    },
    async ({ params }, reply) =>
      store.spectrum(params) ?? reply.code(404).send({ error: 'no spectrum of this point yet' }),
  );

  app.get('/api/v1/ledger', { schema: { response: { 200: ledgerViewSchema } } }, async () => ({
    points: store.ledgers().map((point) => ({ ...point, unexplained: unexplained(point) })),
    unmapped: store.unmapped(),
    clocks: store.clocks(),
    sources: store.sources(),
  }));

  app.get('/api/v1/evidence', { schema: { response: { 200: z.array(evidenceViewSchema) } } }, async () =>
    store.evidenceList(),
  );

  app.get(
    '/api/v1/evidence/:id',
    {
      schema: {
        description: "A complete recording: its pieces as int16 in base64, and the machine's spectral lines in it.",
        params: z.object({ id: z.string().max(300) }),
        response: { 200: signalEvidenceSchema, 404: errorSchema },
      },
    },
    async ({ params }, reply) => {
      const evidence = store.evidence(params.id);
      return evidence && isSignal(evidence) ? evidence : reply.code(404).send({ error: `no recording ${params.id}` });
    },
  );

  app.get(
    '/api/v1/evidence/:id/:piece',
    {
      schema: {
        description:
          'One piece of the signal behind an alert, as a WAV file of float32 samples in the unit of its point.',
        params: z.object({ id: z.string().max(300), piece: z.coerce.number().int().min(0) }),
      },
    },
    async ({ params }, reply) => {
      const message = store.evidence(params.id);
      const wav = message && isSignal(message) && evidenceWav(message, params.piece);
      if (!wav) return reply.code(404).send({ error: `no piece ${params.piece} of evidence ${params.id}` });
      return reply.type('audio/wav').send(wav);
    },
  );

  app.post(
    '/api/v1/edges/:site/:edge/commands',
    {
      schema: {
        params: z.object({ site: nameSchema, edge: nameSchema }),
        body: z.strictObject({ by: z.string().trim().min(1).max(100), order: orderSchema }),
        response: { 202: commandSchema, 404: errorSchema, 409: errorSchema, 503: errorSchema },
      },
    },
    async ({ params, body }, reply) => {
      if (!store.edges().some((e) => e.site === params.site && e.edge === params.edge))
        return reply.code(404).send({ error: `no edge ${params.site}/${params.edge} is known here` });
      if (!command) return reply.code(409).send({ error: 'the gateway has no signing key: set commands.keyFile' });
      try {
        // Recorded before it is sent: an edge must never execute a command that is missing from the log.
        store.audit(now(), body.by, 'command', `${params.site}/${params.edge}`, JSON.stringify(body.order));
        return reply.code(202).send(await command(params, body.order));
      } catch (error) {
        return reply.code(503).send({ error: error instanceof Error ? error.message : String(error) });
      }
    },
  );

  app.get('/api/v1/edges', { schema: { response: { 200: z.array(statusMessageSchema) } } }, async () => store.edges());
}
