/** The reason in a gateway's JSON refusal: schema errors are in `message`, route errors in `error`. Pure. */
export function refusalReason(content: unknown): string | null {
  const { error, message } = (content ?? {}) as { error?: string; message?: string };
  return message ?? error ?? null;
}
