import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { GatewayConfig } from '../config.ts';
import { addAccessControl } from './access.ts';
import { addAccountRoutes } from './accountRoutes.ts';
import { type AlarmHealthParts, addAlarmHealthRoutes } from './alarmHealthRoutes.ts';
import { addAlarmReportRoutes } from './alarmReportRoutes.ts';
import { type AttachmentParts, addAttachmentRoutes } from './attachmentRoutes.ts';
import { addAuditRoutes } from './auditRoutes.ts';
import { addBacktestRoutes, type BacktestParts } from './backtestRoutes.ts';
import { addCaseRoutes } from './caseRoutes.ts';
import { addDecisionRoutes } from './decisionRoutes.ts';
import { addEnrolmentRoutes, type EnrolmentParts } from './enrolmentRoutes.ts';
import { tagAnswers } from './entityTags.ts';
import { addEventRoutes, type EventParts } from './eventRoutes.ts';
import { addModelRoutes, type ModelParts } from './modelRoutes.ts';
import { addNotificationRoutes, type NotificationParts } from './notificationRoutes.ts';
import { addOpenIdRoutes } from './openIdRoutes.ts';
import { isOverTls } from './origin.ts';
import { addPlanRoutes, type PlanParts } from './planRoutes.ts';
import { answerError, answerProblems, describeProblems } from './problem.ts';
import { type ApiParts, addRoutes } from './routes.ts';
import { addScenarioRoutes } from './scenarioRoutes.ts';
import { addSessionRoutes, type SessionParts } from './sessionRoutes.ts';
import { limitToSites } from './siteScope.ts';
import { addSupplyRoutes, type SupplyParts } from './supplyRoutes.ts';
import { addSuppressionRoutes, type SuppressionParts } from './suppressionRoutes.ts';
import { addTokenRoutes } from './tokenRoutes.ts';
import { addValueRoutes } from './valueRoutes.ts';
import { addWorkListRoutes } from './workListRoutes.ts';
import { addWorkOrderRoutes, type WorkOrderParts } from './workOrderRoutes.ts';

const TURNED_AWAY = [401, 403, 429];
const YEAR_S = 31_536_000;
/** Timeout of a complete request: an incomplete body must not hold its connection. */
const REQUEST_MS = 120_000;

export interface ServerParts
  extends ApiParts,
    EventParts,
    ModelParts,
    NotificationParts,
    PlanParts,
    SupplyParts,
    SuppressionParts,
    AlarmHealthParts,
    AttachmentParts,
    SessionParts,
    EnrolmentParts,
    BacktestParts,
    WorkOrderParts {
  metrics: Registry;
  /** Why the gateway cannot work at present; empty if it can. */
  notReady: () => string[];
  /** Warnings that need attention but do not stop the gateway. */
  warnings: () => string[];
  /** Requests refused for authentication, authorisation or rate, by HTTP status. */
  turnedAway: Map<number, number>;
  /** Called with unexpected errors of routes. */
  failed: (error: unknown) => void;
  version: string;
}

/** The page, the API with its description, metrics and health. Does not listen yet. */
export async function createServer(config: GatewayConfig['api'], parts: ServerParts): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    ...tlsOf(config),
    logger: false,
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(helmet, {
    contentSecurityPolicy: {
      // Charts set their size in style attributes; everything else must come from this origin, and loopback must not
      // upgrade to TLS.
      directives: { defaultSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], upgradeInsecureRequests: null },
    },
    strictTransportSecurity: isOverTls(config) && { maxAge: YEAR_S, includeSubDomains: false },
  });
  addAccessControl(app, config, parts);
  // One rate limit per identity, so that a busy client does not lock out others; none for supervisors of the gateway.
  // Alert actions have their own budget, so that frequent polling does not keep an operator from acknowledging.
  await app.register(rateLimit, {
    max: 3000,
    timeWindow: '1 minute',
    keyGenerator: ({ identity, ip, method, url }) =>
      `${identity?.name ?? ip} ${method === 'POST' && /^\/api\/v1\/(alerts|plan\/alerts)\//.test(url) ? 'acts' : 'reads'}`,
    allowList: (request) => /^\/(healthz|readyz)$/.test(request.url),
  });
  limitToSites(app, parts);
  answerProblems(app);
  tagAnswers(app);
  await app.register(swagger, {
    openapi: { info: { title: 'Millwright gateway', version: parts.version } },
    transform: jsonSchemaTransform,
  });
  addRoutes(app, parts);
  addEventRoutes(app, parts);
  addModelRoutes(app, parts);
  addSupplyRoutes(app, parts);
  addSuppressionRoutes(app, parts);
  addCaseRoutes(app, parts);
  addAttachmentRoutes(app, parts);
  addAuditRoutes(app, parts);
  addAlarmHealthRoutes(app, parts);
  addAlarmReportRoutes(app, parts);
  addValueRoutes(app, parts);
  addBacktestRoutes(app, parts);
  addWorkOrderRoutes(app, parts);
  addWorkListRoutes(app, parts);
  addPlanRoutes(app, parts);
  addDecisionRoutes(app, parts);
  addScenarioRoutes(app, parts);
  addNotificationRoutes(app, parts);
  addSessionRoutes(app, config, parts);
  addOpenIdRoutes(app, config, parts);
  addAccountRoutes(app, parts);
  addTokenRoutes(app, parts);
  addEnrolmentRoutes(app, parts);
  app.get('/openapi.json', { schema: { hide: true } }, async () => describeProblems(app.swagger()));
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.metrics()),
  );
  app.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const why = parts.notReady();
    return reply.code(why.length === 0 ? 200 : 503).send({ ok: why.length === 0, why, warnings: parts.warnings() });
  });
  app.addHook('onResponse', async (_request, { statusCode }) => {
    if (TURNED_AWAY.includes(statusCode)) parts.turnedAway.set(statusCode, (parts.turnedAway.get(statusCode) ?? 0) + 1);
  });
  app.addHook('onError', async (_request, _reply, error) => parts.failed(error));
  const page = pageDirectory();
  if (page) await app.register(fastifyStatic, { root: page, preCompressed: true });
  return app;
}

function tlsOf({ tls }: GatewayConfig['api']) {
  if (tls === undefined) return {};
  return { https: { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) } };
}

/** The built page is beside the built command; when run from source, in `dist`. */
function pageDirectory(): string | null {
  const candidates = ['./web/', '../web/', '../../dist/web/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path)) ?? null;
}
