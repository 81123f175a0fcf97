import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AlertRecord } from '#models/contracts/alert.ts';
import { attachmentSchema, attachmentTypeSchema, attachmentTypes } from '#models/contracts/attachment.ts';
import { displayNameSchema } from '#models/contracts/names.ts';
import type { Store } from '../store/store.ts';
import { errorSchema } from './routes.ts';

export interface AttachmentParts {
  store: Store;
  /** Called when a file was attached to an alert. */
  acknowledged: (alert: AlertRecord) => void;
  now: () => number;
}

/** Larger than a typical phone photograph. */
const MAX_BYTES = 8_000_000;
const alertParams = z.object({ id: z.string().max(300) });

/** Files that people attach to alerts. */
export function addAttachmentRoutes(server: FastifyInstance, { store, acknowledged, now }: AttachmentParts): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser([...attachmentTypes], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const app = scope.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/api/v1/alerts/:id/attachments',
      {
        bodyLimit: MAX_BYTES,
        schema: {
          description: `Adds a file to an alert: ${attachmentTypes.join(', ')}; at most ${MAX_BYTES / 1e6} MB. Identical content is stored once.`,
          params: alertParams,
          querystring: z.object({ name: displayNameSchema, by: z.string().trim().min(1).max(100).default('rest') }),
          response: { 200: attachmentSchema, 400: errorSchema, 404: errorSchema, 409: errorSchema },
        },
      },
      async ({ params, query, body, headers, identity }, reply) => {
        if (!(body instanceof Buffer) || body.length === 0)
          return reply.code(400).send({ error: 'send the file as the body of the request' });
        const type = attachmentTypeSchema.parse(headers['content-type']?.split(';')[0].trim().toLowerCase());
        const file = { alert: params.id, name: query.name, type, by: identity?.name ?? query.by, atMs: now() };
        const added = store.attach(file, body);
        if (added === null) return reply.code(404).send({ error: `no alert ${params.id}` });
        if ('fault' in added) return reply.code(409).send({ error: added.fault });
        if (added.isNew) acknowledged(store.alert(params.id) as AlertRecord);
        return added.attachment;
      },
    );
  });

  const app = server.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/api/v1/alerts/:id/attachments',
    { schema: { params: alertParams, response: { 200: z.array(attachmentSchema) } } },
    async ({ params }) => store.attachments.list(params.id),
  );

  app.get(
    '/api/v1/alerts/:id/attachments/:attachment',
    { schema: { params: alertParams.extend({ attachment: z.coerce.number().int().min(1) }) } },
    async ({ params }, reply) => {
      const found = store.attachments.content(params.id, params.attachment);
      if (found === null) return reply.code(404).send({ error: `no attachment ${params.attachment} of ${params.id}` });
      const { name, type } = found.attachment;
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .send(found.content);
    },
  );
}
