/** Why a gateway refused a request, from the JSON of its answer: what a schema refuses is in `message`, what a route does in `error`. Pure. */
export function refusalReason(content: unknown): string | null {
  const { error, message } = (content ?? {}) as { error?: string; message?: string };
  return message ?? error ?? null;
}
