import { type ImportReport, importReportSchema } from '#models/contracts/supply.ts';

const ANSWER_MS = 120_000;

/** Uploads a table to a running gateway. @throws Error with its response, or why there is none. */
export async function sendTable(
  gateway: string,
  token: string | undefined,
  table: string,
  bytes: Uint8Array,
  { by, dates }: { by: string; dates?: string },
): Promise<ImportReport> {
  const address = new URL(`/api/v1/supply/${encodeURIComponent(table)}`, gateway);
  address.search = new URLSearchParams({ by, ...(dates === undefined ? {} : { dates }) }).toString();
  const answer = await fetch(address, {
    method: 'POST',
    body: Buffer.from(bytes),
    headers: {
      'content-type': 'application/octet-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error) => {
    throw new Error(`${address}: ${(error as { cause?: Error }).cause?.message || error}`);
  });
  const content = (await answer.json().catch(() => ({}))) as { error?: string; message?: string };
  if (!answer.ok) throw new Error(content.error ?? content.message ?? `${address}: ${answer.status}`);
  return importReportSchema.parse(content);
}
