import { refusalReason } from './refusalReason.ts';

const ANSWER_MS = 20_000;

/**
 * Sends a request to a running gateway: a GET, or a POST of `body`. @throws Error with its response, or why there is
 * none.
 */
export async function requestGateway(
  gateway: string,
  token: string | undefined,
  path: string,
  body?: object,
): Promise<unknown> {
  const address = new URL(path, gateway);
  const answer = await fetch(address, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error) => {
    const { cause } = error as { cause?: { message?: string } };
    throw new Error(`${address}: ${cause?.message || error}`);
  });
  const content: unknown = await answer.json().catch(() => {
    throw new Error(`${address}: ${answer.status}, without JSON: not a gateway`);
  });
  if (!answer.ok) throw new Error(`${gateway}: ${refusalReason(content) ?? answer.status}`);
  return content;
}
