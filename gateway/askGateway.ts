const ANSWER_MS = 20_000;

/** Asks a running gateway: a GET, or a POST of `body`. @throws Error with what it answered, or why it did not. */
export async function askGateway(
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
  const said: unknown = await answer.json().catch(() => {
    throw new Error(`${address}: ${answer.status}, and no JSON: this is no gateway`);
  });
  if (!answer.ok) {
    // What the schema refuses is said in `message`, what we refuse in `error`.
    const { error, message } = said as { error?: string; message?: string };
    throw new Error(`${gateway}: ${message ?? error ?? answer.status}`);
  }
  return said;
}
