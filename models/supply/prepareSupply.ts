import { asOf } from './asOf.ts';
import { assignHomeSites } from './homeSites.ts';
import { applySupersessions } from './supersessions.ts';
import type { Supply } from './supplyTables.ts';

/**
 * The records as plans use them: as of today, assigned to their sites, with superseded items replaced by their
 * successors. Idempotent.
 */
export const prepareSupply = (supply: Supply, today: string): Supply =>
  assignHomeSites(applySupersessions(assignHomeSites(asOf(supply, today))));
