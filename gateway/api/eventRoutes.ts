import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LiveEvent } from '#models/contracts/api.ts';
import type { Store } from '../store/store.ts';
import type { Events } from './events.ts';
import { restrictToSites } from './siteScope.ts';

export interface EventParts {
  events: Events;
  store: Store;
}

/** The stream of live events. */
export function addEventRoutes(server: FastifyInstance, { events, store }: EventParts): void {
  const app = server.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/events',
    // A HEAD request would occupy a listener's slot for ever.
    {
      exposeHeadRoute: false,
      schema: {
        description:
          'Server-sent events; each is a LiveEvent in JSON. With `Last-Event-ID` the stream goes on after that event; where the gateway does not know it any more, the first event is `reload`.',
        headers: z.object({ 'last-event-id': z.string().optional() }),
      },
    },
    ({ identity, ip, isStillSignedIn, headers }, reply) => {
      const places = identity?.sites ?? null;
      const limited =
        places === null
          ? undefined
          : (event: LiveEvent) => restrictToSites(event, places, (machine) => store.areaOf(machine));
      const listener = { who: identity?.name ?? ip, limited, isStillSignedIn };
      if (!events.add(reply.raw, listener, headers['last-event-id']))
        return reply.code(503).header('retry-after', 10).send({ error: 'too many listen already' });
      reply.hijack();
    },
  );
}
