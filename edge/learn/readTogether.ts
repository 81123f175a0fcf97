import type { Shell } from '#models/configuration/shell.ts';
import type { Table } from '#models/tables/parseTable.ts';

/**
 * What a reader makes of the tables that paths name, as one table: files of the same columns, or a folder of them.
 * Without a column of units, each file is a unit. @throws the shell's usage error if a table cannot be used.
 */
export async function readTogether<T>(
  shell: Shell,
  paths: readonly string[],
  { separator, unit }: { separator?: string; unit: string },
  read: (table: Table) => T,
): Promise<T> {
  const { readTableFiles } = await import('../detect/tableFiles.ts');
  const { readJoined } = await import('#models/tables/joinTables.ts');
  const { readNamed } = await import('#models/tables/parseTable.ts');
  let result: { value: T } | undefined;
  await shell.onTable(async () => {
    const files = await readTableFiles(paths);
    const tables = files.map((file) => readNamed(file, separator, shell.say, (table) => ({ name: file.name, table })));
    result = { value: readJoined(tables, unit, read) };
  });
  if (result === undefined) throw new Error(`${paths.join(', ')}: not read`);
  return result.value;
}
