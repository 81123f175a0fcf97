import { z } from 'zod';
import { type CommandOutcome, commandSchema, type Order } from '#models/contracts/command.ts';
import { statusMessageSchema } from '#models/contracts/status.ts';
import type { Origin } from '#models/contracts/topics.ts';

const ANSWER_MS = 20_000;
const ASK_MS = 250;

/** Sends an order through a gateway and waits for what the edge says of it. @throws Error with why there is no answer. */
export async function tellEdge(
  gateway: string,
  token: string | undefined,
  { site, edge }: Origin,
  order: Order,
  by: string,
): Promise<CommandOutcome> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const address = new URL(path, gateway);
    const answer = await fetch(address, { ...init, headers, signal: AbortSignal.timeout(ANSWER_MS) }).catch((error) => {
      const { cause } = error as { cause?: { message?: string } };
      throw new Error(`${address}: ${cause?.message || error}`);
    });
    const body: unknown = await answer.json().catch(() => {
      throw new Error(`${address}: ${answer.status}, and no JSON: this is no gateway`);
    });
    if (!answer.ok) throw new Error(`${gateway}: ${(body as { error?: string }).error ?? answer.status}`);
    return body;
  };
  const sent = commandSchema.parse(
    await ask(`/api/v1/edges/${encodeURIComponent(site)}/${encodeURIComponent(edge)}/commands`, {
      method: 'POST',
      body: JSON.stringify({ by, order }),
    }),
  );
  const endMs = Date.now() + ANSWER_MS;
  while (Date.now() < endMs) {
    const edges = z.array(statusMessageSchema).parse(await ask('/api/v1/edges'));
    const said = edges.find((e) => e.site === site && e.edge === edge)?.lastCommand;
    if (said?.id === sent.id) return said;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  throw new Error(`${site}/${edge} did not answer within ${ANSWER_MS / 1000} s: it is away, or refused the signature`);
}
