import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { supplyTableNames } from '#models/supply/supplyTables.ts';
import { type SupplyChainOptions, simulateSupplyChain, supplyCsv } from './supplyChain.ts';

/** Writes the tables of a simulated supply chain, one file each, for a gateway's import folder. */
export function writeSupply(directory: string, options: SupplyChainOptions): string[] {
  const supply = simulateSupplyChain(options);
  mkdirSync(directory, { recursive: true });
  return supplyTableNames.map((table) => {
    const file = join(directory, `${table}.csv`);
    writeFileSync(file, supplyCsv(table, supply[table]));
    return `${file}: ${supply[table].length} rows`;
  });
}
