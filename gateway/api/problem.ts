import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

const MEDIA_TYPE = 'application/problem+json';
const FIRST_ERROR = 400;

/** Fields of problem details (RFC 9457), and those that Fastify's errors had before. */
export const problemFields = {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** Human-readable reason. */
  detail: z.string(),
  code: z.string().optional(),
  message: z.string().optional(),
  statusCode: z.int().optional(),
};

/** `error`: the reason, or the name of the status where `message` has the reason. */
const problemSchema = z.object({ ...problemFields, error: z.string() });

interface Answer {
  error: string;
  message?: string;
}

/** Returns every API error as problem details, with the fields of earlier versions beside them. */
export function answerProblems(app: FastifyInstance): void {
  app.addHook('preSerialization', async (_request, reply, payload) => {
    if (reply.statusCode < FIRST_ERROR || !isAnswer(payload)) return payload;
    reply.type(MEDIA_TYPE);
    return problem(reply.statusCode, payload);
  });
  app.setErrorHandler<FastifyError>(answerError);
  app.setNotFoundHandler(async ({ method, url }, reply) => {
    const message = `Route ${method}:${url} not found`;
    return reply.code(404).send({ error: 'Not Found', message, statusCode: 404 });
  });
}

/** Handles an error thrown by a route or before routing. */
export function answerError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const statusCode = statusOf(error, reply);
  const { code, message } = error;
  const answer = { error: STATUS_CODES[statusCode] ?? 'Error', ...(code && { code }), message, statusCode };
  return reply.code(statusCode).type(MEDIA_TYPE).send(problem(statusCode, answer));
}

function statusOf({ statusCode }: FastifyError, reply: FastifyReply): number {
  if (statusCode !== undefined && statusCode >= FIRST_ERROR) return statusCode;
  return reply.statusCode >= FIRST_ERROR ? reply.statusCode : 500;
}

function problem(status: number, answer: Answer): object {
  const detail = answer.message ?? answer.error;
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...answer };
}

function isAnswer(payload: unknown): payload is Answer {
  return typeof payload === 'object' && payload !== null && 'error' in payload && typeof payload.error === 'string';
}

interface Operation {
  responses?: Record<string, { description?: string; content?: Record<string, unknown> }>;
}
interface Described {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

/** Adds problem details to every operation of an API description, whether or not its route declares the status. */
export function describeProblems<T extends object>(description: T): T {
  const described = description as Described;
  const schema = { $ref: '#/components/schemas/Problem' };
  const answer = (status: string) => ({
    description: STATUS_CODES[status] ?? 'Any other error',
    content: { [MEDIA_TYPE]: { schema } },
  });
  for (const operation of Object.values(described.paths ?? {}).flatMap((path) => Object.values(path))) {
    const named = Object.keys(operation.responses ?? {}).filter((status) => Number(status) >= FIRST_ERROR);
    operation.responses ??= {};
    for (const status of [...named, 'default']) operation.responses[status] = answer(status);
  }
  const { $schema: _, ...schemaOfProblem } = z.toJSONSchema(problemSchema);
  described.components = {
    ...described.components,
    schemas: { ...described.components?.schemas, Problem: schemaOfProblem },
  };
  return description;
}
