import type { Shell } from '#models/configuration/shell.ts';
import type { Table } from '#models/tables/parseTable.ts';

/** Help of commands that read units. */
export const JOIN_WITHIN_HELP =
  'files of different columns are joined by time within each unit: oldest value that a row takes, in seconds (times that are no dates: in their unit); by default two steps of its file';

export interface TogetherOptions {
  separator?: string;
  unit: string;
  time: string;
  joinWithin?: number;
}

/**
 * Reads the tables that paths name as one table: files of the same columns, or a folder of them; files of different
 * columns that all have unit and time are joined by time within each unit. Without a column of units, each file is a
 * unit.
 * @throws the shell's usage error if a table cannot be used.
 * @param complete whether joined rows without a value of every file are left out.
 */
export async function readTogether<T>(
  shell: Shell,
  paths: readonly string[],
  { complete, ...options }: TogetherOptions & { complete: boolean },
  read: (table: Table) => T,
): Promise<T> {
  const { headerOf, readTableFiles } = await import('../detect/tableFiles.ts');
  const { joinByTime } = await import('#models/tables/joinByTime.ts');
  const { readJoined } = await import('#models/tables/joinTables.ts');
  const { readNamed } = await import('#models/tables/parseTable.ts');
  const { separator, unit, time, joinWithin } = options;
  let result: { value: T } | undefined;
  await shell.onTable(async () => {
    const found = await readTableFiles(paths);
    const files = joinable(found.length < 2 ? [] : found.map((file) => headerOf(file, separator)), options)
      ? joinByTime(found, { timeColumn: time, unitColumn: unit, separator, within: joinWithin, complete }, shell.info)
      : found;
    const tables = files.map((file) => readNamed(file, separator, shell.info, (table) => ({ name: file.name, table })));
    result = { value: readJoined(tables, unit, read) };
  });
  if (result === undefined) throw new Error(`${paths.join(', ')}: not read`);
  return result.value;
}

/** Whether all files have unit and time, and otherwise share no column: else their difference is an error. */
function joinable(headers: readonly (readonly string[])[], { unit, time }: TogetherOptions): boolean {
  const kinds = new Set(headers.map((header) => [...header].sort().join('\n')));
  if (kinds.size < 2 || !headers.every((header) => header.includes(unit) && header.includes(time))) return false;
  const others = [...kinds].flatMap((kind) => kind.split('\n')).filter((name) => name !== unit && name !== time);
  return new Set(others).size === others.length;
}
