import { type LedgerView, ledgerViewSchema } from '#models/contracts/api.ts';

/** The ledger of a running gateway. @throws Error that says why there is none. */
export async function readLedger(gateway: string, token: string | undefined): Promise<LedgerView> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const address = new URL('/api/v1/ledger', gateway);
  let answer: Response;
  try {
    answer = await fetch(address, { headers });
  } catch (error) {
    const { cause } = error as { cause?: { message?: string } };
    throw new Error(`${address}: ${cause?.message || error}`);
  }
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  const parsed = ledgerViewSchema.safeParse(await answer.json());
  if (!parsed.success) throw new Error(`${address}: this is no gateway's ledger`);
  return parsed.data;
}
