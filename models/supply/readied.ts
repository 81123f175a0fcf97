import { asOf } from './asOf.ts';
import { withHeirs } from './heirs.ts';
import { placed } from './homeSites.ts';
import type { Supply } from './supplyTables.ts';

/**
 * The records as plans see them: as they are known today, each where it lies, those of replaced items with what took
 * their place. The same again where it is done twice.
 */
export const readied = (supply: Supply, today: string): Supply => placed(withHeirs(placed(asOf(supply, today))));
