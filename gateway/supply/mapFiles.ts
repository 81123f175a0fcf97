import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { formatError, NO_ALIASES, parseConfiguration } from '#models/configuration/parse.ts';
import { mappedHeader, type SupplyMap, supplyMapSchema } from '#models/supply/supplyMap.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { type Table, TableError } from '#models/tables/parseTable.ts';

const ENDING = '.map.yaml';

/** Whether a file is a map rather than a table. */
export const isMapFile = (name: string): boolean => name.toLowerCase().endsWith(ENDING);
export const mapFileName = (table: SupplyTable): string => `${table}${ENDING}`;

/** @throws TableError if the file is not a map. */
export function readMap(file: string): SupplyMap {
  const parsed = parseConfiguration(textOf(file), supplyMapSchema, {}, '', NO_ALIASES);
  if (parsed.ok) return parsed.value;
  throw new TableError(parsed.errors.map((error) => formatError(error, file)).join('\n'));
}

export function mapText(map: SupplyMap): string {
  return `# Column mapping of an export: used for tables that have all of these columns.\n${stringify(map)}`;
}

/**
 * The map beside a table that fits it: the first of `demand.map.yaml`, `demand-odoo.map.yaml` and so on, by name, whose
 * columns all exist in the table; null if there is none.
 * @throws TableError if one of them is not a map.
 */
export function mapBeside(folder: string, name: SupplyTable, table: Table): { file: string; map: SupplyMap } | null {
  const files = readdirSync(folder)
    .filter((file) => isMapFile(file) && file.toLowerCase().startsWith(name))
    .sort();
  for (const file of files) {
    const map = readMap(join(folder, file));
    if (map.table === name && mappedHeader(table, map) >= 0) return { file, map };
  }
  return null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TableError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
