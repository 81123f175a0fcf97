import { type LedgerView, ledgerViewSchema } from '#models/contracts/api.ts';
import { requestGateway } from '../requestGateway.ts';

/** The ledger of a running gateway. @throws Error that says why there is none. */
export async function readLedger(gateway: string, token: string | undefined): Promise<LedgerView> {
  const parsed = ledgerViewSchema.safeParse(await requestGateway(gateway, token, '/api/v1/ledger'));
  if (!parsed.success) throw new Error(`${gateway}: this is no gateway's ledger`);
  return parsed.data;
}
