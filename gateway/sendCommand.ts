import { z } from 'zod';
import { type CommandOutcome, commandSchema, type Order } from '#models/contracts/command.ts';
import { statusMessageSchema } from '#models/contracts/status.ts';
import type { Origin } from '#models/contracts/topics.ts';
import { requestGateway } from './requestGateway.ts';

/** Allows time for fetching and trying a model. */
const ANSWER_MS = 60_000;
const ASK_MS = 250;

/**
 * Sends a command through a gateway and waits for the edge's result. @throws Error with the reason if there is none.
 */
export async function sendCommand(
  gateway: string,
  token: string | undefined,
  { site, edge }: Origin,
  order: Order,
  by: string,
): Promise<CommandOutcome> {
  const sent = commandSchema.parse(
    await requestGateway(
      gateway,
      token,
      `/api/v1/edges/${encodeURIComponent(site)}/${encodeURIComponent(edge)}/commands`,
      {
        by,
        order,
      },
    ),
  );
  const endMs = Date.now() + ANSWER_MS;
  while (Date.now() < endMs) {
    const edges = z.array(statusMessageSchema).parse(await requestGateway(gateway, token, '/api/v1/edges'));
    const outcome = edges.find((e) => e.site === site && e.edge === edge)?.lastCommand;
    if (outcome?.id === sent.id) return outcome;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  throw new Error(
    `${site}/${edge} did not respond within ${ANSWER_MS / 1000} s: it is disconnected, or refused the signature`,
  );
}
