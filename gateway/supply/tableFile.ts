import { dirname } from 'node:path';
import type { Shell } from '#models/configuration/shell.ts';
import type { DateOrder } from '#models/supply/dates.ts';
import { type ReadSupply, readSupply } from '#models/supply/readSupply.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { tableOf } from './importSupply.ts';
import { mapBeside, readMap } from './mapFiles.ts';
import { tableOfName } from './supplyIntake.ts';

export interface TableFileOptions {
  dates?: DateOrder;
  /** A file; if absent, the matching one beside the table. */
  map?: string;
}

/** Rows of a table file, by its map if there is one. @throws TableError if it is invalid. */
export function readTableFile(
  name: string,
  file: string,
  options: TableFileOptions,
  shell: Shell,
): ReadSupply<SupplyTable> {
  const { read } = reading(name, file, options, shell);
  const result = read();
  for (const note of result.notes) shell.info(note);
  return result;
}

/**
 * The content to upload: rows converted by a map, otherwise the file itself, which the gateway parses.
 * @throws TableError if a map is invalid, or rows cannot be read with it.
 */
export function readUpload(name: string, file: string, options: TableFileOptions, shell: Shell): Uint8Array {
  const { bytes, mapFile, read } = reading(name, file, options, shell);
  if (mapFile === null) return bytes;
  const { rows, notes } = read();
  for (const note of notes) shell.info(note);
  return Buffer.from(JSON.stringify(rows));
}

function reading(name: string, file: string, { dates, map: mapFile }: TableFileOptions, shell: Shell) {
  const table = tableOfName(name);
  const bytes = shell.bytes(file);
  const given = mapFile === undefined ? null : { file: mapFile, map: readMap(mapFile) };
  const found = given ?? mapBeside(dirname(file), table, tableOf(bytes));
  if (found !== null) shell.info(`read by ${found.file}`);
  const read = () => readSupply(table, tableOf(bytes, found?.map.sheet), { dates, map: found?.map });
  return { bytes, mapFile: found?.file ?? null, read };
}
