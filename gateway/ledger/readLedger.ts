import { type LedgerView, ledgerViewSchema } from '#models/contracts/api.ts';
import { requestGateway } from '../requestGateway.ts';

/** Reads the ledger of a running gateway. @throws Error with the reason if it cannot be read. */
export async function readLedger(gateway: string, token: string | undefined): Promise<LedgerView> {
  const parsed = ledgerViewSchema.safeParse(await requestGateway(gateway, token, '/api/v1/ledger'));
  if (!parsed.success) throw new Error(`${gateway}: not a gateway's ledger`);
  return parsed.data;
}
